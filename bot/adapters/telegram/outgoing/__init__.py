"""Send replies: pages, keyboards and the calls of the Bot API."""

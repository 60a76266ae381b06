"""Replies out: pages, keyboards and the calls of the Bot API that carry them."""

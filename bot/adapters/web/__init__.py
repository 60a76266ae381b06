"""Serve the web chat and the HTTP API: one FastAPI application over the core's conversation.

The application holds no state of its own, so it can be served by several processes and mounted
inside another ASGI application (end the mount path with a slash: the page uses relative addresses).
"""

from bot.adapters.web.app import create_app
from bot.adapters.web.ports import Readiness, Talks

__all__ = ["Readiness", "Talks", "create_app"]

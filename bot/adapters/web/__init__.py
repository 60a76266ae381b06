"""Serve the web chat and the HTTP API: one FastAPI application over the core's conversation.

The application holds no state of its own, so it can be served by several processes and mounted
inside another ASGI application (end the mount path with a slash: the page uses relative addresses).
"""

from bot.adapters.web.app import create_app
from bot.adapters.web.conversation_ids import Gate
from bot.adapters.web.page import Page
from bot.adapters.web.ports import Readiness, Talks

__all__ = ["Gate", "Page", "Readiness", "Talks", "create_app"]

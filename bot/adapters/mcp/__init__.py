"""Serve the bot to language models: an MCP server over stdio and over streamable HTTP.

Every tool speaks through the core's conversation, so a model gets what people get, word for word;
what is not answered for people is not answered for a model either (`bot.adapters.mcp.results`).
"""

from bot.adapters.mcp.ports import Talks
from bot.adapters.mcp.server import create_server
from bot.adapters.mcp.transports import HttpTools, serve_stdio

__all__ = ["HttpTools", "Talks", "create_server", "serve_stdio"]

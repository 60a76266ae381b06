"""Carry the server over stdio, for one program, or over HTTP, for many.

Over HTTP nothing is kept between two requests: which conversation goes on is an argument of `ask`,
so that any process behind a proxy can answer.  Who may ask is checked by the web server, which
serves this beside the API and has the key.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import Receive, Scope, Send

from bot.adapters.mcp.ports import Talks
from bot.adapters.mcp.server import create_server

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


async def serve_stdio(talks: Talks, version: str) -> None:
    """Serve one client until it closes stdin; stdout carries nothing but the protocol."""
    await create_server(talks, version).run_stdio_async()


class HttpTools:
    """The ASGI application; `running` must be open while it is called.

    Where no key is asked for, `is_open`, only requests addressed to this machine are taken: a web
    page could otherwise reach it under a name of its own (DNS rebinding).
    """

    def __init__(self, talks: Talks, version: str, *, is_open: bool) -> None:
        server = create_server(talks, version)
        # The SDK makes its low-level server reachable through the application only.
        server.streamable_http_app(
            json_response=True, stateless_http=True, transport_security=_security(is_open=is_open)
        )
        self._manager: StreamableHTTPSessionManager = server.session_manager

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._manager.handle_request(scope, receive, send)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run what answers requests; can be opened once."""
        async with self._manager.run():
            yield


def _security(*, is_open: bool) -> TransportSecuritySettings:
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=is_open,
        allowed_hosts=[*_LOOPBACK, *(f"{host}:*" for host in _LOOPBACK)],
        allowed_origins=[f"http://{host}:*" for host in _LOOPBACK],
    )

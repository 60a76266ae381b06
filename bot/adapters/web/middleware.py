"""Limit the size of requests, add security headers to responses, and count what is refused."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.adapters.web.conversation_ids import PLATFORM
from bot.core.ports import Held, Meter

WEBHOOKS = "/webhooks/"
WEBHOOK_BODY_BYTES = 1024 * 1024
"""A message, the one it replies to and a keyboard take up to 200 KB in the JSON of platforms."""
CONSOLE = "/admin/"
"""A file of a pack takes nine bytes a character in a form; nothing is read without a session."""

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
"""Defaults: a response that sets one of them itself keeps its own."""


class SecurityHeaders:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_guarded)


class BodyLimit:
    """Stops reading at `most_bytes`, or before the first byte if the length says so.

    The connection is closed as well, or the rest would be read to be thrown away.

    FastAPI's own `max_body_size` answers an announced length in plain text, not in our form of
    errors.
    """

    def __init__(self, app: ASGIApp, most_bytes: int) -> None:
        self._app, self._most_bytes = app, most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most_bytes = self._most_bytes_for(scope)
        announced = Headers(scope=scope).get("content-length", "")
        read = int(announced) if announced.isdecimal() else 0

        async def receive_limited() -> Message:
            nonlocal read
            if read > most_bytes:
                raise _too_long()
            message = await receive()
            if not announced:
                read += len(message.get("body", b""))
            if read > most_bytes:
                raise _too_long()
            return message

        await self._app(scope, receive_limited, send)

    def _most_bytes_for(self, scope: Scope) -> int:
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        return WEBHOOK_BODY_BYTES if path.startswith((WEBHOOKS, CONSOLE)) else self._most_bytes


def _too_long() -> HTTPException:
    return HTTPException(413, headers={"Connection": "close"})


_REFUSALS = frozenset({400, 401, 403, 413, 422})
"""Statuses that say something of what was sent; 429 and 503 are counted where they are decided."""


class Refusals:
    """Counts refused requests: what platforms send by the platform, all else as the web's."""

    def __init__(self, app: ASGIApp, meter: Meter, platforms: Collection[str]) -> None:
        self._app, self._meter, self._platforms = app, meter, platforms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in _REFUSALS:
                self._meter.held(Held.REFUSED, self._sender(scope), str(message["status"]))
            await send(message)

        await self._app(scope, receive, send_counted)

    def _sender(self, scope: Scope) -> str:
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        name = path.removeprefix(WEBHOOKS).partition("/")[0] if path.startswith(WEBHOOKS) else ""
        return name if name in self._platforms else PLATFORM

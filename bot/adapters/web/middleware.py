"""Guard every answer and every request: security headers, counts of refusals, sizes of bodies."""

from __future__ import annotations

from collections.abc import Collection

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
_RAW_HEADERS = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
_REFUSALS = frozenset({400, 401, 403, 413, 422})
"""Statuses that say something of what was sent; 429 and 503 are counted where they are decided."""


def path_of(scope: Scope) -> str:
    """Return the path of a request below the place where the application is mounted."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


class Answers:
    """Adds security headers, and counts refusals: what platforms send by the platform, all else as
    the web's.
    """

    def __init__(self, app: ASGIApp, meter: Meter, platforms: Collection[str]) -> None:
        self._app, self._meter, self._platforms = app, meter, platforms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._guard(scope, message)
            await send(message)

        await self._app(scope, receive, send_guarded)

    def _guard(self, scope: Scope, message: Message) -> None:
        if message["status"] in _REFUSALS:
            self._meter.held(Held.REFUSED, self._sender(scope), str(message["status"]))
        headers = message["headers"]
        own = {name.lower() for name, _ in headers}
        message["headers"] = [*headers, *(one for one in _RAW_HEADERS if one[0] not in own)]

    def _sender(self, scope: Scope) -> str:
        path = path_of(scope)
        name = path.removeprefix(WEBHOOKS).partition("/")[0] if path.startswith(WEBHOOKS) else ""
        return name if name in self._platforms else PLATFORM


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
        most_bytes, announced = self._most_bytes_for(scope), _announced(scope)
        is_short = announced is not None and announced <= most_bytes
        taken = receive if is_short else _limited(receive, most_bytes, announced or 0)
        await self._app(scope, taken, send)

    def _most_bytes_for(self, scope: Scope) -> int:
        is_long = path_of(scope).startswith((WEBHOOKS, CONSOLE))
        return WEBHOOK_BODY_BYTES if is_long else self._most_bytes


def _announced(scope: Scope) -> int | None:
    """Return the length of the body that the headers name, which the server holds the sender to."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else None
    return None


def _limited(receive: Receive, most_bytes: int, read: int) -> Receive:
    async def receive_limited() -> Message:
        nonlocal read
        if read > most_bytes:
            raise _too_long()
        message = await receive()
        read += len(message.get("body", b""))
        if read > most_bytes:
            raise _too_long()
        return message

    return receive_limited


def _too_long() -> HTTPException:
    return HTTPException(413, headers={"Connection": "close"})

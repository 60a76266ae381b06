"""Answer plain messages without the framework: nearly everything that is posted here.

What a newcomer would get wrong: this is no second door.  It stands behind limits and headers like
the route of `api`, answers by the same `Api.answer`, and hands on whatever is not plain: the route
knows how to tell what is wrong with a request.  Of an empty endpoint the framework takes two
thirds (ADR 37).
"""

from __future__ import annotations

from pydantic import ValidationError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.adapters.web.api import MESSAGES, Api, Asked
from bot.adapters.web.callers import address_of
from bot.adapters.web.conversation_ids import bearer_of
from bot.adapters.web.errors import refusal_of
from bot.adapters.web.middleware import path_of
from bot.adapters.web.schemas import MessageIn

_JSON = b"application/json"


class ShortWay:
    """Stands before the application; `api` answers."""

    def __init__(self, app: ASGIApp, api: Api) -> None:
        self._app, self._api = app, api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or path_of(scope) != MESSAGES:
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if headers.get(b"content-type") != _JSON:
            await self._app(scope, receive, send)
            return
        try:
            body = await _whole(receive)
            if body is None:  # whoever asked has gone
                return
            message = self._message(body)
            if message is None:
                await self._app(scope, _again(body, receive), send)
                return
            response = await self._api.answer(message, _asked(scope, headers))
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            response = refusal
        await response(scope, receive, send)

    @staticmethod
    def _message(body: bytes) -> MessageIn | None:
        try:
            return MessageIn.model_validate_json(body)
        except ValidationError:
            return None


def _asked(scope: Scope, headers: dict[bytes, bytes]) -> Asked:
    authorization = headers.get(b"authorization", b"").decode("latin-1")
    traceparent = headers.get(b"traceparent", b"").decode("latin-1")
    bearer = bearer_of(authorization) if authorization else None
    return Asked(address_of(scope), bearer, traceparent)


async def _whole(receive: Receive) -> bytes | None:
    """Return the body; `None` if the connection ended before it did."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Return what gives the body once more, and then what `receive` gives."""
    left = [body]

    async def replay() -> Message:
        return {"type": "http.request", "body": left.pop()} if left else await receive()

    return replay

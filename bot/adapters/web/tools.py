"""Let callers with the key at an application that serves tools to programs (`/mcp`).

The application knows nothing of keys, addresses and limits; what it is given has passed them all.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.adapters.web.callers import address_of
from bot.adapters.web.conversation_ids import Gate
from bot.adapters.web.errors import Json, Sentence, refuse
from bot.adapters.web.fair_turns import FairTurns
from bot.adapters.web.rate_limits import TOOLS

_SENTENCE = Sentence(
    "这里只接受带密钥的请求：Authorization: Bearer 加上密钥。",
    "Only requests with the key are taken here: Authorization: Bearer and the key.",
)


def without_key() -> Json:
    """Return 401 with a sentence."""
    return refuse(401, _SENTENCE, headers={"WWW-Authenticate": "Bearer"})


def tools_route(tools: ASGIApp, gate: Gate, turns: FairTurns) -> Route:
    """Return the route; only POST, because nothing is sent that was not asked for."""
    return Route(
        TOOLS, endpoint=_Guarded(tools, gate, turns), methods=["POST"], include_in_schema=False
    )


class _Guarded:
    def __init__(self, tools: ASGIApp, gate: Gate, turns: FairTurns) -> None:
        self._tools, self._gate, self._turns = tools, gate, turns

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._admits(scope):
            await without_key()(scope, receive, send)
            return
        async with self._turns.of(address_of(scope)):
            await self._tools(scope, receive, send)

    def _admits(self, scope: Scope) -> bool:
        return self._gate.lets_in(Headers(scope=scope).get("authorization", ""))

"""Run the handler in an application of somebody else's, which fetches updates and owns the bot.

There is no moment of start: a handler is made at the first update of each bot.  Menu and webhook
belong to the application.  An update that the application acknowledges before it is handled is lost
if the process dies; only our own polling and webhook prevent that.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable, Callable, Collection
from typing import Protocol, runtime_checkable

from bot.adapters.telegram.handler import Handler
from bot.adapters.telegram.ports import BotIdentity, Caller, Extra, Options
from bot.core.conversation import Conversation
from bot.errors import BotError

log = logging.getLogger(__name__)

DRAIN_INTERVAL_S = 60.0


def button_secret(token: str) -> bytes:
    """Return the key that signs callback data: the same wherever this bot runs."""
    return hashlib.sha256(b"zhuce telegram buttons " + token.encode()).digest()


@runtime_checkable
class ClosedByItsOwner(Protocol):
    """A conversation that the application closes, perhaps before its library tells us to stop."""

    def before_close(self, finish: Callable[[], Awaitable[None]]) -> None: ...


class EmbeddedHandlers:
    """The handlers of one application; safe to share between its handlers."""

    def __init__(
        self,
        conversation: Conversation,
        *,
        is_ephemeral: bool = False,
        is_rich: bool = False,
        extras: Collection[str] = (),
        feedback: bool = False,
    ) -> None:
        """Make no handler yet.

        Raises:
            ValueError: an extra is none of `Extra`.
        """
        self._conversation = conversation
        self._is_ephemeral, self._is_rich = is_ephemeral, is_rich
        self._asks_feedback = feedback
        self.extras = frozenset(map(Extra, extras))
        self._handlers: dict[int, Handler] = {}
        self._drained_at = float("-inf")
        if isinstance(conversation, ClosedByItsOwner):
            conversation.before_close(self.close)

    def known(self, bot: int) -> Handler | None:
        """Return the handler of a bot, if it has one already."""
        return self._handlers.get(bot)

    def handler(self, caller: Caller, me: BotIdentity, token: str) -> Handler:
        """Make the handler of a bot that has none yet."""
        found = self._handlers[me.id] = Handler(
            conversation=self._conversation,
            caller=caller,
            me=me,
            clock=self._conversation.clock,
            options=Options(
                button_secret(token),
                self._is_ephemeral,
                self._is_rich,
                extras=self.extras,
                asks_feedback=self._asks_feedback,
            ),
        )
        return found

    async def accept(self, handler: Handler, update: object) -> Awaitable[None]:
        """Decide and store; await the result to send the reply.

        At most once in `DRAIN_INTERVAL_S` that also sends what earlier processes left unsent.
        """
        return self._send(handler, await handler.accept(update))

    async def _send(self, handler: Handler, rest: Awaitable[None] | None) -> None:
        if rest is not None:
            await rest
        now = self._conversation.clock.now().timestamp()
        if now - self._drained_at >= DRAIN_INTERVAL_S:
            self._drained_at = now
            await self._drain(handler)

    async def _drain(self, handler: Handler) -> None:
        try:
            await handler.drain()
        except BotError as error:
            log.warning("what is left to send was not sent: %s", error)

    async def close(self) -> None:
        """Mark what was sent; otherwise the last replies may be sent a second time."""
        for handler in self._handlers.values():
            await handler.close()

"""The desk: updates in, calls out."""

from __future__ import annotations

from collections.abc import Awaitable

from bot.adapters.telegram.ports import BotIdentity, Caller, Options
from bot.core.conversation import Conversation
from bot.core.ports import Clock


class Desk:
    """Answers the updates of one bot; safe to call for many updates at once."""

    def __init__(
        self,
        *,
        conversation: Conversation,
        caller: Caller,
        me: BotIdentity,
        clock: Clock,
        options: Options,
    ) -> None:
        self.conversation = conversation
        self._caller = caller
        self.me = me
        self._clock = clock
        self._options = options

    async def handle(self, update: object) -> None:
        """Answer an update of either library: `accept` it, then do what is left to do.

        Updates of one conversation must be handed over in the order they came in, each as a task.

        Raises:
            StoreUnavailable: nothing could be stored and nothing was done; let it come again.
        """
        raise NotImplementedError

    async def accept(self, update: object) -> Awaitable[None] | None:
        """Decide and store; what is returned sends it (await it once), `None` if nothing is left.

        For whoever acknowledges an update before it is sent: what is stored is not lost any more.
        Raises as `handle`.
        """
        raise NotImplementedError

    async def drain(self) -> None:
        """Send what is stored and was never sent; at the start and every few seconds."""
        raise NotImplementedError

    async def prepare(self) -> None:
        """Commands, descriptions and menu, each set only if it differs from what is there."""
        raise NotImplementedError

    async def close(self) -> None:
        """Finish what is under way and note down what was sent."""
        raise NotImplementedError

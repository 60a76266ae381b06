"""Implement delivery's platform for Telegram: render with the current pack, and send."""

from __future__ import annotations

import logging
from dataclasses import replace

from cachetools import FIFOCache

from bot.adapters.delivery.codes import Codebook
from bot.adapters.delivery.errors import Refused
from bot.adapters.telegram.outgoing.callback_data import Buttons
from bot.adapters.telegram.outgoing.message import OutgoingMessage, Writer, note
from bot.adapters.telegram.outgoing.sender import Sender
from bot.adapters.telegram.ports import BotIdentity, Caller, Options
from bot.adapters.telegram.routes import Route
from bot.adapters.telegram.utf16 import MAX_TEXT, units
from bot.core.conversation import Conversation
from bot.core.model.reply import Reply
from bot.core.model.spans import day_of
from bot.core.ports import Clock

MOST_TOLD = 10_000
"""How many answers are remembered, to know what a 👍 is for."""
log = logging.getLogger(__name__)


class TelegramPlatform:
    """Implements `bot.adapters.delivery.ports.Platform`."""

    def __init__(
        self,
        conversation: Conversation,
        caller: Caller,
        me: BotIdentity,
        clock: Clock,
        options: Options,
    ) -> None:
        self._conversation, self._me, self._clock = conversation, me, clock
        self._secret = options.secret
        self._sender = Sender(
            caller,
            is_ephemeral=options.is_ephemeral,
            is_rich=options.is_rich,
            picture=lambda name: conversation.picture(name, "png"),
        )
        self._writer = self._new_writer()
        self._told: FIFOCache[tuple[int, int], str] = FIFOCache(MOST_TOLD)

    @property
    def writer(self) -> Writer:
        """Return the writer of the current pack; a new one after the pack was replaced."""
        if self._writer.pack is not self._conversation.pack:
            self._writer = self._new_writer()
        return self._writer

    def phrase(self, key: str) -> str:
        """Return one of the bot's own phrases."""
        return self._conversation.pack.phrase(key)

    def write(self, reply: Reply, route: Route) -> OutgoingMessage:
        return self.writer.write(reply, route, day_of(self._clock.now()))

    def pointer(self, route: Route) -> OutgoingMessage:  # noqa: ARG002  it says the same in every chat
        return note(self.phrase("same_answer"), is_pointer=True)

    def passed_over(self, message: OutgoingMessage) -> OutgoingMessage:
        first, *more = message.pages
        preface = note(self.phrase("only_your_last")).pages[0]
        if units(first) + units(preface) > MAX_TEXT:
            return message
        return replace(message, pages=(f"{preface}\n\n{first}", *more), is_answer=False)

    def hides(self, route: Route) -> bool:
        return self._sender.hides(route)

    async def send(self, message: OutgoingMessage, route: Route) -> tuple[int, ...]:
        """Send; if the platform takes the answer in no form, tell its reader."""
        try:
            sent = await self._sender.send(message, route)
        except Refused:
            if message.plain is None or route.is_outside:
                raise
            log.exception("an answer was refused in every form; its reader is told")
        else:
            if message.entry:
                self._told.update({(route.chat, one): message.entry for one in sent})
            return sent
        return await self._sender.send(note(self.phrase("cannot_send")), route.afresh())

    def entry_told(self, chat: int, message: int) -> str | None:
        """Return the entry that a message of ours answers with, as far as remembered."""
        return self._told.get((chat, message))

    def _new_writer(self) -> Writer:
        pack = self._conversation.pack
        codes = Codebook(pack)
        return Writer(pack, self._me.username, codes, Buttons(self._secret, pack.version, codes))

"""Answer the updates of one bot: what is Telegram's in them; a `Courier` claims and sends."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import cast

from cachetools import FIFOCache

from bot.adapters.delivery.courier import Courier, Means
from bot.adapters.delivery.deep_links import ASK, value_from
from bot.adapters.delivery.delivery import AddressedReply
from bot.adapters.delivery.lease import Lease
from bot.adapters.delivery.person_limit import PersonLimit, Verdict
from bot.adapters.telegram.incoming import update_types
from bot.adapters.telegram.incoming.pieces import Piece, Pieces
from bot.adapters.telegram.incoming.updates import (
    GROUP_ANONYMOUS_BOT,
    Chosen,
    Heard,
    Left,
    Moved,
    Press,
    Rated,
    Seen,
    Typing,
    read,
)
from bot.adapters.telegram.incoming.wordings import EDITABLE_FOR, Wordings
from bot.adapters.telegram.outgoing.inline import InlineResults, value_of
from bot.adapters.telegram.outgoing.menu import set_menu
from bot.adapters.telegram.outgoing.message import note
from bot.adapters.telegram.outgoing.platform import TelegramPlatform
from bot.adapters.telegram.outgoing.silence import is_silence
from bot.adapters.telegram.ports import BotIdentity, Caller, Options
from bot.adapters.telegram.routes import MOST_A_MINUTE, PLATFORM, Route, read_route
from bot.core.conversation import Conversation
from bot.core.dialogue import commands
from bot.core.model.choices import RateAnswer, replaces_card
from bot.core.model.reply import Reason, Reply
from bot.core.model.spans import day_of
from bot.core.model.update import Update
from bot.core.ports import Clock, Held
from bot.errors import DeliveryFailed
from bot.plugins.adapter import Commands

OLD = "old"
"""A value that no choice has: core replies that the button is out of date."""
MOST_POSTED = 1_000
"""Updates on inline answers that are remembered, so that each counts once."""
log = logging.getLogger(__name__)


class Handler:
    """Answers the updates of one bot; safe to call for many updates at once."""

    def __init__(
        self,
        *,
        conversation: Conversation,
        caller: Caller,
        me: BotIdentity,
        clock: Clock,
        options: Options,
        lease: Lease | None = None,
        ticks: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.conversation = conversation
        self.me = me
        self._caller, self._clock, self._options = caller, clock, options
        self._inline = InlineResults(conversation)
        self._posted: FIFOCache[str, None] = FIFOCache(MOST_POSTED)
        self._platform = TelegramPlatform(conversation, caller, me, clock, options)
        self.lease = lease or Lease(conversation, ticks, is_shared=options.is_shared)
        means = Means(
            name=PLATFORM,
            platform=self._platform,
            read_route=read_route,
            group_rate=MOST_A_MINUTE,
            is_silence=is_silence,
            ticks=ticks,
            sleep=sleep,
        )
        self.courier = Courier(means, conversation, clock, self.lease)
        self._outbox, self._delivery = self.courier.outbox, self.courier.delivery
        self._person_limit = PersonLimit(ticks, lambda: self.courier.count(Held.LIMITED, "person"))
        self._wordings, self._pieces, self._sleep = Wordings(), Pieces(), sleep

    async def handle(self, update: object) -> None:
        """Answer an update of either library: `accept` it, then send.

        Updates of one conversation must be passed in the order in which they arrive, each as a
        task.

        Raises:
            StoreUnavailable: nothing could be stored and nothing was done; let it be delivered
                again.
        """
        rest = await self.accept(update)
        if rest is not None:
            await rest

    async def accept(self, update: object) -> Awaitable[None] | None:
        """Decide and store; return what sends the reply (await it once), `None` if nothing is left.

        For callers that acknowledge an update before the reply is sent: what is stored cannot be
        lost. Raises as `handle`.
        """
        match self._read(update):
            case Heard() as heard:
                return await self._take_words(heard)
            case Press() as press:
                return await self._take_press(press)
            case Typing() as typing:
                return self._suggest(typing)
            case Chosen() as chosen:
                self._count(chosen)
            case Rated() as rated:
                return await self._take_rating(rated)
            case Left(chat):
                self._delivery.leave(chat)
            case Moved(chat, new_chat):
                self._delivery.move(chat, new_chat)
            case None:
                pass
        return None

    def is_for_us(self, update: object) -> bool:
        """Return whether `accept` would answer; buttons of other handlers are not for us."""
        match self._read(update):
            case None:
                return False
            case Press(route=route, data=data):
                buttons = self._platform.writer.buttons
                return route is not None and buttons.is_ours(data, route.chat)
            case _:
                return True

    def _read(self, update: object) -> Seen | None:
        return read(cast("update_types.Update", update), self.me, self._options.extras)

    async def drain(self) -> None:
        """Send what is stored and was never sent; called at the start and every few seconds.

        Raises:
            StoreError: the store cannot say what is left.
        """
        await self.courier.drain()

    async def prepare(self) -> None:
        """Set commands, descriptions and menu, each only if it differs from the current one.

        Raises:
            DeliveryFailed: not now; the bot answers all the same.
        """
        changed = await set_menu(self._caller, self.conversation.pack)
        log.info("commands and descriptions are up to date", extra={"changed": changed})

    async def close(self) -> None:
        """Cancel the queues, whose items stay in the store, and mark what was sent."""
        await self.courier.close()

    async def _take_words(self, heard: Heard) -> Awaitable[None] | None:
        update, route = heard.update, heard.route
        self._delivery.come_back(route.chat)
        operators, words = self._options.operators, update.text
        if operators and words and route.is_private and operators.may(route.user, words):
            return self._operate(operators.commands, words, route)
        wording = heard.place, heard.number, update.text
        if heard.is_edited:
            if self._clock.now() - update.at > EDITABLE_FOR:
                return None
            if given := self._delivery.given(route):
                route = replace(route, edits=given)
                update = replace(update, route=route.as_text())
        verdict = self._person_limit.judge(update.id, route.person)
        if verdict is not Verdict.ANSWER:
            is_told = verdict is Verdict.NOTICE and route.business is None
            return self._say_too_many(route) if is_told else None
        update, piece = self._piece_of(heard, self._follow_deep_link(update, route))
        addressed = await self.courier.claim(update, route)
        if addressed is None and heard.is_edited and self._wordings.is_back(*wording):
            addressed = await self.courier.claim(replace(update, id=heard.name), route)
        if addressed is None:
            return None
        self._wordings.note(*wording)
        return self._deliver_piece(addressed, piece) if piece else self._delivery.deliver(addressed)

    async def _operate(self, commands: Commands, words: str, route: Route) -> None:
        """Answer a command of an operator; it belongs to no conversation, so nothing is stored."""
        reply = await commands.answer(words, f"Telegram {route.user}")
        day = day_of(self._clock.now())
        await self._delivery.say(self._platform.writer.write(reply, route, day), route)

    def _piece_of(self, heard: Heard, update: Update) -> tuple[Update, Piece | None]:
        """Return the words with the pieces before them, and the piece that this is, if it is one.

        A reply to a piece is held back for a moment; what goes on in a group is not addressed to
        the bot any more.
        """
        album = heard.album and (heard.route.chat, heard.album)
        if update.text is None:
            return update, self._pieces.hold(album) if album else None
        if album:
            self._pieces.answer(album)
        if heard.is_edited or heard.route.is_group:
            return update, None
        return self._pieces.join(update, heard.number)

    async def _deliver_piece(self, addressed: AddressedReply[Route], piece: Piece) -> None:
        await piece.hold(self._sleep)
        if not piece.is_replaced:
            await self._delivery.deliver(addressed)
        elif addressed.name is not None:
            self._outbox.arrived(addressed.name)

    def _follow_deep_link(self, update: Update, route: Route) -> Update:
        """Turn /start with a payload into the press that the deep link stands for."""
        command = None if route.is_group else commands.read(update.text or "")
        if not command or command.name != "start" or not command.argument:
            return update
        if command.argument == ASK:
            return replace(update, text="/ask")
        value = value_from(self._platform.writer.codes, command.argument)
        return replace(update, text=None, press=value) if value else update

    async def _take_press(self, press: Press) -> Awaitable[None]:
        if press.route is None:
            return self._toast(press, "old_choice")
        route = press.route
        self._delivery.come_back(route.chat)
        button = self._platform.writer.buttons.read(press.data, route.chat, route.user)
        if not button.is_theirs:
            return self._toast(press, "not_your_button")
        if self._person_limit.judge(press.name, route.person) is not Verdict.ANSWER:
            return self._toast(press, "too_many")
        if button.is_anybodys:
            route = replace(route, user=GROUP_ANONYMOUS_BOT, is_anonymous=True)
        value = button.value or OLD
        if not replaces_card(value):
            route = replace(route, edits=())
        update = Update(
            press.name, route.key, self._clock.now(), press=value, route=route.as_text()
        )
        try:
            addressed = await self.courier.claim(update, route)
        except Exception:
            await self._toast(press, "try_later")
            raise
        return self._send_press_answer(press, addressed)

    async def _take_rating(self, rated: Rated) -> Awaitable[None] | None:
        """Take a thumb under an answer that this process gave; others may be anybody's."""
        route = rated.route
        entry = self._platform.entry_told(route.chat, rated.message)
        if entry is None or self._person_limit.judge(rated.name, route.person) != Verdict.ANSWER:
            return None
        value = str(RateAnswer(entry, rated.is_good))
        update = Update(rated.name, route.key, rated.at, press=value, route=route.as_text())
        addressed = await self.courier.claim(update, route)
        if addressed and _is_thanks(addressed.reply):
            self._leave_unsaid(addressed)
            return None
        return self._delivery.deliver(addressed) if addressed else None

    async def _send_press_answer(
        self, press: Press, addressed: AddressedReply[Route] | None
    ) -> None:
        """End the press and send the reply; thanks are no message of their own."""
        if addressed and _is_thanks(addressed.reply):
            self._leave_unsaid(addressed)
            await self._toast(press, "rated_good")
            return
        await self._toast(press)
        if addressed:
            await self._delivery.deliver(addressed)

    def _leave_unsaid(self, addressed: AddressedReply[Route]) -> None:
        if addressed.name is not None:
            self._outbox.arrived(addressed.name)

    async def _toast(self, press: Press, phrase: str | None = None) -> None:
        """Answer a press, if only to end the progress indicator on the button."""
        text = {"text": self._platform.phrase(phrase)} if phrase else {}
        await self._try("answerCallbackQuery", {"callback_query_id": press.query, **text})

    async def _suggest(self, typing: Typing) -> None:
        writer = self._platform.writer
        params = await self._inline.page(writer, typing.text, typing.offset, self._clock.now())
        await self._try("answerInlineQuery", {"inline_query_id": typing.query, **params})

    def _count(self, chosen: Chosen) -> None:
        """Count an answer that was posted; nothing of the person is kept."""
        if chosen.name in self._posted:
            return
        self._posted[chosen.name] = None
        if value := value_of(self._platform.writer, chosen.result):
            self.conversation.note_posted(PLATFORM, value)

    async def _say_too_many(self, route: Route) -> None:
        await self._delivery.say(note(self._platform.phrase("too_many")), route)

    async def _try(self, method: str, params: dict[str, object]) -> None:
        """Make a call that is not worth repeating: the person has moved on by then."""
        try:
            await self._caller.call(method, params)
        except DeliveryFailed as failure:
            log.info("%s came to nothing: %s", method, failure)


def _is_thanks(reply: Reply) -> bool:
    return reply.reason is Reason.LIKED

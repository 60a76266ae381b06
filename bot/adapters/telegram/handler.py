"""The desk: updates in, calls out.

What a newcomer would get wrong: a repeat is never answered from here.  The first delivery of an
update stores the reply and sends it; if that was cut short, `drain` sends it.  Whoever sends on a
repeat sends twice, because the first may still be on its way in another process.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import cast

from bot.adapters.delivery.bounded import Recent
from bot.adapters.delivery.delivery import Delivery, Errand
from bot.adapters.delivery.outbox import Outbox
from bot.adapters.delivery.rate_limit import Admission, Verdict
from bot.adapters.telegram.incoming import update_types
from bot.adapters.telegram.incoming.updates import (
    GROUP_ANONYMOUS_BOT,
    Chosen,
    Heard,
    Left,
    Moved,
    Press,
    Typing,
    read,
)
from bot.adapters.telegram.outgoing.callback_data import Buttons
from bot.adapters.telegram.outgoing.codes import Codebook
from bot.adapters.telegram.outgoing.deep_links import ASK, value_from
from bot.adapters.telegram.outgoing.inline import InlineResults
from bot.adapters.telegram.outgoing.menu import set_menu
from bot.adapters.telegram.outgoing.message import Letter, Writer, note
from bot.adapters.telegram.outgoing.sender import Sender
from bot.adapters.telegram.ports import BotIdentity, Caller, Options
from bot.adapters.telegram.routes import Route, read_route
from bot.core.conversation import Conversation
from bot.core.model.reply import Reply
from bot.core.model.spans import day_of
from bot.core.model.update import Update
from bot.core.ports import Clock
from bot.core.procedures.cards import changes_card
from bot.core.words import commands
from bot.errors import DeliveryFailed

OLD = "old"
"""A value that no choice has: core then explains that the button is from before."""
MOST_UNSTORED = 20_000
log = logging.getLogger(__name__)


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
        ticks: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.conversation = conversation
        self.me = me
        self._caller, self._clock, self._options = caller, clock, options
        self._writer = self._new_writer()
        self._inline = InlineResults(conversation, me.username)
        self._admission = Admission(ticks)
        self._unstored: Recent[str, None] = Recent(MOST_UNSTORED)
        self._outbox = Outbox(conversation, clock, options.settle_s)
        sender = Sender(
            caller,
            is_ephemeral=options.is_ephemeral,
            is_rich=options.is_rich,
            picture=lambda name: conversation.picture(name, "png"),
        )
        self._delivery = Delivery(sender, self._outbox, self._letter, self._phrase, ticks, sleep)

    @property
    def chosen(self) -> Counter[str]:
        """How often each answer of inline mode was posted."""
        return self._inline.chosen

    async def handle(self, update: object) -> None:
        """Answer an update of either library: `accept` it, then do what is left to do.

        Updates of one conversation must be handed over in the order they came in, each as a task.

        Raises:
            StoreUnavailable: nothing could be stored and nothing was done; let it come again.
        """
        rest = await self.accept(update)
        if rest is not None:
            await rest

    async def accept(self, update: object) -> Awaitable[None] | None:
        """Decide and store; what is returned sends it (await it once), `None` if nothing is left.

        For whoever acknowledges an update before it is sent: what is stored is not lost any more.
        Raises as `handle`.
        """
        match read(cast("update_types.Update", update), self.me):
            case Heard() as heard:
                return await self._heard(heard)
            case Press() as press:
                return await self._pressed(press)
            case Typing() as typing:
                return self._suggest(typing)
            case Chosen(result):
                self._inline.count(result)
            case Left(chat):
                self._delivery.leave(chat)
            case Moved(chat, new_chat):
                self._delivery.move(chat, new_chat)
            case None:
                pass
        return None

    def is_for_us(self, update: object) -> bool:
        """Whether `accept` would answer; in an application with others, their buttons are not."""
        match read(cast("update_types.Update", update), self.me):
            case None:
                return False
            case Press(route=route, data=data):
                buttons = self._current_writer().buttons
                return route is not None and buttons.is_ours(data, route.chat)
            case _:
                return True

    async def drain(self) -> None:
        """Send what is stored and was never sent; at the start and every few seconds.

        Raises:
            StoreError: the store cannot say what is left.
        """
        for left in await self._outbox.left_behind():
            name = (left.key, left.update_id)
            try:
                route = read_route(left.key, left.route)
            except ValueError:
                log.exception("a reply without a way to its reader is dropped")
                self._outbox.arrived(name)
                continue
            if not self._delivery.is_held_back(route.chat):
                self._outbox.begin(name)
                await self._delivery.deliver(Errand(left.reply, route, name))

    async def prepare(self) -> None:
        """Commands, descriptions and menu, each set only if it differs from what is there.

        Raises:
            DeliveryFailed: not now; the bot answers all the same.
        """
        changed = await set_menu(self._caller, self.conversation.pack)
        log.info("commands and descriptions are up to date", extra={"changed": changed})

    async def close(self) -> None:
        """Stop what waits, which stays in the store, and note down what was sent."""
        await self._delivery.close()
        await self._outbox.close()

    async def _heard(self, heard: Heard) -> Awaitable[None] | None:
        update, route = heard.update, heard.route
        self._delivery.come_back(route.chat)
        if heard.is_edited and (given := self._delivery.given(route)):
            if given.said == hash(update.text):
                return None
            route = replace(route, edits=given.messages)
            update = replace(update, route=route.as_text())
        verdict = self._admission.judge(update.id, route.person)
        if verdict is not Verdict.ANSWER:
            return self._say_too_many(route) if verdict is Verdict.NOTICE else None
        errand = await self._take(self._opened(update, route), route, hash(update.text))
        return self._delivery.deliver(errand) if errand else None

    def _opened(self, update: Update, route: Route) -> Update:
        """/start with a payload, as the press that the link stands for."""
        command = None if route.is_group else commands.read(update.text or "")
        if not command or command.name != "start" or not command.argument:
            return update
        if command.argument == ASK:
            return replace(update, text="/ask")
        value = value_from(self._current_writer().codes, command.argument)
        return replace(update, text=None, press=value) if value else update

    async def _pressed(self, press: Press) -> Awaitable[None]:
        if press.route is None:
            return self._toast(press, "old_choice")
        route = press.route
        self._delivery.come_back(route.chat)
        button = self._current_writer().buttons.read(press.data, route.chat, route.user)
        if not button.is_theirs:
            return self._toast(press, "not_your_button")
        if self._admission.judge(press.name, route.person) is not Verdict.ANSWER:
            return self._toast(press, "too_many")
        if button.is_anybodys:
            route = replace(route, user=GROUP_ANONYMOUS_BOT, is_anonymous=True)
        value = button.value or OLD
        if not changes_card(value):
            route = replace(route, edits=())
        update = Update(
            press.name, route.key, self._clock.now(), press=value, route=route.as_text()
        )
        try:
            errand = await self._take(update, route)
        except Exception:
            await self._toast(press, "try_later")
            raise
        return self._answer_press(press, errand)

    async def _answer_press(self, press: Press, errand: Errand | None) -> None:
        await self._toast(press)
        if errand:
            await self._delivery.deliver(errand)

    async def _take(self, update: Update, route: Route, said: int | None = None) -> Errand | None:
        """The reply that is to be sent now; `None` for an update that was answered before.

        While the store is out, copies are known only as long as this process remembers them.
        """
        was_unstored = update.id in self._unstored
        applied = await self.conversation.take(update)
        name = (update.key, update.id) if applied.version else None
        if name is None:
            self._unstored[update.id] = None
        elif was_unstored and not applied.is_repeat:
            self._outbox.begin(name)
            self._outbox.arrived(name)
        if was_unstored or applied.is_repeat:
            return None
        if name is not None:
            self._outbox.begin(name)
        return Errand(applied.reply, route, name, said)

    async def _toast(self, press: Press, phrase: str | None = None) -> None:
        """Every press is answered, if only to stop the little clock on the button."""
        text = {"text": self._phrase(phrase)} if phrase else {}
        await self._try("answerCallbackQuery", {"callback_query_id": press.query, **text})

    async def _suggest(self, typing: Typing) -> None:
        writer = self._current_writer()
        params = self._inline.page(writer.codes, typing.text, typing.offset, self._clock.now())
        await self._try("answerInlineQuery", {"inline_query_id": typing.query, **params})

    async def _say_too_many(self, route: Route) -> None:
        await self._delivery.say(note(self._phrase("too_many")), route)

    async def _try(self, method: str, params: dict[str, object]) -> None:
        """A call that is worth nothing later: whoever waited for it has moved on."""
        try:
            await self._caller.call(method, params)
        except DeliveryFailed as failure:
            log.info("%s came to nothing: %s", method, failure)

    def _phrase(self, key: str) -> str:
        return self.conversation.pack.phrase(key)

    def _letter(self, reply: Reply, route: Route) -> Letter:
        day = day_of(self._clock.now())
        return self._current_writer().write(reply, route, day)

    def _current_writer(self) -> Writer:
        """Made anew when the pack has been replaced."""
        if self._writer.pack is not self.conversation.pack:
            self._writer = self._new_writer()
        return self._writer

    def _new_writer(self) -> Writer:
        pack = self.conversation.pack
        codes = Codebook(pack)
        buttons = Buttons(self._options.secret, pack.version, codes)
        return Writer(pack, self.me.username, codes, buttons)

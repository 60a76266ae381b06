"""Takes replies to people: in order within a chat, at the pace of a group, past those who left."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, replace

from bot.adapters.delivery.bounded import Recent
from bot.adapters.delivery.group_queue import Echoes, Queues
from bot.adapters.delivery.outbox import Name, Outbox
from bot.adapters.delivery.utf16 import MAX_TEXT, units
from bot.adapters.telegram.errors import Gone, Migrated, Refused
from bot.adapters.telegram.outgoing.message import Letter, note
from bot.adapters.telegram.outgoing.sender import Sender
from bot.adapters.telegram.routes import Route
from bot.core.locks import Lanes
from bot.core.model.reply import Reply
from bot.errors import DeliveryFailed

MOST_ANSWERS = 10_000
"""Questions whose answers can still be edited; those before get a new answer."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Errand:
    """A reply to be taken along a route."""

    reply: Reply
    route: Route
    name: Name | None
    """As the store knows it; `None` if it could not be stored."""
    said: int | None = None
    """Hash of the question: enough to see whether an edit changed it, and no words are kept."""


@dataclass(frozen=True, slots=True)
class Given:
    """Which messages answer a question, named by the hash of its words."""

    said: int | None
    messages: tuple[int, ...]


class Delivery:
    """Safe to call for many errands at once."""

    def __init__(
        self,
        sender: Sender,
        outbox: Outbox,
        write: Callable[[Reply, Route], Letter],
        phrase: Callable[[str], str],
        ticks: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._sender, self._outbox = sender, outbox
        self._write, self._phrase, self._ticks = write, phrase, ticks
        self._lanes: Lanes[int] = Lanes()
        self._queues: Queues[Errand] = Queues(ticks, sleep, self._post_waiting)
        self._echoes = Echoes(ticks)
        self._gone: Recent[int, None] = Recent(MOST_ANSWERS)
        self._moved: Recent[int, int] = Recent(MOST_ANSWERS)
        self._not_before: Recent[int, float] = Recent(MOST_ANSWERS)
        self._given: Recent[tuple[int, int], Given] = Recent(MOST_ANSWERS)

    async def deliver(self, errand: Errand) -> None:
        """Send the reply, or line it up; what cannot be sent now stays in the store."""
        errand = self._readdressed(errand)
        async with self._lanes.of(errand.route.chat):
            await self._deliver(errand)

    async def say(self, letter: Letter, route: Route) -> None:
        """Something that is not stored and not tried again."""
        try:
            await self._sender.send(letter, replace(route, edits=(), guest=None))
        except DeliveryFailed as failure:
            log.info("a notice was not sent: %s", failure)

    def given(self, route: Route) -> Given | None:
        """What was said to the question of this route, if that is remembered."""
        return self._given.get((route.chat, route.asked)) if route.asked is not None else None

    def is_held_back(self, chat: int) -> bool:
        """The platform asked to wait before the next message there."""
        until = self._not_before.get(chat)
        return until is not None and until > self._ticks()

    def leave(self, chat: int) -> None:
        """We are out of this chat: nothing is sent there until somebody is heard from there."""
        self._gone[chat] = None
        self._arrived(self._queues.forget(chat))

    def come_back(self, chat: int) -> None:
        self._gone.discard(chat)

    def move(self, chat: int, new_chat: int) -> None:
        """Replies to the old group go to the supergroup that it became."""
        self._moved[chat] = new_chat

    async def close(self) -> None:
        await self._queues.close()

    async def _deliver(self, errand: Errand) -> None:
        route = errand.route
        if route.chat in self._gone and route.guest is None:
            self._arrived([errand])
        elif not _is_paced(route) or self._queues.admit(route.chat):
            await self._post(errand, [])
        else:
            self._queues.add(route.chat, route.user, errand)

    async def _post_waiting(self, errand: Errand, passed_over: list[Errand]) -> None:
        async with self._lanes.of(errand.route.chat):
            await self._post(self._readdressed(errand), passed_over)

    async def _post(self, errand: Errand, passed_over: list[Errand]) -> None:
        errands = [errand, *passed_over]
        letter = self._write(errand.reply, errand.route)
        if passed_over:
            letter = self._prefaced(letter)
        try:
            messages = await self._send_or_drop(letter, errand.route)
        except DeliveryFailed as failure:
            log.warning("a reply waits to be sent: %s", failure)
            if failure.retry_after_s:
                self._not_before[errand.route.chat] = self._ticks() + failure.retry_after_s
            self._give_up(errands)
        except BaseException:
            self._give_up(errands)
            raise
        else:
            self._arrived(errands)
            if errand.route.asked is not None and messages:
                key = errand.route.chat, errand.route.asked
                self._given[key] = Given(errand.said, messages)

    async def _send_or_drop(self, letter: Letter, route: Route) -> tuple[int, ...]:
        """Where nobody is, or the platform will never take it, the reply counts as delivered."""
        if not letter.pages:
            return ()
        try:
            return await self._send_or_point(letter, route)
        except Migrated as moved:
            self.move(route.chat, moved.new_chat_id)
            return await self._send_or_drop(letter, _moved(route, moved.new_chat_id))
        except Gone as gone:
            log.info("nobody is there to read a reply: %s", gone)
            if route.guest is None:
                self.leave(route.chat)
        except Refused:
            log.exception("a reply was refused and is dropped")
        return ()

    async def _send_or_point(self, letter: Letter, route: Route) -> tuple[int, ...]:
        """In a group, what was said a moment ago is pointed to."""
        echo = self._echo(letter, route)
        if echo is None:
            return await self._sender.send(letter, route)
        earlier = self._echoes.find(echo)
        if earlier is not None:
            try:
                pointer = note(self._phrase("same_answer"), is_pointer=True)
                return await self._sender.send(pointer, replace(route, asked=earlier))
            except Refused:
                self._echoes.forget(echo)
        messages = await self._sender.send(letter, route)
        if messages:
            self._echoes.remember(echo, messages[0])
        return messages

    def _echo(self, letter: Letter, route: Route) -> Hashable | None:
        """What makes two answers the same; `None` for one that is never pointed to."""
        if not letter.is_answer or not _is_paced(route) or self._sender.hides(route):
            return None
        return route.chat, route.thread, letter.pages

    def _prefaced(self, letter: Letter) -> Letter:
        first, *more = letter.pages
        preface = note(self._phrase("only_your_last")).pages[0]
        if units(first) + units(preface) > MAX_TEXT:
            return letter
        return replace(letter, pages=(f"{preface}\n\n{first}", *more), is_answer=False)

    def _readdressed(self, errand: Errand) -> Errand:
        new_chat = self._moved.get(errand.route.chat)
        return errand if new_chat is None else replace(errand, route=_moved(errand.route, new_chat))

    def _arrived(self, errands: Sequence[Errand]) -> None:
        for errand in errands:
            if errand.name is not None:
                self._outbox.arrived(errand.name)

    def _give_up(self, errands: Sequence[Errand]) -> None:
        for errand in errands:
            if errand.name is not None:
                self._outbox.give_up(errand.name)


def _is_paced(route: Route) -> bool:
    """New messages in groups are; editing one is not, nor what a guest's chat is told."""
    return route.is_group and not route.edits and route.guest is None


def _moved(route: Route, chat: int) -> Route:
    """The ids of messages and topics do not move along."""
    return replace(route, chat=chat, thread=None, asked=None, edits=())

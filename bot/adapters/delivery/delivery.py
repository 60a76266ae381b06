"""Send replies: in order within a chat, within a group's rate, not to chats that nobody is in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Generic

from cachetools import FIFOCache

from bot.adapters.delivery.errors import Gone, Migrated, Refused
from bot.adapters.delivery.group_limit import GroupQueues, RepeatedAnswers
from bot.adapters.delivery.outbox import Name, Outbox
from bot.adapters.delivery.ports import M, Platform, R
from bot.core.locks import KeyedLocks
from bot.core.model.reply import Reply
from bot.core.ports import Held
from bot.errors import DeliveryFailed

MOST_ANSWERS = 10_000
"""How many answered questions are remembered; editing an older one gets a new answer."""
MOST_WAITING = 5_000
"""Replies that wait for their chat's turn in memory, 3 KB each; more of them stay in the store."""
MOST_IN_FLIGHT = 16
"""Replies being sent at once where a death leaves each of them to be asked about: 50 a second if
the platform takes 300 ms, as two calls of 150 do.
"""
GROUP_RATE, LEFT_BEHIND, PERHAPS_SENT = "group_rate", "left_behind", "perhaps_sent"
"""Why replies wait: their group had its share of this minute; they were not sent at first; their
process died while it sent them, so that it is asked whether they arrived.
"""
PerhapsSent = Callable[[R], M]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AddressedReply(Generic[R]):
    """A reply and the route it is sent along."""

    reply: Reply
    route: R
    name: Name | None
    """Its name in the store; `None` if it could not be stored."""
    waited_for: str = ""
    """Why it is sent late; empty if it is not."""


class Delivery(Generic[R, M]):
    """Sends replies; safe to call for many at once."""

    def __init__(
        self,
        platform: Platform[R, M],
        outbox: Outbox,
        ticks: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        group_rate: int,
        count: Callable[[Held, str], None],
        perhaps_sent: PerhapsSent[R, M] | None = None,
    ) -> None:
        """Send nothing yet.

        `group_rate` is how many messages a group may get in a minute; `count` is told what becomes
        of replies that are not sent at once, and why; for `perhaps_sent` see `courier.Means`.
        """
        self._perhaps_sent = perhaps_sent
        self._in_flight = asyncio.Semaphore(MOST_IN_FLIGHT) if perhaps_sent else nullcontext()
        self._platform, self._outbox, self._ticks, self._count = platform, outbox, ticks, count
        self._locks: KeyedLocks[Hashable] = KeyedLocks()
        self._queues: GroupQueues[AddressedReply[R]] = GroupQueues(
            group_rate, ticks, sleep, self._wait_and_post
        )
        self._repeated = RepeatedAnswers(ticks)
        self._gone: FIFOCache[Hashable, None] = FIFOCache(MOST_ANSWERS)
        self._moved: FIFOCache[Hashable, Hashable] = FIFOCache(MOST_ANSWERS)
        self._not_before: FIFOCache[Hashable, float] = FIFOCache(MOST_ANSWERS)
        self._given: FIFOCache[tuple[Hashable, Hashable], tuple[int, ...]] = FIFOCache(MOST_ANSWERS)
        self._waiting = 0

    async def deliver(self, item: AddressedReply[R]) -> None:
        """Send the reply, or queue it; what cannot be sent now stays in the store."""
        item = self._at_new_chat(item)
        route = item.route
        if route.is_paced and not self._queues.admit(route.chat):
            self._count(Held.DELAYED, GROUP_RATE)
            waits = replace(item, waited_for=item.waited_for or GROUP_RATE)
            self._queues.add(route.chat, route.user, waits)
        elif self._waiting >= MOST_WAITING:
            self._count(Held.DELAYED, "too_many_wait")
            self._give_up([item])
        else:
            await self._wait_and_post(item, [])

    async def say(self, message: M, route: R) -> None:
        """Send a message that is neither stored nor tried again."""
        try:
            await self._platform.send(message, route.afresh())
        except DeliveryFailed as failure:
            log.info("a notice was not sent: %s", failure)

    def given(self, route: R) -> tuple[int, ...]:
        """Return the messages that answer the question of this route, as far as remembered."""
        return self._given.get((route.chat, route.asked), ()) if route.asked is not None else ()

    def is_held_back(self, chat: Hashable) -> bool:
        """Return whether the platform asked to wait before the next message to this chat."""
        until = self._not_before.get(chat)
        return until is not None and until > self._ticks()

    def leave(self, chat: Hashable) -> None:
        """Send nothing to this chat until a person writes there again."""
        self._gone[chat] = None
        self._mark_delivered(self._queues.forget(chat))

    def come_back(self, chat: Hashable) -> None:
        self._gone.pop(chat, None)

    def move(self, chat: Hashable, new_chat: Hashable) -> None:
        """Send replies for the old group to the supergroup that replaced it."""
        self._moved[chat] = new_chat

    async def close(self) -> None:
        await self._queues.close()

    async def _wait_and_post(
        self, item: AddressedReply[R], passed_over: list[AddressedReply[R]]
    ) -> None:
        """Wait for the chat's turn, and post; in a group as many wait here as its rate admits."""
        self._waiting += 1
        try:
            async with self._locks.of(item.route.chat):
                item = self._at_new_chat(item)
                if item.route.chat in self._gone and not item.route.is_outside:
                    self._mark_delivered([item, *passed_over])
                else:
                    await self._post(item, passed_over)
        except BaseException:
            self._give_up([item, *passed_over], is_interrupted=True)
            raise
        finally:
            self._waiting -= 1

    async def _post(self, item: AddressedReply[R], passed_over: list[AddressedReply[R]]) -> None:
        async with self._in_flight:
            await self._begin_sending([item, *passed_over])
            if self._is_ours(item):
                await self._send(item, passed_over)

    async def _send(self, item: AddressedReply[R], passed_over: list[AddressedReply[R]]) -> None:
        replies = [item, *passed_over]
        message = self._written(item)
        if passed_over:
            message = self._platform.passed_over(message)
        try:
            messages = await self._send_or_drop(message, item.route)
        except DeliveryFailed as failure:
            log.warning("a reply waits to be sent: %s", failure)
            if failure.retry_after_s:
                self._not_before[item.route.chat] = self._ticks() + failure.retry_after_s
            self._count(Held.DELAYED, "told_to_wait" if failure.retry_after_s else "not_reached")
            self._give_up(replies)
        else:
            if item.waited_for:
                self._count(Held.SENT_LATE, item.waited_for)
            self._mark_delivered(replies)
            if item.route.asked is not None and messages:
                self._given[item.route.chat, item.route.asked] = messages

    def _written(self, item: AddressedReply[R]) -> M:
        if self._perhaps_sent and item.waited_for == PERHAPS_SENT:
            return self._perhaps_sent(item.route)
        return self._platform.write(item.reply, item.route)

    async def _begin_sending(self, replies: Sequence[AddressedReply[R]]) -> None:
        """Have it noted, unless the platform shows a message once however often it is sent."""
        if self._perhaps_sent:
            await self._outbox.begin_sending([one.name for one in replies if one.name])

    async def _send_or_drop(self, message: M, route: R) -> tuple[int, ...]:
        """Send; count the reply as delivered if it never can be: chat gone, or refused for good."""
        if not message.pages:
            return ()
        try:
            return await self._send_or_point(message, route)
        except Migrated as moved:
            self.move(route.chat, moved.new_chat)
            return await self._send_or_drop(message, route.moved_to(moved.new_chat))
        except Gone as gone:
            log.info("nobody is there to read a reply: %s", gone)
            self._count(Held.REFUSED, "nobody_there")
            if not route.is_outside:
                self.leave(route.chat)
        except Refused:
            log.exception("a reply was refused and is dropped")
            self._count(Held.REFUSED, "reply")
        return ()

    async def _send_or_point(self, message: M, route: R) -> tuple[int, ...]:
        """Send, or in a group point to the same answer if it was sent a moment ago."""
        key = self._answer_key(message, route)
        if key is None:
            return await self._platform.send(message, route)
        earlier = self._repeated.find(key)
        if earlier is not None:
            try:
                pointer = self._platform.pointer(route)
                return await self._platform.send(pointer, route.in_reply_to(earlier))
            except Refused:
                self._repeated.forget(key)
        messages = await self._platform.send(message, route)
        if messages:
            self._repeated.remember(key, messages[0])
        return messages

    def _answer_key(self, message: M, route: R) -> Hashable | None:
        """Return what two equal answers have in common; `None` if this one is never pointed to."""
        if not message.is_answer or not route.is_paced or self._platform.hides(route):
            return None
        return route.place, message.pages

    def _is_ours(self, item: AddressedReply[R]) -> bool:
        """Return whether the reply may be sent; if not, another process will or has."""
        if item.name is None or self._outbox.holds(item.name):
            return True
        self._give_up([item])
        return False

    def _at_new_chat(self, item: AddressedReply[R]) -> AddressedReply[R]:
        new_chat = self._moved.get(item.route.chat)
        return item if new_chat is None else replace(item, route=item.route.moved_to(new_chat))

    def _mark_delivered(self, replies: Sequence[AddressedReply[R]]) -> None:
        for item in replies:
            if item.name is not None:
                self._outbox.arrived(item.name)

    def _give_up(
        self, replies: Sequence[AddressedReply[R]], *, is_interrupted: bool = False
    ) -> None:
        for item in replies:
            if item.name is not None:
                self._outbox.give_up(item.name, is_interrupted=is_interrupted)

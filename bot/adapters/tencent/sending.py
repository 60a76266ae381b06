"""Answer updates and send the replies: claimed, stored, sent, and sent after a crash.

What a newcomer would get wrong: `take` returns when the reply is stored, and what it returns sends
it.  The call of the platform is acknowledged between the two.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic

from bot.adapters.delivery.claim import Claims
from bot.adapters.delivery.delivery import AddressedReply, Delivery
from bot.adapters.delivery.lease import BEAT_S, Lease
from bot.adapters.delivery.outbox import Outbox
from bot.adapters.delivery.ports import M, Platform, R
from bot.core.conversation import Conversation
from bot.core.model.reply import Reply
from bot.core.model.update import Update
from bot.core.ports import Clock, Outgoing
from bot.errors import BotError

DRAIN_INTERVAL_S = 2.0
GRACE_S = 2.0
"""How long replies may still be sent after the stop; the rest is sent at the next start."""
MOST_PARKED = 1_000
BEHIND_ANSWER_S = 1.0
"""How long what goes on behind an answer waits, so that it comes second."""
log = logging.getLogger(__name__)


class Sending(Generic[R, M]):
    """Sends the replies of one platform; safe to call for many updates at once."""

    def __init__(
        self,
        name: str,
        conversation: Conversation,
        clock: Clock,
        platform: Platform[R, M],
        read_route: Callable[[Outgoing], R],
    ) -> None:
        """Take `read_route` as what finds the way of a stored reply; it raises ValueError."""
        self._conversation, self._read_route = conversation, read_route
        self._lease = Lease(conversation, time.monotonic, is_shared=True)
        self._outbox = Outbox(name, conversation, clock, self._lease)
        self._claims = Claims(conversation, self._outbox)
        self._delivery = Delivery(platform, self._outbox, time.monotonic, asyncio.sleep)
        self._parked: list[AddressedReply[R]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, update: Update, route: R) -> Awaitable[None] | None:
        """Decide and store; return what sends the reply, `None` if it was answered before.

        Raises:
            StoreUnavailable: nothing was done; let it be delivered again.
        """
        self._delivery.come_back(route.chat)
        claimed = await self._claims.take(update)
        if claimed is None:
            return None
        reply, name = claimed
        return self._delivery.deliver(AddressedReply(reply, route, name))

    async def answer(self, update: Update, rest_of: Callable[[Reply], R | None]) -> Reply:
        """Return the reply for the answer to the call itself; a repeat gets it again.

        `rest_of` returns the route for what the answer has no room for, if there is any; it is sent
        a moment later, once.  Raises as `take`.
        """
        holder = self._lease.holder
        applied = await self._conversation.take(update, holder)
        if applied.version and not applied.is_repeat:
            name, rest = (update.key, update.id), rest_of(applied.reply)
            self._outbox.begin(name, holder)
            if rest is None:
                self._outbox.arrived(name)
            else:
                self._delivery.come_back(rest.chat)
                self.begin(self._deliver_after(AddressedReply(applied.reply, rest, name)))
        return applied.reply

    async def _deliver_after(self, item: AddressedReply[R]) -> None:
        await asyncio.sleep(BEHIND_ANSWER_S)
        await self._delivery.deliver(item)

    def begin(self, work: Awaitable[None] | None) -> None:
        """Send in a task of its own; a failure is logged, and what is stored is sent later."""
        if work is not None:
            task = asyncio.create_task(_logged(work))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def say(self, message: M, route: R) -> None:
        """Send what is neither stored nor tried again."""
        await self._delivery.say(message, route)

    async def run(self, stopping: asyncio.Event) -> None:
        """Tell the store that this process lives, and send what was left, until stopped."""
        await self._quietly(self._lease.beat)
        beating = asyncio.create_task(self._repeat(BEAT_S, self._lease.beat))
        draining = asyncio.create_task(self._repeat(DRAIN_INTERVAL_S, self._drain))
        try:
            await stopping.wait()
        finally:
            await _ended(draining)
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=GRACE_S)
            await _ended(*self._tasks)
            await self._delivery.close()
            await self._outbox.close()
            await _ended(beating)

    async def _repeat(self, pause_s: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await self._quietly(work)
            await asyncio.sleep(pause_s)

    async def _quietly(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do work whose failure is only logged, because it is repeated."""
        try:
            await work()
        except BotError as error:
            log.warning("the outbox has to wait: %s", error)
        except Exception:
            log.exception("the outbox has to wait")

    async def _drain(self) -> None:
        """Begin to send what is stored and was never sent, in order within a chat."""
        left = await self._outbox.left_behind() if len(self._parked) < MOST_PARKED else []
        found, self._parked = [*self._parked, *filter(None, map(self._addressed, left))], []
        chats: dict[object, list[AddressedReply[R]]] = {}
        for item in found:
            if self._delivery.is_held_back(item.route.chat):
                self._parked.append(item)
            else:
                chats.setdefault(item.route.chat, []).append(item)
        for items in chats.values():
            self.begin(self._in_order(items))

    def _addressed(self, left: Outgoing) -> AddressedReply[R] | None:
        name = (left.key, left.update_id)
        try:
            route = self._read_route(left)
        except ValueError:
            # Answered as the response to a request, by these settings or by earlier ones.
            self._outbox.arrived(name)
            return None
        return AddressedReply(left.reply, route, name)

    async def _in_order(self, items: Sequence[AddressedReply[R]]) -> None:
        for item in items:
            await self._delivery.deliver(item)


async def _logged(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception:
        log.exception("a reply was not sent")


async def _ended(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks, and wait until they have ended."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)

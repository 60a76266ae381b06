"""Answer updates and send the replies, in tasks that a service owns.

What a newcomer would get wrong: `take` returns when the reply is stored, and what it returns sends
it.  The call of the platform is acknowledged between the two.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Generic

from bot.adapters.delivery.courier import Courier, Means, Upkeep
from bot.adapters.delivery.delivery import AddressedReply
from bot.adapters.delivery.lease import Lease
from bot.adapters.delivery.ports import M, Platform, R
from bot.core.conversation import Conversation
from bot.core.model.reply import Reply
from bot.core.model.update import ConversationKey, Update
from bot.core.ports import Clock

GRACE_S = 2.0
"""How long replies may still be sent after the stop; the rest is sent at the next start."""
BEHIND_ANSWER_S = 1.0
"""How long what goes on behind an answer waits, so that it comes second."""
MOST_IN_A_GROUP = 18
"""Below WeCom's 30 messages a minute for each chat, as an answer may be two of them
(https://developer.work.weixin.qq.com/document/path/101463).
"""
log = logging.getLogger(__name__)


class Sending(Generic[R, M]):
    """Sends the replies of one platform; safe to call for many updates at once."""

    def __init__(
        self,
        name: str,
        conversation: Conversation,
        clock: Clock,
        platform: Platform[R, M],
        read_route: Callable[[ConversationKey, str], R],
    ) -> None:
        """Take `read_route` as what finds the way of a stored reply; it raises ValueError."""
        self._conversation = conversation
        self._lease = Lease(conversation, time.monotonic, is_shared=True)
        means = Means(
            name=name, platform=platform, read_route=read_route, group_rate=MOST_IN_A_GROUP
        )
        self._courier = Courier(means, conversation, clock, self._lease)
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, update: Update, route: R) -> Awaitable[None] | None:
        """Decide and store; return what sends the reply, `None` if nothing is left to send.

        Raises:
            StoreUnavailable: nothing was done; let it be delivered again.
        """
        self._courier.delivery.come_back(route.chat)
        claimed = await self._courier.claim(update, route)
        return self._courier.deliver(claimed) if claimed else None

    async def answer(self, update: Update, rest_of: Callable[[Reply], R | None]) -> Reply:
        """Return the reply for the answer to the call itself; a repeat gets it again.

        `rest_of` returns the route for what the answer has no room for, if there is any; it is sent
        a moment later, once.  Raises as `take`.
        """
        holder = self._lease.holder
        applied = await self._conversation.take(update, holder)
        if applied.version and not applied.is_repeat:
            name, rest = (update.key, update.id), rest_of(applied.reply)
            self._courier.outbox.begin(name, holder)
            if rest is None:
                self._courier.outbox.arrived(name)
            else:
                self._courier.delivery.come_back(rest.chat)
                self.begin(self._deliver_after(AddressedReply(applied.reply, rest, name)))
        return applied.reply

    async def _deliver_after(self, item: AddressedReply[R]) -> None:
        await asyncio.sleep(BEHIND_ANSWER_S)
        await self._courier.deliver(item)

    def begin(self, work: Awaitable[None] | None) -> None:
        """Send in a task of its own; a failure is logged, and what is stored is sent later."""
        if work is not None:
            task = asyncio.create_task(_logged(work))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def say(self, message: M, route: R) -> None:
        """Send what is neither stored nor tried again."""
        await self._courier.delivery.say(message, route)

    async def run(self, stopping: asyncio.Event) -> None:
        """Tell the store that this process lives, and send what was left, until stopped."""
        async with Upkeep(self._courier) as upkeep:
            await stopping.wait()
            upkeep.end()
            await self._finish()

    async def _finish(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE_S)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _logged(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception:
        log.exception("a reply was not sent")

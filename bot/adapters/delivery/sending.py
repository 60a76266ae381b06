"""Answer updates and send the replies, in tasks that a service owns.

What a newcomer would get wrong: a call of the platform is acknowledged when the reply is stored,
and sent after that.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from bot.adapters.delivery.chats import Chats, OutgoingMessage, Route, read_route
from bot.adapters.delivery.courier import Courier, Means, Upkeep
from bot.adapters.delivery.delivery import AddressedReply
from bot.adapters.delivery.in_time import in_time
from bot.adapters.delivery.lease import Lease
from bot.adapters.delivery.person_limit import Verdict, limit_of
from bot.core.model.reply import Reply
from bot.core.model.update import Update
from bot.errors import StoreUnavailable
from bot.plugins import Surroundings

BUDGET_S = 2.5
"""How long a call waits for the store: the strictest of platforms waits 3 s (Feishu)."""
GRACE_S = 2.0
"""How long replies may still be sent after the stop; the rest is sent at the next start."""
BEHIND_ANSWER_S = 1.0
"""How long what goes on behind an answer waits, so that it comes second."""
MOST_IN_A_GROUP = 18
"""Below WeCom's 30 messages a minute for each chat, as an answer may be two of them
(https://developer.work.weixin.qq.com/document/path/101463).
"""
log = logging.getLogger(__name__)


class Sending:
    """Sends the replies of one platform; safe to call for many updates at once."""

    def __init__(
        self, surroundings: Surroundings, chats: Chats, group_rate: int = MOST_IN_A_GROUP
    ) -> None:
        """Take `group_rate` as the replies that a group may get in a minute."""
        self._conversation, self._chats = surroundings.conversation, chats
        self._lease = Lease(self._conversation, time.monotonic, is_shared=True)
        means: Means[Route, OutgoingMessage] = Means(
            name=chats.name,
            platform=chats,
            read_route=read_route,
            group_rate=group_rate,
            perhaps_sent=None if chats.shows_once else chats.perhaps_sent,
        )
        self._courier = Courier(means, self._conversation, surroundings.clock, self._lease)
        self._limit = limit_of(self._conversation, chats.name)
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, update: Update, route: Route) -> None:
        """Store the reply and begin to send it; beyond the limit of a person, say so once.

        Raises:
            StoreUnavailable: nothing was done, or not in time; let it be delivered again.
        """
        verdict = self._limit.judge(f"{route.chat}:{update.id}", route.user)
        if verdict is Verdict.ANSWER:
            await in_time(BUDGET_S, self._store(update, route))
        elif verdict is Verdict.NOTICE:
            self.begin(self.say("too_many", route))

    async def take_or_say(self, update: Update, route: Route) -> None:
        """As `take`, where nothing is delivered again: say that it is to be asked once more."""
        try:
            await self.take(update, route)
        except StoreUnavailable:
            await self.say("try_later", route)

    async def _store(self, update: Update, route: Route) -> None:
        self._courier.delivery.come_back(route.chat)
        claimed = await self._courier.claim(update, route)
        if claimed:
            self.begin(self._courier.deliver(claimed))

    async def answer(self, update: Update, rest_of: Callable[[Reply], Route | None]) -> Reply:
        """Return the reply for the answer to the call itself; a repeat gets it again.

        `rest_of` returns the route for what the answer has no room for, if there is any; it is sent
        a moment later, once.

        Raises:
            StoreUnavailable: nothing was done.
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

    async def _deliver_after(self, item: AddressedReply[Route]) -> None:
        await asyncio.sleep(BEHIND_ANSWER_S)
        await self._courier.deliver(item)

    def begin(self, work: Awaitable[None]) -> None:
        """Do in a task of its own; a failure is logged, and what is stored is sent later."""
        task = asyncio.create_task(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def say(self, key: str, route: Route) -> None:
        """Send one of the bot's own phrases, which is neither stored nor tried again."""
        await self._courier.delivery.say(self._chats.note(key), route)

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

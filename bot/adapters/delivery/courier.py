"""Answer updates by calls of our own: claim, send, and send what a crash left unsent.

For platforms that do not take the reply as the answer to their request.  What a newcomer would get
wrong: a repeated update is never answered from here.  The first delivery of an update stores the
reply and sends it; if that was interrupted, `drain` sends it.  Sending on a repeat would send
twice, because another process may still be sending the first.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, Self

from bot import tracing
from bot.adapters.delivery.claim import Claims
from bot.adapters.delivery.delivery import (
    LEFT_BEHIND,
    PERHAPS_SENT,
    AddressedReply,
    Delivery,
    PerhapsSent,
)
from bot.adapters.delivery.lease import BEAT_S, Lease
from bot.adapters.delivery.outbox import Outbox
from bot.adapters.delivery.ports import M, Platform, R
from bot.core.conversation import Conversation
from bot.core.model.reply import Reply
from bot.core.model.update import ConversationKey, Update
from bot.core.ports import Clock, Held, Outgoing
from bot.errors import BotError

MOST_PARKED = 1_000
"""Replies to chats that are held back for longer; with more of them nothing is claimed."""
DRAIN_INTERVAL_S = 2.0
"""With `HOLDER_LIFE_S` this is the longest time from the death of a process to its replies."""
BACKLOG_S = 5.0
"""How long new updates wait for the replies that the last process left unsent."""
_NOT_SENT = "what is left to send was not sent"
_NOT_HEARD = "the store did not hear that this process lives"
log = logging.getLogger(__name__)


def _says_nothing(reply: Reply, route: object) -> bool:  # noqa: ARG001
    return not reply.parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Means(Generic[R, M]):
    """What a courier needs of the platform and of the process."""

    name: str
    """The platform of its conversation keys."""
    platform: Platform[R, M]
    read_route: Callable[[ConversationKey, str], R]
    """Make a route of the text stored beside the reply; raises ValueError if it is none."""
    group_rate: int
    """Messages that a group may get in a minute."""
    perhaps_sent: PerhapsSent[R, M] | None = None
    """What is said instead of a reply that was being sent when its process died; without it such
    a reply is sent again.
    """
    is_silence: Callable[[Reply, R], bool] = _says_nothing
    """Whether a reply is better not sent."""
    ticks: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class Courier(Generic[R, M]):
    """Carries replies to one platform; safe to call for many updates at once."""

    def __init__(
        self, means: Means[R, M], conversation: Conversation, clock: Clock, lease: Lease
    ) -> None:
        self._means, self.lease, self._conversation = means, lease, conversation
        self.outbox = Outbox(means.name, conversation, clock, lease)
        self._claims = Claims(conversation, self.outbox)
        self.delivery = Delivery(
            means.platform,
            self.outbox,
            means.ticks,
            means.sleep,
            means.group_rate,
            self.count,
            means.perhaps_sent,
        )
        self._parked: list[AddressedReply[R]] = []

    async def claim(self, update: Update, route: R) -> AddressedReply[R] | None:
        """Answer an update; return what `deliver` is to send, `None` if nothing is.

        Nothing is for an update that was answered before, and for a reply that is silence.  Who
        presses a button gets what it says all the same.
        """
        claimed = await self._claims.take(update)
        if claimed is None:
            return None
        reply, name = claimed
        if self._means.is_silence(reply, route) and not (update.press and reply.parts):
            if name is not None:
                self.outbox.arrived(name)
            return None
        return AddressedReply(reply, route, name)

    async def deliver(self, item: AddressedReply[R]) -> None:
        """Send the reply, or queue it; what cannot be sent now stays in the store."""
        await self.delivery.deliver(item)

    async def drain(self) -> None:
        """Send what is stored and was never sent; called at the start and every few seconds.

        Chats do not wait for each other, and another call need not wait for this one.

        Raises:
            StoreError: the store cannot say what is left.
        """
        left = await self.outbox.left_behind() if len(self._parked) < MOST_PARKED else []
        found, self._parked = [*self._parked, *filter(None, map(self._addressed, left))], []
        chats: dict[object, list[AddressedReply[R]]] = {}
        for item in found:
            if self.delivery.is_held_back(item.route.chat):
                self._parked.append(item)
            else:
                chats.setdefault(item.route.chat, []).append(item)
        await asyncio.gather(*(self._send_in_order(items) for items in chats.values()))

    async def close(self) -> None:
        """Cancel the queues, whose items stay in the store, and mark what was sent."""
        await self.delivery.close()
        await self.outbox.close()

    def count(self, held: Held, reason: str) -> None:
        """Count what did not go its way on this platform."""
        self._conversation.meter.held(held, self._means.name, reason)

    def _addressed(self, left: Outgoing) -> AddressedReply[R] | None:
        """Return a reply with its route; `None`, and never again, if none is to be sent."""
        name = (left.key, left.update_id)
        try:
            route = self._means.read_route(left.key, left.route)
        except ValueError:
            log.exception("a reply without a way to its reader is dropped")
            self.outbox.arrived(name)
            return None
        if self._means.is_silence(left.reply, route):
            self.outbox.arrived(name)
            return None
        is_asked_about = left.is_begun and self._means.perhaps_sent is not None
        why = PERHAPS_SENT if is_asked_about else LEFT_BEHIND
        return AddressedReply(left.reply, route, name, why)

    async def _send_in_order(self, items: Sequence[AddressedReply[R]]) -> None:
        for item in items:
            if item.name is not None:
                tracing.begin(tracing.named_after(self._means.name, item.name[1]))
            await self.delivery.deliver(item)


class Upkeep:
    """What goes on beside a courier: `async with` it, as long as updates are taken.

    It tells other processes that this one lives and sends what was left unsent.  Leaving it closes
    the courier.
    """

    def __init__(
        self, courier: Courier[R, M], prepare: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """`prepare` is called once, after what was left behind: it may wait for the platform."""
        self._drain, self._close, self._lease = courier.drain, courier.close, courier.lease
        self._prepare = prepare

    async def __aenter__(self) -> Self:
        if self._lease.is_shared:
            await do_or_log(_NOT_HEARD, self._lease.beat)
        self._beating = asyncio.create_task(self._keep_beating())
        self.backlog = asyncio.create_task(do_or_log(_NOT_SENT, self._drain))
        """Ends when what earlier processes left has been sent."""
        self._resending = asyncio.create_task(self._keep_sending())
        return self

    def end(self) -> None:
        """Send no more of what was left unsent."""
        self._resending.cancel()
        self.backlog.cancel()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.end()
        await self._close()
        self._beating.cancel()

    async def _keep_sending(self) -> None:
        await asyncio.wait({self.backlog}, timeout=BACKLOG_S)
        if self._prepare:
            await do_or_log("the platform was not prepared", self._prepare)
        async with asyncio.TaskGroup() as drains:
            while True:
                await asyncio.sleep(DRAIN_INTERVAL_S)
                # Not awaited: a chat that is held back would hold back what is left for others.
                drains.create_task(do_or_log(_NOT_SENT, self._drain))

    async def _keep_beating(self) -> None:
        while self._lease.is_shared:
            await asyncio.sleep(BEAT_S)
            await do_or_log(_NOT_HEARD, self._lease.beat)


async def do_or_log(complaint: str, work: Callable[[], Awaitable[None]]) -> None:
    """Do work whose failure is only logged, because it is repeated or matters little."""
    try:
        await work()
    except BotError as error:
        log.warning("%s: %s", complaint, error)
    except Exception:
        log.exception(complaint)

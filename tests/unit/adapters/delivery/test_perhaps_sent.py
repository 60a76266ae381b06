"""What becomes of a reply whose process ended while it sent it: asked about, or sent again."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from bot.adapters.delivery.chats import Chats, OutgoingMessage, Route, read_route
from bot.adapters.delivery.courier import Courier, Means
from bot.adapters.delivery.delivery import AddressedReply
from bot.adapters.delivery.lease import Lease
from bot.core.conversation import Conversation
from bot.core.model.reply import Reply
from bot.core.model.update import ConversationKey, Update
from bot.core.ports import Brain
from bot.errors import DeliveryFailed
from bot.plugins import Surroundings
from bot.storage.memory import MemoryStore
from tests.fakes import NOON, FakeClock

pytestmark = pytest.mark.asyncio
QUESTION, ANSWER = "四川二建在哪注册", "四川"


class Wire(Chats):
    """Shows everything at once; while it `hangs` it never says so."""

    name = "wire"

    def __init__(self, talks: Conversation) -> None:
        super().__init__(Surroundings(talks, FakeClock()))
        self.told: dict[str, list[str]] = {}
        self.is_busy, self.hangs, self.has_shown = False, False, asyncio.Event()

    def write(self, reply: Reply, route: Route) -> OutgoingMessage:
        return OutgoingMessage((reply.as_text()[:2],))

    async def send(self, message: OutgoingMessage, route: Route) -> tuple[int, ...]:
        if self.is_busy:
            raise DeliveryFailed("busy", 1.0)
        self.told.setdefault(route.user, []).extend(message.pages)
        self.has_shown.set()
        if self.hangs:
            await asyncio.Event().wait()
        return ()


@pytest.fixture
def wire(brain: Brain) -> Wire:
    return Wire(Conversation(brain, MemoryStore(), FakeClock()))


def process(wire: Wire, *, shows_once: bool = False) -> Courier[Route, OutgoingMessage]:
    """One that is alone: whatever another held, it may claim at once."""
    perhaps = None if shows_once else wire.perhaps_sent
    means = Means(
        name="wire", platform=wire, read_route=read_route, group_rate=9, perhaps_sent=perhaps
    )
    talks = wire._conversation
    lease = Lease(talks, asyncio.get_running_loop().time, is_shared=False)
    return Courier(means, talks, FakeClock(), lease)


async def claimed(one: Courier[Route, OutgoingMessage], user: str) -> AddressedReply[Route]:
    way = Route(user, user)
    key = ConversationKey("wire", user, user)
    item = await one.claim(Update(user, key, NOON, text=QUESTION, route=way.as_text()), way)
    assert item
    return item


async def hanging(one: Courier[Route, OutgoingMessage], wire: Wire) -> asyncio.Task[None]:
    """A task that sends what the platform has shown and not confirmed."""
    wire.hangs = True
    sending = asyncio.create_task(one.deliver(await claimed(one, "shown")))
    await wire.has_shown.wait()
    wire.hangs = False
    return sending


async def test_after_a_death_what_was_begun_is_asked_about_and_the_rest_is_sent(wire: Wire) -> None:
    first = process(wire)
    await claimed(first, "owed")
    sending = await hanging(first, wire)
    second = process(wire)
    await second.drain()
    assert wire.told == {"shown": [ANSWER, wire.phrase("perhaps_sent")], "owed": [ANSWER]}
    await second.close()
    await process(wire).drain()
    assert sum(map(len, wire.told.values())) == 3
    sending.cancel()


async def test_a_stop_in_the_middle_is_like_a_death(wire: Wire) -> None:
    first = process(wire)
    sending = await hanging(first, wire)
    sending.cancel()
    with suppress(asyncio.CancelledError):
        await sending
    await first.close()
    await process(wire).drain()
    assert wire.told["shown"] == [ANSWER, wire.phrase("perhaps_sent")]


async def test_what_the_platform_did_not_take_is_sent_later(wire: Wire) -> None:
    first, wire.is_busy = process(wire), True
    await first.deliver(await claimed(first, "owed"))
    await first.close()
    wire.is_busy = False
    await process(wire).drain()
    assert wire.told == {"owed": [ANSWER]}


async def test_where_a_message_is_shown_once_it_is_sent_again(wire: Wire) -> None:
    sending = await hanging(process(wire, shows_once=True), wire)
    await process(wire, shows_once=True).drain()
    assert wire.told == {"shown": [ANSWER, ANSWER]}
    sending.cancel()

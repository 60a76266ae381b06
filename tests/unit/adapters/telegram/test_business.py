"""Answering for the owner of a Telegram Business account, where the operator wants it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.adapters.telegram import Options
from bot.adapters.telegram.incoming.kinds import kinds_of_updates
from bot.adapters.telegram.ports import Extra
from bot.app import Brain
from tests.fakes import FakeClock
from tests.unit.adapters.telegram.conftest import talking
from tests.unit.adapters.telegram.stage import LIBRARIES, SECRET, Stage, set_up
from tests.unit.adapters.telegram.test_once import unsent

pytestmark = pytest.mark.asyncio


@pytest.fixture(params=LIBRARIES)
def connected(request: pytest.FixtureRequest, brain: Brain) -> Iterator[Stage]:
    """A bot that answers for those who have connected it."""
    clock, options = FakeClock(), Options(SECRET, extras=(Extra.BUSINESS,))
    with set_up(talking(brain, clock), request.param, clock=clock, options=options) as found:
        found.api.world.updates.allow(kinds_of_updates(options.extras))
        yield found


async def test_a_customer_is_answered_in_the_owners_name(connected: Stage) -> None:
    customer, owner = connected.api.user("客户"), connected.api.user("店主")
    chat = connected.api.business_chat(customer, owner)
    answer = await connected.asked(customer, "四川二建在哪注册", chat)
    assert answer.text.startswith("四川：")
    assert answer.raw["from"]["id"] == owner.id
    assert answer.raw["business_connection_id"] == chat.connection


async def test_a_procedure_moves_on_its_card(connected: Stage) -> None:
    customer, owner = connected.api.user("客户"), connected.api.user("店主")
    chat = connected.api.business_chat(customer, owner)
    card = await connected.asked(customer, "/steps 注销注册", chat)
    press = customer.presses("下一步", chat, on=card)
    await connected.plays()
    assert press.is_answered
    assert "2/3" in chat.shown[-1].text
    assert chat.shown[-1].id == card.id


@pytest.mark.parametrize(
    "said", ["你好", "谢谢", "周末一起吃饭吗", "👍", "123", "？？？", "一建怎么报名"]
)
async def test_what_is_not_the_packs_business_is_left_to_the_owner(
    connected: Stage, said: str
) -> None:
    customer, owner = connected.api.user("客户"), connected.api.user("店主")
    customer.says(said, connected.api.business_chat(customer, owner))
    await connected.plays()
    await connected.handler.close()
    assert connected.api.calls == []
    assert await unsent(connected) == []


async def test_a_crash_lets_nothing_out_that_is_not_the_packs_business(connected: Stage) -> None:
    customer, owner = connected.api.user("客户"), connected.api.user("店主")
    customer.says("周末一起吃饭吗", connected.api.business_chat(customer, owner))
    connected.handler._outbox.arrived = lambda name: None  # type: ignore[method-assign]
    await connected.plays()
    connected.handler = connected.new_handler()
    await connected.handler.drain()
    assert connected.api.calls == []


async def test_an_answer_of_before_a_crash_finds_its_way(connected: Stage) -> None:
    customer, owner = connected.api.user("客户"), connected.api.user("店主")
    chat = connected.api.business_chat(customer, owner)
    customer.says("四川二建在哪注册", chat)
    rest = await connected.handler.accept(connected.waiting()[0])
    rest.close()  # type: ignore[union-attr]
    connected.handler = connected.new_handler()
    await connected.handler.drain()
    assert [message.text[:3] for message in chat.shown[1:]] == ["四川："]


async def test_the_owner_and_the_bot_itself_are_not_answered(connected: Stage) -> None:
    customer, owner = connected.api.user("客户"), connected.api.user("店主")
    chat = connected.api.business_chat(customer, owner)
    owner.says("四川二建在哪注册", chat)
    customer.sends("photo", chat)
    with connected.api.world.lock:
        ours = chat.put({"from": connected.api.world.me, "text": "四川二建在哪注册"})
        connected.api.world.emit("business_message", ours)
    await connected.plays()
    assert connected.api.calls == []


async def test_what_is_said_to_an_owner_is_no_context_for_the_bot(connected: Stage) -> None:
    customer, owner = connected.api.user("客户"), connected.api.user("店主")
    chat = connected.api.business_chat(customer, owner)
    await connected.asked(customer, "四川初始注册要什么材料", chat)
    assert "四川" not in (await connected.asked(customer, "在哪办")).text


async def test_an_edited_question_is_answered_anew_and_a_reaction_is_not(connected: Stage) -> None:
    customer, owner = connected.api.user("客户"), connected.api.user("店主")
    chat = connected.api.business_chat(customer, owner)
    question = customer.says("四川二建在哪注册", chat)
    await connected.plays()
    customer.edits(question, "四川二建在哪注册")
    await connected.plays()
    assert len(connected.api.sent()) == 1
    customer.edits(question, "重庆二建在哪注册")
    await connected.plays()
    assert [message.text[:3] for message in connected.api.sent()] == ["四川：", "重庆："]


async def test_business_messages_are_left_alone_unless_the_operator_wants_them(
    stage: Stage,
) -> None:
    customer, owner = stage.api.user("客户"), stage.api.user("店主")
    customer.says("四川二建在哪注册", stage.api.business_chat(customer, owner))
    await stage.plays()
    assert stage.api.calls == []

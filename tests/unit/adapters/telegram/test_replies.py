"""What a message replies to is what it is about, before the topic that was talked about last."""

from __future__ import annotations

import re

import pytest

from tests.e2e.bot_api.world import Chat
from tests.unit.adapters.telegram.stage import LIBRARIES, Stage

pytestmark = pytest.mark.asyncio
PROCEDURE = re.compile("初始注册(办理)?程序")
AFRESH = {"minutes": 11}


@pytest.fixture(params=["private", "group"])
def place(request: pytest.FixtureRequest, stage: Stage) -> Chat | None:
    """Where it is asked; `None` is the private chat."""
    return stage.api.group("群") if request.param == "group" else None


def to_us(text: str, place: Chat | None) -> str:
    return f"@zhuce_bot {text}" if place else text


async def test_a_reply_to_another_person_is_about_their_words(
    stage: Stage, place: Chat | None
) -> None:
    user, other = stage.api.user("问"), stage.api.user("别人")
    said = (other if place else user).says("重庆的初始注册要什么材料", place)
    await stage.plays()
    await stage.asked(user, to_us("四川延续注册要什么材料", place), place)
    answer = await stage.asked(user, to_us("在哪办", place), place, to=said)
    assert "渝快办" in answer.text


async def test_a_reply_to_an_older_answer_is_about_that_answer(
    stage: Stage, place: Chat | None
) -> None:
    user = stage.api.user()
    older = await stage.asked(user, to_us("初始注册要什么材料", place), place)
    await stage.asked(user, to_us("延续注册要什么材料", place), place)
    answer = await stage.asked(user, to_us("办理程序呢", place), place, to=older)
    assert PROCEDURE.search(answer.text)


async def test_a_reply_to_a_private_answer_is_about_its_region_too(stage: Stage) -> None:
    user = stage.api.user()
    older = await stage.asked(user, "重庆初始注册要什么材料")
    await stage.asked(user, "四川延续注册要什么材料")
    assert "渝快办" in (await stage.asked(user, "在哪办", to=older)).text


async def test_a_reply_to_a_table_is_about_it(rich_stage: Stage) -> None:
    user = rich_stage.api.user()
    older = await rich_stage.asked(user, "重庆初始注册要什么材料")
    assert not older.text
    await rich_stage.asked(user, "四川延续注册要什么材料")
    user.says("在哪办", to=older)
    [update] = rich_stage.api.world.updates.batch(1)
    await rich_stage.handler.handle(LIBRARIES["ours"](update))
    assert "渝快办" in rich_stage.api.sent(user)[-1].text


async def test_a_reply_to_an_answer_of_long_ago_is_about_it_after_a_restart_too(
    stage: Stage, place: Chat | None
) -> None:
    user = stage.api.user()
    older = await stage.asked(user, to_us("初始注册要什么材料", place), place)
    stage.clock.forward(**AFRESH)
    stage.handler = stage.new_handler()
    answer = await stage.asked(user, to_us("办理程序呢", place), place, to=older)
    assert PROCEDURE.search(answer.text)


async def test_somebody_else_may_go_on_from_an_answer(stage: Stage) -> None:
    user, other = stage.api.user("问"), stage.api.user("别人")
    group = stage.api.group("群", user, other)
    answer = await stage.asked(user, "@zhuce_bot 初始注册要什么材料", group)
    assert PROCEDURE.search((await stage.asked(other, "办理程序呢", group, to=answer)).text)


async def test_the_quoted_part_comes_before_the_rest(stage: Stage, place: Chat | None) -> None:
    user, other = stage.api.user("问"), stage.api.user("别人")
    said = "四川初始注册要什么材料？还有重庆延续注册在哪办？"
    found = (other if place else user).says(said, place)
    await stage.plays()
    stage.clock.forward(**AFRESH)
    how = {"to": found, "quote": "重庆延续注册在哪办"}
    answer = await stage.asked(user, to_us("要什么材料", place), place, **how)
    assert "续期注册" in answer.text or "延续（续期）" in answer.text


async def test_a_quote_from_another_chat_is_the_context(stage: Stage, place: Chat | None) -> None:
    said = "我是重庆的，二建想初始注册"
    answer = await stage.asked(stage.api.user(), to_us("在哪办", place), place, quote=said)
    assert "渝快办" in answer.text


async def test_the_name_alone_asks_a_quote_from_another_chat(stage: Stage) -> None:
    user = stage.api.user()
    group = stage.api.group("群", user)
    assert "渝快办" in (await stage.asked(user, "@zhuce_bot", group, quote="重庆二建在哪注册")).text


async def test_an_answer_to_a_question_of_ours_keeps_what_it_was_about(
    stage: Stage, place: Chat | None
) -> None:
    user = stage.api.user()
    question = await stage.asked(user, to_us("要什么材料", place), place)
    assert "初始注册" in question.labels
    answer = await stage.asked(user, to_us("初始注册的", place), place, to=question)
    assert answer.text.startswith("初始注册")


async def test_a_reply_to_idle_talk_leaves_the_topic(stage: Stage, place: Chat | None) -> None:
    user, other = stage.api.user("问"), stage.api.user("别人")
    idle = (other if place else user).says("今天天气真好", place)
    await stage.plays()
    await stage.asked(user, to_us("初始注册要什么材料", place), place)
    assert PROCEDURE.search(
        (await stage.asked(user, to_us("办理程序呢", place), place, to=idle)).text
    )

"""有用 and 没解决 under answers in private chats, where the operator wants them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.adapters.telegram import Options
from bot.app import Brain
from bot.core.conversation import Conversation
from bot.storage.memory import MemoryStore
from tests.fakes import FakeClock
from tests.unit.adapters.telegram.stage import LIBRARIES, SECRET, Stage, set_up
from tests.unit.adapters.telegram.test_once import unsent
from tests.unit.adapters.telegram.test_reactions import Notebook

pytestmark = pytest.mark.asyncio
RATINGS = ["有用", "没解决"]


@pytest.fixture
def notes() -> Notebook:
    return Notebook()


@pytest.fixture(params=LIBRARIES)
def asking(request: pytest.FixtureRequest, brain: Brain, notes: Notebook) -> Iterator[Stage]:
    clock = FakeClock()
    conversation = Conversation(brain, MemoryStore(), clock, notes)  # type: ignore[arg-type]
    options = Options(SECRET, asks_feedback=True)
    with set_up(conversation, request.param, clock=clock, options=options) as found:
        yield found


async def test_blame_asks_why_and_the_reason_takes_the_place_of_the_question(
    asking: Stage, notes: Notebook
) -> None:
    user = asking.api.user()
    answer = await asking.asked(user, "四川二建在哪注册")
    assert answer.labels[-2:] == RATINGS
    user.presses("没解决", on=answer)
    await asking.plays()
    question = user.chat.shown[-1]
    assert question.labels == ["过期", "答非所问", "看不懂", "缺我省"]
    user.presses("过期", on=question)
    await asking.plays()
    assert [m.text[:3] for m in user.chat.shown[-2:]] == [answer.text[:3], "记下了"]
    assert notes.kept[-1] == ("smalltalk", "outdated", "portal-sichuan")


async def test_praise_is_thanked_for_by_a_notice_and_no_message(
    asking: Stage, notes: Notebook
) -> None:
    user = asking.api.user()
    answer = await asking.asked(user, "四川二建在哪注册")
    user.presses("有用", on=answer)
    await asking.plays()
    assert len(asking.api.sent()) == 1
    assert asking.calls("answerCallbackQuery")[-1].params["text"] == "记下了，谢谢。"
    assert notes.kept[-1] == ("smalltalk", "liked", "portal-sichuan")
    await asking.handler.close()
    assert await unsent(asking) == []


async def test_groups_and_cards_are_not_asked(asking: Stage) -> None:
    user = asking.api.user()
    group = asking.api.group("群", user)
    await asking.plays()
    for shown in (
        await asking.asked(user, "/portal 四川", group),
        await asking.asked(user, "/steps 初始注册"),
    ):
        assert not set(RATINGS) & set(shown.labels)

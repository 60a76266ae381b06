"""Pictures on Telegram: a photo with its words under it, or the words alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.app import Brain
from bot.core.conversation import Conversation
from bot.core.model.chart import Chart
from bot.storage.memory import MemoryStore
from tests.fakes import FakeClock
from tests.unit.adapters.telegram.stage import Stage, set_up

pytestmark = pytest.mark.asyncio


class Pencil:
    """Draws everything the same."""

    def __init__(self) -> None:
        self.drawn: list[tuple[str, str]] = []

    def draw(self, chart: Chart, form: str) -> bytes | None:
        self.drawn.append((chart.title, form))
        return b"a picture"


@pytest.fixture
def pencil() -> Pencil:
    return Pencil()


@pytest.fixture(params=["ptb", "aiogram"])
def stage(brain: Brain, pencil: Pencil, request: pytest.FixtureRequest) -> Iterator[Stage]:
    clock = FakeClock()
    talk = Conversation(brain, MemoryStore(), clock, drawer=pencil)
    with set_up(talk, request.param, clock=clock) as stage:
        yield stage


async def test_a_photo_has_the_words_and_the_buttons_under_it(stage: Stage, pencil: Pencil) -> None:
    user = stage.api.user()
    await stage.asked(user, "/steps 注销注册")
    photo = await stage.asked(user, "流程图")
    assert photo.raw["photo"]
    assert "由单位同意后办结" in photo.text
    assert photo.labels == ["回到第 1 步"]
    assert pencil.drawn == [("四川二级建造师证书注册流程 · 注销注册", "png")]


async def test_words_too_long_for_a_caption_follow_by_themselves(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.telegram.outgoing.sender.MAX_CAPTION", 100)
    user = stage.api.user()
    await stage.asked(user, "/steps 注销注册")
    user.says("路线图")
    await stage.plays()
    photo, words = stage.api.sent(user)[-2:]
    assert (photo.text, photo.labels) == ("", [])
    assert "由单位同意后办结" in words.text
    assert words.labels == ["回到第 1 步"]


async def test_a_button_under_a_photo_brings_a_new_message(stage: Stage) -> None:
    user = stage.api.user()
    await stage.asked(user, "/steps 注销注册")
    photo = await stage.asked(user, "流程图")
    user.presses("回到第 1 步", on=photo)
    await stage.plays()
    assert "第 1/3 步" in stage.api.sent(user)[-1].text


async def test_a_photo_that_is_refused_leaves_the_words(stage: Stage) -> None:
    user = stage.api.user()
    await stage.asked(user, "/steps 注销注册")
    stage.api.refuse("sendPhoto", 400)
    told = await stage.asked(user, "流程图")
    assert "由单位同意后办结" in told.text
    assert "photo" not in told.raw

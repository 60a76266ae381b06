"""Telegram as a person meets it: the same words whichever library carries them, and however."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from bot.core.model.spans import day_of
from bot.drawing.layout import program
from bot.drawing.png import can_write_chinese
from tests.e2e.bot_api import BotApi
from tests.e2e.conftest import Line
from tests.e2e.telegram import LIBRARIES, SET_UPS, asks, presses, words

TRANSCRIPTS = yaml.safe_load(
    (Path(__file__).parents[1] / "contract" / "transcripts.yaml").read_text("utf-8")
)


@pytest.mark.parametrize(
    "said", [t["says"] for t in TRANSCRIPTS], ids=[t["name"] for t in TRANSCRIPTS]
)
def test_the_same_words_come_out_of_every_library_and_mode(
    lines: Callable[[str, str], Line], said: list[str]
) -> None:
    told = {}
    for set_up in SET_UPS:
        api, _ = lines(*set_up)
        person = api.user()
        told[set_up] = [asks(api, person, text) for text in said]
    expected = told["ptb", "polling"]
    assert all(text for turn in expected for text in turn)
    assert {set_up: turns for set_up, turns in told.items() if turns != expected} == {}


def test_a_question_is_answered_with_source_and_date(api: BotApi) -> None:
    [told] = asks(api, api.user(), "四川二建在哪注册")
    assert "四川政务服务网" in told
    assert "核对于 2021-12-08" in told


def test_a_region_without_data_gets_nobody_elses_portal(api: BotApi) -> None:
    told = "".join(asks(api, api.user(), "浙江二建在哪注册"))
    assert "没有浙江的二建注册入口" in told


def test_a_clarification_is_answered_by_its_button(api: BotApi) -> None:
    person = api.user()
    asks(api, person, "要什么材料")
    assert "变更注册" in "".join(presses(api, person, "变更注册"))


@pytest.mark.parametrize(
    ("registration", "first", "second"),
    [
        ("初始注册", "1/8", "2/8"),
        ("增项注册", "1/8", "2/8"),
        ("遗失补办", "1/7", "2/7"),
        ("注销注册", "1/3", "2/3"),
        ("企业名称变更", "1/3", "2/3"),
    ],
)
def test_a_procedure_is_walked_forth_and_back_on_one_card(
    api: BotApi, registration: str, first: str, second: str
) -> None:
    person = api.user()
    [card] = asks(api, person, f"/steps {registration}")
    assert first in card
    labels = person.chat.shown[-1].labels
    assert [label for label in ("下一步", "上一步", "结束") if label not in labels] in (
        [],
        ["上一步"],
    )
    assert second in "".join(presses(api, person, "下一步"))
    assert first in "".join(presses(api, person, "上一步"))
    assert len(api.sent(person)) == 1, "the card is edited, not sent again"


@pytest.mark.parametrize("library", ["ptb", "aiogram"])
def test_the_picture_of_the_way_comes_as_a_photo_with_its_words(
    lines: Callable[[str, str], Line], library: str
) -> None:
    if not can_write_chinese() or program() is None:
        pytest.skip("install zhuce[pictures] and a Chinese font (fonts-noto-cjk)")
    api, _ = lines(library, "polling")
    person = api.user()
    asks(api, person, "/steps 注销注册")
    [told] = asks(api, person, "流程图")
    photo = api.sent(person)[-1]
    assert photo.raw["photo"][0]["file_size"] > 10_000
    assert "由单位同意后办结" in told
    assert photo.labels == ["回到第 1 步"]


def test_a_registration_without_a_path_gets_the_written_procedure(api: BotApi) -> None:
    told = "".join(asks(api, api.user(), "/steps 变更注册"))
    assert "1/" not in told
    assert "变更注册" in told


def test_every_press_is_answered(api: BotApi) -> None:
    person = api.user()
    asks(api, person, "/steps 初始注册")
    press = person.presses("下一步")
    api.wait(lambda: press.is_answered)
    forged = person.forges("no such thing", api.sent(person)[-1])
    api.wait(lambda: forged.is_answered)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_deadline_comes_as_a_file_for_the_calendar(
    lines: Callable[[str, str], Line], library: str
) -> None:
    api, _ = lines(library, "polling")
    person = api.user()
    in_a_year = day_of(datetime.now(UTC)) + timedelta(days=365)
    asks(api, person, f"/deadline 延续 {in_a_year}")
    before = len(api.of("sendDocument"))
    assert "日历提醒：" in "".join(presses(api, person, "加进日历"))
    api.wait(lambda: api.of("sendDocument")[before:], 10)
    [call] = api.of("sendDocument")[before:]
    assert call.ok
    document = call.message.raw["document"]
    day = in_a_year - timedelta(days=30)
    assert document["file_name"] == f"renewal-deadline-{day}.ics"
    assert document["file_size"] > 500


def test_in_a_group_the_bot_is_quiet_until_it_is_addressed(api: BotApi) -> None:
    person, other = api.user("小王"), api.user("小李")
    group = api.group("二建交流群", person, other)
    person.says("四川二建在哪注册", group)
    other.says("/portal@another_bot 四川", group)
    person.says(f"/portal@{api.username} 四川", group)
    api.wait(lambda: api.sent(group))
    assert ["四川政务服务网" in words(message) for message in api.sent(group)] == [True]


def test_inline_results_come_with_their_dates(api: BotApi) -> None:
    asked = api.user().inline("四川")
    api.wait(lambda: asked.is_answered)
    assert asked.results
    assert all(result["title"] and result["description"] for result in asked.results)

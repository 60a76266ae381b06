"""Suggestions while somebody types: stable, complete, never another region's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.dialogue.autocomplete import Suggestion, suggest
from bot.core.model.pack import Pack
from bot.core.ports import Brain
from tests.fakes import NOON, ScriptedUnderstander, candidate, slot, understood
from tests.tiny import tiny_pack

SICHUAN = slot("region", "四川")
SCRIPT = {
    "四川入口": understood(candidate("portal-sichuan", 0.9), slots=(SICHUAN,)),
    "初始材料": understood(
        candidate("initial-materials", 0.9), candidate("addition-materials", 0.4)
    ),
    "浙江入口": understood(
        candidate("portal-sichuan", 0.9, elsewhere=True), slots=(slot("region", "浙江"),)
    ),
    "材料": understood(candidate("initial-materials", 0.7, missing=1)),
    "川渝": understood(slots=(slot("region", "四川", "重庆"),)),
    "一建": understood(candidate("level1", 0.9), candidate("limits", 0.5)),
    "多谢": understood(candidate("thanks", 0.9)),
}


def suggested(text: str, pack: Pack | None = None) -> tuple[Suggestion, ...]:
    return suggest(Brain(pack or tiny_pack(), ScriptedUnderstander(SCRIPT)), text, NOON)


def names(text: str) -> list[str]:
    return [one.name for one in suggested(text)]


def test_the_answer_comes_first_with_its_title_and_short_answer() -> None:
    first, *_ = suggested("初始材料")
    assert (first.name, first.title, first.short) == (
        "initial-materials#",
        "初始材料",
        "初始材料的短答",
    )
    assert first.reply.as_text().startswith("交六样。")


def test_related_and_other_near_entries_follow() -> None:
    assert names("初始材料") == [
        "initial-materials#",
        "portal-sichuan#四川",
        "fees#",
        "limits#",
        "addition-materials#",
    ]


def test_a_region_without_data_gets_its_gap_and_no_portal() -> None:
    [only] = suggested("浙江入口")
    assert "没有浙江的" in only.reply.as_text()
    assert "四川" not in only.reply.as_text()


def test_what_would_be_asked_back_is_answered_for_each_choice() -> None:
    assert names("材料")[:2] == ["initial-materials#", "addition-materials#"]


def test_a_name_of_two_regions_is_answered_for_both() -> None:
    assert names("川渝") == ["portal-sichuan#四川", "portal-chongqing#重庆"]


def test_another_certificate_is_said_to_be_another() -> None:
    assert names("一建") == ["level1#"]


@pytest.mark.parametrize("text", ["多谢", "天气"])
def test_what_is_no_question_gets_nothing(text: str) -> None:
    assert suggested(text) == ()


@pytest.mark.parametrize("text", ["", "  "])
def test_nothing_typed_gives_the_most_asked_in_their_order(text: str) -> None:
    pack = replace(tiny_pack(), most_asked=("limits", "fees"))
    assert [one.name for one in suggested(text, pack)] == ["limits#", "fees#"]


def test_each_is_suggested_once() -> None:
    many = replace(tiny_pack(), most_asked=("limits",) * 80)
    assert len(suggested("", many)) == 1

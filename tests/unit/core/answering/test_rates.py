"""A sum takes the place of the entry that tells the rate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.core.answering.rates import reckon
from bot.core.model.calculator import Rate
from bot.core.model.entry import Citation, Fact
from bot.core.model.pack import Pack
from bot.core.model.question_type import QuestionType
from bot.core.model.rates import Count, Tariff
from bot.core.model.reply import Answer, ListPart, Reason, Reply, Status
from bot.core.model.scope import Scope
from bot.core.model.understanding import Slot, Thresholds, Understanding
from tests.tiny import SEED, tiny_pack

DAY = date(2026, 11, 22)
RULE = Fact("每件每天五角，每件最高三十元。", (Citation(SEED),))
RATE = Rate(
    id="late",
    title="算滞纳金",
    unit="元",
    counts=(Count("件数", {"件": 1}, 1), Count("天数", {"天": 1, "周": 7})),
    tariffs=(
        Tariff("滞纳金", "0.5", "30", {"registration": ("初始注册", "延续注册")}),
        Tariff("变更的滞纳金", "0.1", slots={"registration": ("变更注册",)}),
    ),
    working=(RULE,),
    entries=("initial-materials",),
    most_for="件数",
    cues=((("晚", "迟"),),),
    unless=("赔",),
)
FOUND = Reply(Status.ANSWERED, (), answers=(Answer("initial-materials"),))
NOT_FOUND = Reply(Status.ABSTAINED, (), Reason.OUT_OF_DOMAIN)


def pack_with(rate: Rate = RATE) -> Pack:
    return replace(tiny_pack(), rates={rate.id: rate})


def said(
    text: str, *slots: Slot, asked: QuestionType | None = QuestionType.HOW_MUCH
) -> Understanding:
    return Understanding(text, text, (), slots, (), Thresholds(0.5, 0.2), asked=asked)


def told(words: Understanding, reply: Reply = FOUND, rate: Rate = RATE) -> list[str] | None:
    pack = pack_with(rate)
    found = reckon(Scope(pack, DAY, {}), words, reply)
    return found.as_text().partition("\n\n")[0].splitlines() if found else None


def test_every_tariff_that_fits_is_told() -> None:
    assert told(said("三件晚10天多少钱")) == ["滞纳金：15元", "变更的滞纳金：3元"]


def test_only_that_of_what_was_named_is_told() -> None:
    slot = Slot("registration", ("变更注册",), "变更")
    assert told(said("三件变更晚10天多少钱", slot)) == ["变更的滞纳金：3元"]


def test_a_count_that_may_be_unsaid_is_shown_as_assumed() -> None:
    found = reckon(Scope(pack_with(), DAY, {}), said("晚两周多少钱"), FOUND)
    assert found is not None
    lines = next(part for part in found.parts if isinstance(part, ListPart)).items
    assert lines[:2] == ("件数：没有说，按 1 算", "天数：14")
    assert lines[3] == "滞纳金：0.5 × 1 × 14 ＝ 7元"


def test_a_limit_is_shown_where_it_is_reached() -> None:
    found = reckon(Scope(pack_with(), DAY, {}), said("一件晚100天多少钱"), FOUND)
    assert found is not None
    assert "0.5 × 1 × 100 ＝ 50元，最多 30元" in found.as_text()


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(said("三件多少钱"), id="a count is missing"),
        pytest.param(said("一件晚一天多少钱"), id="the rate itself"),
        pytest.param(said("一件晚3天一件晚5天多少钱"), id="two numbers"),
        pytest.param(said("三件晚10天赔多少钱"), id="ruled out"),
        pytest.param(said("三件晚10天怎么办", asked=QuestionType.LIST), id="no money"),
    ],
)
def test_the_entry_answers_where_there_is_nothing_to_reckon(words: Understanding) -> None:
    assert told(words) is None


def test_whether_it_is_so_much_is_reckoned_too() -> None:
    assert told(said("三件晚10天是不是交15元", asked=QuestionType.YES_NO)) is not None


def test_a_cue_will_do_where_every_count_is_said() -> None:
    assert told(said("三件晚10天多少钱"), NOT_FOUND) is not None
    assert told(said("信用卡晚10天多少钱"), NOT_FOUND) is None


def test_nothing_is_reckoned_from_a_rule_that_has_expired() -> None:
    over = replace(RULE, valid_until=date(2026, 1, 1))
    assert told(said("三件晚10天多少钱"), rate=replace(RATE, working=(over,))) is None

"""A reply as text: nothing lost, choices numbered, sources last."""

from __future__ import annotations

from datetime import date

import pytest

from bot.core.model.reply import (
    Choice,
    Choices,
    Link,
    ListPart,
    Part,
    Picture,
    Reply,
    SourceNote,
    Sources,
    Status,
    Text,
    part_as_text,
)

RULE = SourceNote("规定", date(2026, 11, 1), "第七条", "https://example.cn/")
SEED = SourceNote("整理", date(2021, 12, 8))


@pytest.mark.parametrize(
    ("part", "text"),
    [
        pytest.param(Text("一\n二"), "一\n二", id="text keeps its lines"),
        pytest.param(ListPart(("甲", "乙")), "· 甲\n· 乙", id="list"),
        pytest.param(
            ListPart(("甲", "乙"), "材料", is_numbered=True),
            "材料\n1. 甲\n2. 乙",
            id="numbered list",
        ),
        pytest.param(Link("网站", "https://a.cn/"), "网站：https://a.cn/", id="link"),
        pytest.param(
            Link("网站", "https://a.cn/", "未核实"),
            "网站：https://a.cn/（未核实）",
            id="link with note",
        ),
        pytest.param(
            Picture("map", "流程：申请、受理"), "流程：申请、受理", id="picture by its words"
        ),
        pytest.param(
            Sources((RULE, SEED), "依据：", "核对于 {date}", " 等 {count} 份"),
            "依据：规定 第七条 等 2 份（核对于 2021-12-08）",
            id="one line for all sources, with the oldest date",
        ),
        pytest.param(
            Choices((Choice("是", "y"), Choice("否", "n"))), "1. 是\n2. 否", id="choices numbered"
        ),
    ],
)
def test_every_part_has_a_form_in_plain_text(part: Part, text: str) -> None:
    assert part_as_text(part) == text


def test_parts_stand_apart_by_one_blank_line_and_empty_ones_leave_no_gap() -> None:
    assert Reply(Status.ANSWERED, (Text("一"), Text(""), Text("二"))).as_text() == "一\n\n二"


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        pytest.param((Choice("是", "a"), Choice("是", "b")), "label '是'", id="label"),
        pytest.param((Choice("是", "a"), Choice("否", "a")), "value 'a'", id="value"),
    ],
)
def test_choices_that_could_be_confused_are_refused(
    options: tuple[Choice, ...], fault: str
) -> None:
    with pytest.raises(ValueError, match=fault):
        Choices(options)


def test_choices_of_all_parts_are_one_list_in_reading_order() -> None:
    first, second = Choices((Choice("是", "y"),)), Choices((Choice("否", "n"),))
    reply = Reply(Status.CLARIFY, (first, Text("或者"), second))
    assert [choice.value for choice in reply.choices] == ["y", "n"]


def test_a_choice_that_is_there_is_not_added_once_more() -> None:
    reply = Reply(Status.ANSWERED, (Choices((Choice("三月", "d:a:2026-03"),)),))
    assert reply.with_choice(Choice("今年三月", "d:a:2026-03")) is reply
    assert reply.with_choice(Choice("三月", "d:b:2026-03")) is reply
    assert len(reply.with_choice(Choice("四月", "d:a:2026-04")).choices) == 2


def test_a_source_named_twice_is_one_source() -> None:
    part = Sources((SEED,), "依据：", "核对于 {date}")
    reply = Reply(Status.ANSWERED, (part, Sources((RULE, SEED), "依据：", "核对于 {date}")))
    assert reply.sources == (SEED, RULE)

"""How long a conversation remembers what it was about."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.model.session import Context, Session, Walk
from tests.fakes import NOON

REGION = Context({"region": "四川"}, "portal", NOON)


@pytest.mark.parametrize(
    ("after", "slots"),
    [
        pytest.param(timedelta(0), {"region": "四川"}, id="at once"),
        pytest.param(timedelta(minutes=10), {"region": "四川"}, id="after ten minutes"),
        pytest.param(timedelta(minutes=10, seconds=1), {}, id="a second later"),
        pytest.param(timedelta(days=3), {}, id="days later"),
    ],
)
def test_slots_count_for_ten_minutes(after: timedelta, slots: dict[str, str]) -> None:
    assert REGION.slots_at(NOON + after) == slots


def test_a_context_without_a_time_counts_for_nothing() -> None:
    assert Context({"region": "四川"}).slots_at(NOON) == {}


def test_the_last_topic_comes_first_and_three_before_it_are_kept() -> None:
    context = Context()
    for entry in ("a", "b", "a", "c", "d", "e"):
        context = context.told({}, entry, NOON)
    assert context.topics_at(NOON) == ("e", "d", "c", "a")


def test_where_nothing_was_told_the_topics_before_stay() -> None:
    asked = REGION.told({}, None, NOON)
    assert asked.topics_at(NOON) == ("", "portal")
    assert asked.topics_at(NOON + timedelta(minutes=11)) is None


def test_dropping_the_context_keeps_the_procedure_and_the_choices() -> None:
    walk = Walk("walk", "初始注册", ("apply",))
    session = Session("v1", REGION, (("是", "y"),), walk)
    assert session.without_context() == Session("v1", Context(), (("是", "y"),), walk)

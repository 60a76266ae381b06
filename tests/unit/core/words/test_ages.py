"""Ages as people tell them, and numbers that are none."""

from __future__ import annotations

import pytest

from bot.core.words.ages import speaks_of_an_age


@pytest.mark.parametrize(
    "text",
    [
        "63岁了",
        "今年63了",
        "今年21，刚毕业",
        "满六十了还能办",
        "明年就六十有三",
        "岁数大了",
        "年纪不小",
    ],
)
def test_an_age_is_heard_in_all_its_forms(text: str) -> None:
    assert speaks_of_an_age(text)


@pytest.mark.parametrize(
    "text",
    ["今年12月到期", "今年25号", "届满30 日前", "期满30天", "今年20个人", "2026年办的"],
)
def test_days_and_counts_are_no_ages(text: str) -> None:
    assert not speaks_of_an_age(text)

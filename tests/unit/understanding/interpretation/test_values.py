"""Which words are the last question with another value, and how that question is put again."""

from __future__ import annotations

import pytest

from bot.understanding.interpretation.values import MOST, value_of, with_value


@pytest.mark.parametrize(
    ("utterance", "value"),
    [
        ("那66呢", ("66", "")),
        ("67岁呢", ("67", "岁")),
        ("那要是十天呢", None),
        ("要是十天的话呢", ("十", "天")),
        ("换成4个行不行", ("4", "个")),
        ("四个行吗", ("四", "个")),
        ("66", None),
        ("666", None),
        ("那第二个呢", None),
        ("三", None),
        ("那二建呢", None),
        ("10天批得下来吗", None),
    ],
)
def test_a_number_and_hardly_more_is_another_value(
    utterance: str, value: tuple[str, str] | None
) -> None:
    assert value_of(utterance) == value


def test_the_value_takes_the_place_of_the_one_that_was_asked_for() -> None:
    wordings = ["还剩二十天能续吗", "62岁还能办吗", "有没有上限", "3个人交2份行吗"]
    assert list(with_value(wordings, "66", "")) == ["66岁还能办吗", "还剩66天能续吗"]
    assert list(with_value(wordings[:1], "两", "周")) == ["还剩两周能续吗"]


def test_only_some_wordings_are_tried() -> None:
    assert len(list(with_value([f"{n}岁能办吗" for n in range(10, 60)], "70", ""))) == MOST

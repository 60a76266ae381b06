"""Numbers as people write them."""

from __future__ import annotations

import pytest

from bot.core.words.numerals import read_number, write_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("7", 7),
        ("１２", 12),
        (" 30 ", 30),
        ("三", 3),
        ("两", 2),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("二十三", 23),
        ("一百零五", 105),
        ("两千", 2000),
        ("二〇二三", 2023),
        ("三万", 30_000),
    ],
)
def test_a_number_is_read_in_digits_and_in_words(text: str, number: int) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize("text", ["", " ", "三步", "-1", "1.5", "²", "x", "9" * 10, "第三"])
def test_what_is_more_or_less_than_a_number_is_none(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "零"), (5, "五"), (10, "十"), (11, "十一"), (20, "二十"), (23, "二十三"), (100, "100")],
)
def test_numbers_below_a_hundred_are_written_in_words(number: int, words: str) -> None:
    assert write_number(number) == words

"""Which of two dates a calculation starts from."""

from __future__ import annotations

from datetime import date

import pytest

from bot.core.words.date_roles import meant
from bot.understanding.text.dates import find_dates

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "asked", "found"),
    [
        ("11月3号借的书，12月5号还行吗", "借书的日期", ["11月3号"]),
        ("12月5号还，11月3号借的", "借书的日期", ["11月3号"]),
        ("11月10号挂的失，11月24号去补", "挂失的日期", ["11月10号"]),
        ("2023年11月办的证，今年12月去换", "借书证到期的日期", ["2023年11月", "今年12月"]),
        ("11月3号和11月5号借的书", "借书的日期", ["11月3号", "11月5号"]),
        ("11月3号借的书，11月5号又借了书", "借书的日期", ["11月3号", "11月5号"]),
    ],
)
def test_what_was_done_on_a_date_tells_it(text: str, asked: str, found: list[str]) -> None:
    dates, _ = find_dates(text, TODAY)
    assert [said.surface for said in meant(dates, asked, text)] == found


def test_without_the_words_all_are_left() -> None:
    dates, _ = find_dates("11月3号借的书，12月5号还", TODAY)
    assert len(meant(dates, "借书的日期")) == len(dates) == 2

"""Quantities in a sentence."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.core.words.quantities import quantities

DAYS = {"天": 1, "周": 7, "星期": 7, "个月": 30, "年": 365}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("逾期10天", ["10"]),
        ("过了三天", ["3"]),
        ("过了 ２ 个星期", ["14"]),
        ("拖了半个月", ["15"]),
        ("超期半年", ["182"]),
        ("十二天没还", ["12"]),
        ("一本晚3天，一本晚5天", ["3", "5"]),
        ("晚了三天，三天", ["3"]),
        ("第3天", []),
        ("10多天", []),
        ("一个半月", []),
        ("2026年的书", []),
        ("每天", []),
    ],
)
def test_what_is_said_in_units_is_found(text: str, found: list[str]) -> None:
    assert quantities(text, DAYS) == frozenset(map(Decimal, found))


def test_fractions_are_read() -> None:
    assert quantities("定价39.80元", {"元": 1}) == frozenset([Decimal("39.8")])

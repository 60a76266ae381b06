"""Amounts as people write them, and what is none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.core.words.amounts import read_amount


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("100,000", "100000"),
        ("100，000", "100000"),
        ("50.4", "50.4"),
        ("1.00", "1"),
        ("3万", "30000"),
        ("三万元", "30000"),
        ("30 000", "30000"),
        ("30000元", "30000"),
        ("￥30,000", "30000"),
        ("３０，０００元", "30000"),
        ("3.5万", "35000"),
        ("3万5000", "35000"),
        ("三万五", "35000"),
        ("一百二", "120"),
        ("一百零二", "102"),
        ("两千块钱", "2000"),
        ("三点五", "3.5"),
        ("5k", "5000"),
        ("1亿", "100000000"),
        ("-5", "-5"),
        ("负五", "-5"),
        ("0", "0"),
    ],
)
def test_an_amount_is_read(said: str, amount: str) -> None:
    assert read_amount(said, "元") == Decimal(amount)


@pytest.mark.parametrize(
    "said", ["", "50,4", "1,00", "三十多", "3-5万", "几万", "万", "十几", "1.2.3"]
)
def test_other_words_are_no_amount(said: str) -> None:
    assert read_amount(said, "元") is None


def test_a_unit_may_be_said_and_no_other() -> None:
    assert read_amount("30岁", "岁") == Decimal(30)
    assert read_amount("30元", "岁") is None
    assert read_amount("£55,000", "英镑") == read_amount("55,000镑", "£") == Decimal(55000)
    assert read_amount("500美元", "元") is read_amount("$500", "元") is None

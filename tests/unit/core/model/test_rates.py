"""Prices times counts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.core.model.rates import Tariff, work_out, written


@pytest.mark.parametrize(
    ("books", "days", "total"), [(3, 10, "6"), (1, 150, "20"), (3, 150, "60"), (1, 1, "0.2")]
)
def test_the_most_counts_for_each(books: int, days: int, total: str) -> None:
    counts = {"册数": Decimal(books), "天数": Decimal(days)}
    assert written(work_out(Tariff("逾期费", "0.2", "20"), counts, "册数").total) == total


def test_the_most_counts_for_all_where_no_count_is_named() -> None:
    counts = {"册数": Decimal(3), "天数": Decimal(150)}
    assert written(work_out(Tariff("逾期费", "0.2", "20"), counts, "").total) == "20"


def test_a_tariff_is_for_its_values_and_for_who_said_none() -> None:
    tariff = Tariff("少儿证", "0.1", slots={"card": ("少儿证",)})
    assert [tariff.is_for(said) for said in ({}, {"card": "少儿证"}, {"card": "成人证"})] == [
        True,
        True,
        False,
    ]


def test_a_number_is_written_without_idle_zeros() -> None:
    assert [written(Decimal(n)) for n in ("6.00", "0.30", "100")] == ["6", "0.3", "100"]

"""Sums over measurements, worked out by hand."""

from __future__ import annotations

import pytest

from scripts.bench.figures import every, medians, percentile, rounded, spread_ms


@pytest.mark.parametrize(("share", "value"), [(0.5, 2), (0.75, 3), (0.99, 4), (0.0, 1)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: float) -> None:
    assert percentile([4, 1, 3, 2], share) == value


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_times_are_told_in_milliseconds() -> None:
    assert spread_ms([0.001, 0.002, 0.004]) == {"p50_ms": 2.0, "p95_ms": 4.0, "p99_ms": 4.0}


def test_the_median_of_the_rounds_counts() -> None:
    assert medians([{"ms": 5.0}, {"ms": 1.0}, {"ms": 2.0}]) == {"ms": 2.0}


def test_only_fractions_are_rounded() -> None:
    assert rounded({"share": 0.123456, "n": 7, "risk": [[0.123456]]}) == {
        "share": 0.1235,
        "n": 7,
        "risk": [[0.123456]],
    }


@pytest.mark.parametrize(
    ("count", "of", "places"),
    [(3, 9, [0, 3, 6]), (2, 3, [0, 1]), (9, 3, [0, 1, 2]), (0, 3, [])],
    ids=["spread", "not even", "more than there are", "none"],
)
def test_places_are_spread_evenly(count: int, of: int, places: list[int]) -> None:
    assert every(count, of) == places

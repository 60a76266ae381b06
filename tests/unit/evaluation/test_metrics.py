"""Figures of merit, worked out by hand."""

from __future__ import annotations

import pytest

from bot.evaluation.metrics import auroc, coverage, hit_rate, mean_reciprocal_rank, quantile


@pytest.mark.parametrize(("within", "share"), [(1, 0.25), (5, 0.5), (10, 0.75)])
def test_hit_rate_counts_ranks_from_one(within: int, share: float) -> None:
    assert hit_rate([1, 3, 7, 0], within) == share


def test_mean_reciprocal_rank_forgets_what_comes_too_late() -> None:
    assert mean_reciprocal_rank([1, 2, 11, 0], 10) == 0.375


@pytest.mark.parametrize(
    ("positive", "negative", "expected"),
    [
        pytest.param([0.9, 0.8], [0.1, 0.2], 1.0, id="apart"),
        pytest.param([0.1], [0.9], 0.0, id="the wrong way round"),
        pytest.param([0.5], [0.5], 0.5, id="equal ones count half"),
        pytest.param([0.9, 0.3], [0.5, 0.3], 0.625, id="mixed"),
    ],
)
def test_auroc_is_the_chance_to_score_above(
    positive: list[float], negative: list[float], expected: float
) -> None:
    assert auroc(positive, negative) == expected


def test_coverage_takes_the_loosest_threshold_that_is_precise_enough() -> None:
    answers = [(0.9, True), (0.8, False), (0.7, True), (0.6, True), (0.5, False)]
    assert coverage(answers, 0.75, of=4) == 0.75
    assert coverage(answers, 1.0, of=4) == 0.25


def test_coverage_cannot_part_equal_scores() -> None:
    assert coverage([(0.9, True), (0.9, False)], 0.95, of=1) == 0.0


@pytest.mark.parametrize(("share", "value"), [(0.5, 3), (0.95, 4), (0.0, 1)])
def test_a_quantile_is_a_value_that_was_seen(share: float, value: float) -> None:
    assert quantile([4, 1, 3, 2], share) == value


def test_without_ground_there_is_no_figure() -> None:
    nothing = (hit_rate([], 1), mean_reciprocal_rank([], 10), auroc([0.1], []), quantile([], 0.5))
    assert nothing == (None, None, None, None)
    assert coverage([(0.9, False)], 0.95, of=0) is None

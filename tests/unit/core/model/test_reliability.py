"""The score of a reply is the share of such replies that were right; decisions keep to the rest."""

from __future__ import annotations

import pytest

from bot.core.model.reliability import AS_SCORED, Reliability
from bot.understanding.scoring import shipped

LEVELS = Reliability(((0.0, 0.3), (0.5, 0.6), (0.95, 0.97)))


@pytest.mark.parametrize(
    ("score", "share"),
    [(0.0, 0.3), (0.49, 0.3), (0.5, 0.6), (0.94, 0.6), (0.95, 0.97), (1.0, 0.97)],
)
def test_a_score_is_worth_the_share_of_its_level(score: float, share: float) -> None:
    assert LEVELS.of(score) == share


def test_the_best_guess_at_a_declined_text_is_worth_what_its_own_levels_say() -> None:
    reliability = Reliability(LEVELS.levels, ((0.0, 0.01), (0.5, 0.4)))
    assert reliability.of_declined(0.2) == 0.01
    assert reliability.of_declined(0.7) == 0.4


def test_without_levels_a_score_is_told_as_it_is() -> None:
    assert AS_SCORED.of(0.42) == 0.42
    assert AS_SCORED.of_declined(0.42) == 0.42


def test_the_shipped_levels_rise_and_answers_are_more_often_right_than_wrong() -> None:
    model = shipped()
    starts, shares = zip(*model.reliability.levels, strict=True)
    assert (sorted(starts), sorted(shares)) == ([*starts], [*shares])
    assert model.reliability.of(model.answer_from) > 0.5
    assert model.reliability.of(model.answer_from - 0.001) < 0.5


def test_what_is_surely_none_of_our_business_is_hardly_ever_right() -> None:
    reliability = shipped().reliability
    starts, shares = zip(*reliability.declined, strict=True)
    assert (sorted(starts), sorted(shares)) == ([*starts], [*shares])
    assert reliability.of_declined(0.05) < 0.03

"""Rarity and steadiness, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from bot.understanding.index.term_weights import Occurrences, idf, steadiness

GROUPS = np.array([0, 0, 1, 1, 2])
"""Of five phrasings."""
FEATURES = np.array([0, 1, 0, 2, 3, 3, 0], dtype=np.int32)
OF = np.array([0, 0, 0, 1, 1, 1, 2])
"""Feature 0 is in both phrasings of group 0 and in group 2, 1 in one of group 0, 2 in one of
group 1, 3 in both of group 1."""


def found() -> Occurrences:
    return Occurrences.of(FEATURES, OF, GROUPS)


def test_rarity_counts_groups_and_not_phrasings() -> None:
    assert idf(found()).round(4).tolist() == [0.4700, 0.9808, 0.9808, 0.9808]


def test_what_everybody_says_who_asks_the_same_is_steady() -> None:
    steady, usual = steadiness(found(), np.ones(4))
    assert usual == pytest.approx(4 / 6)
    assert steady.round(4).tolist() == [0.8, 0.5, 0.5, 0.8]


def test_an_expectation_counts_as_much_as_three_phrasings() -> None:
    steady, _ = steadiness(found(), np.array([1.0, 0.3, 1.0, 1.0]))
    assert steady[1] == pytest.approx((0 + 3 * (4 / 6) * 0.3) / (1 + 3))


def test_without_groups_of_several_only_expectation_is_left() -> None:
    alone = Occurrences.of(np.array([0, 1], dtype=np.int32), np.array([0, 1]), np.array([0, 1]))
    steady, usual = steadiness(alone, np.array([1.0, 0.3]))
    assert (usual, steady.tolist()) == (1.0, [1.0, pytest.approx(0.3)])


def test_no_features_are_no_mistake() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    empty = Occurrences.of(nothing.astype(np.int32), nothing, nothing)
    assert idf(empty).tolist() == []

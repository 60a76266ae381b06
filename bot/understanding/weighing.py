"""What a feature weighs: how rare it is, and how steadily people say it who ask the same.

Both are counted over *groups* of phrasings, so that twenty ways to ask one thing do not make its
words common.  Steadiness needs nothing but the groups themselves: of those who ask one thing, how
many of the others say the feature too?  证书 stays when a question is put otherwise, 呢 does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Judgement = Callable[[str], float]
"""Something about a feature by itself, 0 to 1."""

STEADINESS_POWER = 1.5
"""Of 0.5, 1, 1.5 and 2 the best over the development sets of docs/explanation."""
_DOUBT = 3.0
"""Phrasings whose worth an expectation has against what is counted."""


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Which features stand in which groups; one row for each pair."""

    features: NDArray[np.int64]
    counts: NDArray[np.int64]
    """Phrasings of the group that have the feature."""
    sizes: NDArray[np.int64]
    """Phrasings of the group."""
    groups: int
    width: int
    """Features there are."""

    @classmethod
    def of(
        cls, features: NDArray[np.int32], groups: NDArray[np.int64], of_phrases: NDArray[np.int64]
    ) -> Occurrences:
        """Occurrence i puts `features[i]` into `groups[i]`; `of_phrases` are their groups."""
        width = int(features.max(initial=-1)) + 1
        pairs, counts = np.unique(groups * width + features, return_counts=True)
        sizes = np.bincount(of_phrases)
        total = int((sizes > 0).sum())
        return cls(pairs % max(1, width), counts, sizes[pairs // max(1, width)], total, width)


def rarity(found: Occurrences) -> NDArray[np.float64]:
    """The weight of each feature by the share of groups that have it; grows without bound."""
    having = np.bincount(found.features, minlength=found.width)
    return np.log1p((found.groups - having + 0.5) / (having + 0.5))


def steadiness(
    found: Occurrences, expected: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """For each feature how likely another phrasing of its group says it too, 0 to 1.

    `expected` is what is believed before counting, against an ordinary feature; the second value
    is how steady that one is.
    """
    several = found.sizes > 1
    features, k, n = found.features[several], found.counts[several], found.sizes[several]
    shared = np.bincount(features, k * (k - 1) / (n - 1), minlength=found.width)
    said = np.bincount(features, k, minlength=found.width)
    usual = float(shared.sum() / said.sum()) if len(k) else 1.0
    return (shared + _DOUBT * usual * expected) / (said + _DOUBT), usual

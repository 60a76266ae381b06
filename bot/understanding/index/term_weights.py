"""What a feature weighs: how rare it is, and how steadily people say it who ask the same.

Both are counted over *groups* of phrasings, so that twenty ways to ask one thing do not make its
words common.  Steadiness needs nothing but the groups themselves: of those who ask one thing, how
many of the others say the feature too?  证书 stays when a question is put otherwise, 呢 does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Judgement = Callable[[str], float]
"""Something about a feature by itself, 0 to 1."""

STEADINESS_POWER = 1.5
"""Of 0.5, 1, 1.5 and 2 the best over the development sets of docs/explanation."""
_DOUBT = 3.0
"""Phrasings whose worth an expectation has against what is counted."""


_SLAB = 4_000_000
"""Occurrences counted at a time: some 200 MB of numbers on the way, however many there are."""


@dataclass(frozen=True, slots=True)
class Occurrences:
    """In how many groups each feature stands, and how it stands in those of several phrasings."""

    having: NDArray[np.int64]
    """Groups that have the feature."""
    shared: NDArray[np.float64]
    """For every phrasing that has it the share of the others of its group that have it, summed."""
    said: NDArray[np.float64]
    """Phrasings that have it and are not alone in their group."""
    groups: int

    @classmethod
    def of(
        cls, features: NDArray[np.int32], groups: NDArray[Any], of_phrases: NDArray[Any]
    ) -> Occurrences:
        """Occurrence i puts `features[i]` into `groups[i]`, which do not fall.

        `of_phrases` are the groups of all phrasings.
        """
        width = int(features.max(initial=-1)) + 1
        sizes = np.bincount(of_phrases)
        having, shared, said = np.zeros(width, np.int64), np.zeros(width), np.zeros(width)
        for slab in _slabs(groups):
            pairs, k = np.unique(
                groups[slab].astype(np.int64) * width + features[slab], return_counts=True
            )
            found, n = pairs % width, sizes[pairs // width]
            having += np.bincount(found, minlength=width)
            several = n > 1
            found, k, n = found[several], k[several], n[several]
            shared += np.bincount(found, k * (k - 1) / (n - 1), minlength=width)
            said += np.bincount(found, k, minlength=width)
        return cls(having, shared, said, int((sizes > 0).sum()))


def _slabs(groups: NDArray[Any]) -> Iterator[slice]:
    """All occurrences in stretches of about `_SLAB`, no group in two of them."""
    start = 0
    while start < len(groups):
        stop = len(groups)
        if start + _SLAB < stop:
            stop = int(np.searchsorted(groups, groups[start + _SLAB], side="right"))
        yield slice(start, stop)
        start = stop


def rarity(found: Occurrences) -> NDArray[np.float64]:
    """The weight of each feature by the share of groups that have it; grows without bound."""
    return np.log1p((found.groups - found.having + 0.5) / (found.having + 0.5))


def steadiness(
    found: Occurrences, expected: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """For each feature how likely another phrasing of its group says it too, 0 to 1.

    `expected` is what is believed before counting, against an ordinary feature; the second value
    is how steady that one is.
    """
    total = found.said.sum()
    usual = float(found.shared.sum() / total) if total else 1.0
    return (found.shared + _DOUBT * usual * expected) / (found.said + _DOUBT), usual

"""Weigh features: by idf, and by how steadily they recur among people who ask the same.

Both are counted over *groups* of phrasings, so that twenty ways to ask one thing do not make its
words common.  Steadiness needs only the groups: of the phrasings of a group, which share of the
others has the feature too?  证书 stays when a question is reworded, 呢 does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Judgement = Callable[[str], float]
"""A property of a feature by itself, 0 to 1."""

STEADINESS_POWER = 1.5
"""Of 0.5, 1, 1.5 and 2 the best over the development sets of docs/explanation."""
_PSEUDO_COUNT = 3.0
"""Pseudo-count: an expectation counts as much as this many phrasings."""


_SLAB = 4_000_000
"""Occurrences counted at a time; this needs some 200 MB, however many there are."""


@dataclass(frozen=True, slots=True)
class Occurrences:
    """In how many groups each feature occurs, and how often within groups of several phrasings."""

    having: NDArray[np.int64]
    """Number of groups that have the feature (document frequency)."""
    shared: NDArray[np.float64]
    """Sum over the phrasings that have it: the share of the others in their group that have it."""
    said: NDArray[np.float64]
    """Number of phrasings that have it and are not alone in their group."""
    groups: int

    @classmethod
    def of(
        cls, features: NDArray[np.int32], groups: NDArray[Any], of_phrases: NDArray[Any]
    ) -> Occurrences:
        """Count; occurrence i puts `features[i]` into `groups[i]`, which ascend.

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
    """Yield slices of about `_SLAB` occurrences; no group is in two of them."""
    start = 0
    while start < len(groups):
        stop = len(groups)
        if start + _SLAB < stop:
            stop = int(np.searchsorted(groups, groups[start + _SLAB], side="right"))
        yield slice(start, stop)
        start = stop


def idf(found: Occurrences) -> NDArray[np.float64]:
    """Return the idf of each feature over groups, as in BM25; it has no upper bound."""
    return np.log1p((found.groups - found.having + 0.5) / (found.having + 0.5))


def steadiness(
    found: Occurrences, expected: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Return for each feature the probability that another phrasing of its group has it.

    `expected` is the prior, relative to an average feature; the second value is the average.
    """
    total = found.said.sum()
    usual = float(found.shared.sum() / total) if total else 1.0
    return (found.shared + _PSEUDO_COUNT * usual * expected) / (found.said + _PSEUDO_COUNT), usual

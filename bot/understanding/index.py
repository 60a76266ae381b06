"""Which stored phrasings share what with an utterance, and how much of each is shared.

Every phrasing is a set of features (words, characters, pairs of characters); a feature weighs by
its rarity over *groups* of phrasings, so that twenty ways to ask one thing do not make its words
common.  One pass over the postings gives the shared weight of every phrasing at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Emphasis = Callable[[str], float]
"""What a feature weighs by itself, 0 to 1, before its rarity among the phrasings counts."""

CHARACTER_WEIGHT = 0.4
"""A single character against a word or pair: it matches by chance more often."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A stored phrasing and its likeness, the shared weight against both weights, in 0..1."""

    phrase: int
    dice: float


class PhraseIndex:
    """An inverted index over phrasings. Immutable once built."""

    def __init__(
        self,
        phrases: Sequence[frozenset[str]],
        groups: Sequence[int],
        emphasis: Emphasis = lambda _: 1.0,
    ) -> None:
        """`groups[i]` is the group that `phrases[i]` belongs to; groups count from 0."""
        self._emphasis = emphasis
        self._ids: dict[str, int] = {}
        rows = [[self._ids.setdefault(f, len(self._ids)) for f in phrase] for phrase in phrases]
        self._weights = self._weigh(rows, groups)
        self._unknown_weight = float(self._weights.max(initial=1.0))
        self._masses = np.array([self._weights[row].sum() for row in rows], dtype=np.float64)
        self._starts, self._postings = _invert(rows, len(self._ids))

    def _weigh(self, rows: Sequence[Sequence[int]], groups: Sequence[int]) -> NDArray[np.float64]:
        seen = {
            (feature, group) for row, group in zip(rows, groups, strict=True) for feature in row
        }
        counts = np.bincount(
            np.fromiter((feature for feature, _ in seen), np.int64, len(seen)),
            minlength=len(self._ids),
        )
        total = len(set(groups))
        lengths = np.fromiter(map(len, self._ids), np.int64, len(self._ids))
        rarity = np.log1p((total - counts + 0.5) / (counts + 0.5))
        own = np.fromiter(map(self._emphasis, self._ids), np.float64, len(self._ids))
        return np.asarray(np.where(lengths == 1, CHARACTER_WEIGHT, 1.0) * own * rarity)

    def weight(self, feature: str) -> float:
        """How much a feature says; one that was never seen says as much as the rarest."""
        known = self._ids.get(feature)
        if known is not None:
            return float(self._weights[known])
        length = CHARACTER_WEIGHT if len(feature) == 1 else 1.0
        return self._unknown_weight * length * self._emphasis(feature)

    def mass(self, features: Iterable[str]) -> float:
        """The whole weight of an utterance, features unknown to the index included."""
        return sum(map(self.weight, features))

    def coverages(self, features: Iterable[str]) -> NDArray[np.float64]:
        """For each stored row, the share of the utterance's weight that it shares, 0..1."""
        features = list(features)
        known = [i for f in features if (i := self._ids.get(f)) is not None]
        if not known:
            return np.zeros(len(self._masses))
        return self._shared(known) / self.mass(features)

    def search(self, features: Iterable[str], masses: NDArray[np.float64], limit: int) -> list[Hit]:
        """The best phrasings, best first; equal ones keep their order.

        `masses` is the weight of the utterance as each phrasing sees it: one that leaves a slot
        out is compared with an utterance that leaves it out as well.
        """
        known = [i for f in features if (i := self._ids.get(f)) is not None]
        if not known:
            return []
        shared = self._shared(known)
        dice = 2 * shared / (masses + self._masses)
        best = _top(dice, limit)
        return [Hit(int(i), min(1.0, float(dice[i]))) for i in best if dice[i] > 0]

    def _shared(self, known: Sequence[int]) -> NDArray[np.float64]:
        starts, postings, weights = self._starts, self._postings, self._weights
        slices = [postings[starts[i] : starts[i + 1]] for i in known]
        rows = np.concatenate(slices)
        repeated = np.repeat(weights[known], [len(part) for part in slices])
        return np.asarray(np.bincount(rows, repeated, len(self._masses)), dtype=np.float64)


def _invert(rows: Sequence[Sequence[int]], width: int) -> tuple[list[int], NDArray[np.int32]]:
    """Postings of every feature one after another, and where each begins."""
    lengths = [len(row) for row in rows]
    features = np.fromiter((f for row in rows for f in row), np.int64, sum(lengths))
    phrases = np.repeat(np.arange(len(rows), dtype=np.int32), lengths)
    order = np.argsort(features, kind="stable")
    starts = np.searchsorted(features[order], np.arange(width + 1))
    return starts.tolist(), phrases[order]


def _top(scores: NDArray[np.float64], limit: int) -> list[int]:
    if len(scores) > limit:
        chosen = np.argpartition(-scores, limit)[:limit]
        chosen.sort()
    else:
        chosen = np.arange(len(scores))
    return chosen[np.argsort(-scores[chosen], kind="stable")].tolist()  # type: ignore[no-any-return]


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
NEGLIGIBLE = 0.02
"""Features below this share of the heaviest are left out: many postings, hardly any weight."""


@dataclass(frozen=True, slots=True)
class Hit:
    """The phrasing of a group that is closest to an utterance.

    `dice` is the shared weight against both weights, in 0..1.
    """

    group: int
    phrase: int
    dice: float


class PhraseIndex:
    """An inverted index over phrasings. Immutable once built."""

    def __init__(
        self,
        phrases: Sequence[frozenset[str]],
        groups: Sequence[int],
        is_bare: Sequence[bool] | None = None,
        emphasis: Emphasis = lambda _: 1.0,
    ) -> None:
        """`groups[i]` is the group of `phrases[i]`: counted from 0, none of them empty.

        A bare phrasing leaves something out and is compared with utterances that do so too.
        """
        self._emphasis = emphasis
        self._order = np.argsort(np.asarray(groups, dtype=np.int64), kind="stable")
        members = np.asarray(groups, dtype=np.int64)[self._order]
        self._group_starts = np.searchsorted(members, np.arange(int(members.max(initial=-1)) + 1))
        self._ids: dict[str, int] = {}
        rows = [
            [self._ids.setdefault(f, len(self._ids)) for f in phrases[i]]
            for i in self._order.tolist()
        ]
        self._weights = self._weigh(rows, members.tolist())
        self._own_weights: list[float] = self._weights.tolist()
        self._unknown_weight = float(self._weights.max(initial=1.0))
        self._masses = np.array([self._weights[row].sum() for row in rows], dtype=np.float64)
        self._starts, self._postings = _invert(rows, len(self._ids))
        bare = np.zeros(len(rows)) if is_bare is None else np.asarray(is_bare, dtype=np.float64)
        self._is_bare = bare[self._order]

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
        weights = np.where(lengths == 1, CHARACTER_WEIGHT, 1.0) * own * rarity
        return np.where(weights < NEGLIGIBLE * weights.max(initial=0.0), 0.0, weights)

    def _measured(self, features: Iterable[str]) -> tuple[list[int], float]:
        """The features that are known, and the weight of all; an unseen one is as heavy as any."""
        known: list[int] = []
        mass = 0.0
        for feature in features:
            found = self._ids.get(feature)
            if found is None:
                mass += self._unknown(feature)
            elif weight := self._own_weights[found]:
                known.append(found)
                mass += weight
        return known, mass

    def _unknown(self, feature: str) -> float:
        length = CHARACTER_WEIGHT if len(feature) == 1 else 1.0
        return self._unknown_weight * length * self._emphasis(feature)

    def search(
        self, features: frozenset[str], bare: frozenset[str] | None = None, limit: int = 10
    ) -> list[Hit]:
        """The best phrasing of each of the best groups, best first; equal ones keep their order.

        `bare` are the features without what bare phrasings leave out, if that differs.
        """
        known, mass = self._measured(features)
        masses = self._masses + mass
        if bare is not None and bare is not features:
            also, bare_mass = self._measured(bare)
            masses += (bare_mass - mass) * self._is_bare
            known = list(dict.fromkeys((*known, *also)))
        if not known:
            return []
        dice = self._shared(known)
        dice /= masses
        best = np.maximum.reduceat(dice, self._group_starts)
        chosen = np.argsort(-best, kind="stable")[:limit].tolist()
        return [self._hit(group, dice) for group in chosen if best[group] > 0]

    def _hit(self, group: int, dice: NDArray[np.float64]) -> Hit:
        start = int(self._group_starts[group])
        last = group + 1 == len(self._group_starts)
        stop = len(dice) if last else int(self._group_starts[group + 1])
        row = start + int(dice[start:stop].argmax())
        return Hit(group, int(self._order[row]), min(1.0, 2 * float(dice[row])))

    def _shared(self, known: Sequence[int]) -> NDArray[np.float64]:
        starts, postings = self._starts, self._postings
        slices = [postings[starts[i] : starts[i + 1]] for i in known]
        rows = np.concatenate(slices)
        repeated = np.repeat(self._weights[list(known)], [len(part) for part in slices])
        return np.asarray(np.bincount(rows, repeated, len(self._masses)))


def _invert(rows: Sequence[Sequence[int]], width: int) -> tuple[list[int], NDArray[np.int32]]:
    """Postings of every feature one after another, and where each begins."""
    lengths = [len(row) for row in rows]
    features = np.fromiter((f for row in rows for f in row), np.int64, sum(lengths))
    phrases = np.repeat(np.arange(len(rows), dtype=np.int32), lengths)
    order = np.argsort(features, kind="stable")
    starts = np.searchsorted(features[order], np.arange(width + 1))
    return starts.tolist(), phrases[order]

"""Which stored phrasings share what with an utterance, and how much of each is shared.

Every phrasing is a set of features (words, characters, perhaps pairs of characters), each of some
weight (see `weighing`).  Likeness is Dice's: the weight that both have against the weight of both,
so what the stored phrasing says beyond the utterance counts as much as what it leaves out.

In a large index the light features, which nearly every phrasing has, find no candidates; they are
only added to those that the others found.  What a newcomer would get wrong: a phrasing that shares
nothing but light features is not found there at all, however little else there is.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.understanding.weighing import (
    STEADINESS_POWER,
    Judgement,
    Occurrences,
    rarity,
    steadiness,
)

CHARACTER_WEIGHT = 0.4
"""A single character against a word or pair: it matches by chance more often."""
NEGLIGIBLE = 0.02
"""Features below this share of the heaviest are left out: many postings, hardly any weight."""
LIGHT = 0.25
"""The share of an utterance's weight that may be left to features which find no candidates."""
_LARGE = 8_000
"""Phrasings from which looking at every posting costs more than looking at some twice."""
_LOOKED_AT = 128
_EXACT = 2.0**20
"""Weights are multiples of one over this, so that sums do not depend on their order."""


@dataclass(frozen=True, slots=True)
class Hit:
    """The phrasing of a group that is closest to an utterance.

    `dice` is the shared weight against both weights, in 0..1; `mass` is the mean of both weights,
    in heaviest features.
    """

    group: int
    phrase: int
    dice: float
    mass: float


@dataclass(frozen=True, slots=True)
class _Asked:
    """An utterance in terms of the index: its known features, and what it weighs."""

    known: list[int]
    mass: float
    bare_mass: float


class PhraseIndex:
    """An inverted index over phrasings. Immutable once built."""

    def __init__(
        self,
        phrases: Iterable[Collection[str]],
        groups: Sequence[int],
        is_bare: Sequence[bool] | None = None,
        emphasis: Judgement = lambda _: 1.0,
        *,
        character: float = CHARACTER_WEIGHT,
        expected: Judgement | None = None,
    ) -> None:
        """`groups[i]` is the group of `phrases[i]`: counted from 0, none of them empty.

        A bare phrasing leaves something out and is compared with utterances that do so too.
        `emphasis` is what a feature weighs by itself and `character` what single ones weigh against
        others; with `expected` (how steadily a feature is believed to be said) steadiness counts.
        """
        self._emphasis, self._character, self._expected = emphasis, character, expected
        self._ids: dict[str, int] = {}
        self._groups = np.asarray(groups, dtype=np.int64)
        flat, lengths = self._numbered(phrases)
        rows = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        self._weights, self._usual = self._weigh(
            Occurrences.of(flat, self._groups[rows], self._groups)
        )
        self._own_weights: list[float] = self._weights.tolist()
        self._unknown_weight = float(self._weights.max(initial=1.0))
        self._masses = np.bincount(rows, self._weights[flat], len(lengths))
        order = np.argsort(flat, kind="stable")
        self._postings = rows[order]
        self._starts = np.searchsorted(flat[order], np.arange(len(self._ids) + 1)).tolist()
        self._is_bare = None if is_bare is None else np.asarray(is_bare, dtype=np.float64)

    def _numbered(self, phrases: Iterable[Collection[str]]) -> tuple[NDArray[np.int64], list[int]]:
        """All features of all phrasings as numbers, and how many each phrasing has."""
        ids, flat, lengths = self._ids, array("q"), []
        for phrase in phrases:
            flat.extend([ids.setdefault(feature, len(ids)) for feature in phrase])
            lengths.append(len(phrase))
        return np.frombuffer(flat, np.int64) if flat else np.zeros(0, np.int64), lengths

    def _weigh(self, found: Occurrences) -> tuple[NDArray[np.float64], float]:
        own = np.fromiter(map(self._own, self._ids), np.float64, len(self._ids))
        weights = own * rarity(found)
        usual = 1.0
        if self._expected is not None:
            expected = np.fromiter(map(self._expected, self._ids), np.float64, len(self._ids))
            steady, usual = steadiness(found, expected)
            weights *= steady**STEADINESS_POWER
        weights = np.round(weights * _EXACT) / _EXACT
        return np.where(weights < NEGLIGIBLE * weights.max(initial=0.0), 0.0, weights), usual

    def _own(self, feature: str) -> float:
        return self._emphasis(feature) * (self._character if len(feature) == 1 else 1.0)

    def _unknown(self, feature: str) -> float:
        """An unseen feature is as heavy as any."""
        weight = self._unknown_weight * self._own(feature)
        if self._expected is not None:
            weight *= (self._usual * self._expected(feature)) ** STEADINESS_POWER
        return weight

    def _measured(self, features: Iterable[str]) -> tuple[list[int], float]:
        """The features that are known, and the weight of all."""
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

    def likeness(self, a: Collection[str], b: Collection[str]) -> Hit:
        """Two sets of features compared with each other, as if one of them were stored."""
        shared = self._measured(frozenset(a) & frozenset(b))[1]
        mass = self._measured(a)[1] + self._measured(b)[1]
        return Hit(0, 0, 2 * shared / mass if mass else 0.0, mass / 2 / self._unknown_weight)

    def search(
        self, features: frozenset[str], bare: frozenset[str] | None = None, limit: int = 10
    ) -> list[Hit]:
        """The best phrasing of each of the best groups, best first; equal ones keep their order.

        `bare` are the features without what bare phrasings leave out, if that differs.
        """
        asked = self._asked(features, bare)
        if not asked.known:
            return []
        heavy, light = self._split(asked)
        both = self._masses + asked.mass
        if self._is_bare is not None and asked.bare_mass != asked.mass:
            both += (asked.bare_mass - asked.mass) * self._is_bare
        dice = self._shared(heavy)
        dice /= both
        hits = self._best(dice, both, light, limit, dice.max() / 2)
        return hits if len(hits) == limit else self._best(dice, both, light, limit, 0.0)

    def _asked(self, features: frozenset[str], bare: frozenset[str] | None) -> _Asked:
        known, mass = self._measured(features)
        if bare is None or bare is features:
            return _Asked(known, mass, mass)
        also, bare_mass = self._measured(bare)
        return _Asked(list(dict.fromkeys((*known, *also))), mass, bare_mass)

    def _split(self, asked: _Asked) -> tuple[list[int], list[int]]:
        """The features that find candidates, and those too light for it."""
        if len(self._masses) < _LARGE:
            return asked.known, []
        known = sorted(asked.known, key=self._own_weights.__getitem__)
        left = LIGHT * asked.mass
        for at, feature in enumerate(known):
            left -= self._own_weights[feature]
            if left < 0:
                return known[at:], known[:at]
        return known[-1:], known[:-1]

    def _shared(self, features: Sequence[int]) -> NDArray[np.float64]:
        """For every phrasing the weight of those of some features that it has."""
        starts, postings = self._starts, self._postings
        slices = [postings[starts[i] : starts[i + 1]] for i in features]
        weights = np.repeat(self._weights[list(features)], [len(part) for part in slices])
        return np.asarray(np.bincount(np.concatenate(slices), weights, len(self._masses)))

    def _best(
        self,
        dice: NDArray[Any],
        both: NDArray[Any],
        light: Sequence[int],
        limit: int,
        floor: float,
    ) -> list[Hit]:
        """Hits among the phrasings above a likeness that goes without the light features."""
        rows = np.flatnonzero(dice > floor)
        enough = _LOOKED_AT if floor else len(rows)
        if len(rows) > enough:
            rows = np.sort(rows[np.argpartition(dice[rows], -enough)[-enough:]])
        likeness = dice[rows]
        if light:
            likeness += self._among(rows, light) / both[rows]
        hits: dict[int, Hit] = {}
        order = np.lexsort((self._groups[rows], -likeness))
        for at in order.tolist():
            row = int(rows[at])
            group = int(self._groups[row])
            if group not in hits:
                mass = float(both[row]) / 2 / self._unknown_weight
                hits[group] = Hit(group, row, min(1.0, 2 * float(likeness[at])), mass)
                if len(hits) == limit:
                    break
        return list(hits.values())

    def _among(self, rows: NDArray[np.int64], features: Sequence[int]) -> NDArray[np.float64]:
        """The weight of those of some features that each of a few phrasings has."""
        shared = np.zeros(len(rows))
        for feature in features:
            posting = self._postings[self._starts[feature] : self._starts[feature + 1]]
            at = posting.searchsorted(rows)
            at[at == len(posting)] = 0
            shared += (posting[at] == rows) * self._own_weights[feature]
        return shared

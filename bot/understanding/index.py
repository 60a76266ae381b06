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
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.understanding.saved import Saved, Writer
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
NEARLY = 6
"""Phrasings looked at closely for each group that is asked for: some groups have many."""
THICK = 16
"""Phrasings a group, on average, from which it is better to look at groups than at phrasings."""
WORTH = 0.15
"""The share of what the best one shares from which a phrasing of a large index is looked at."""
_EXACT = 2.0**20
"""Weights are multiples of one over this, so that sums do not depend on their order."""


class Hit(NamedTuple):
    """The phrasing of a group that is closest to an utterance.

    `dice` is the shared weight against both weights, in 0..1; `mass` is the mean of both weights,
    in heaviest features.
    """

    group: int
    phrase: int
    dice: float
    mass: float


class Asked(NamedTuple):
    """An utterance in terms of an index: its features that are known, and what all of them weigh.

    `bare_mass` is the weight without what bare phrasings leave out.
    """

    known: list[int]
    mass: float
    bare_mass: float
    heaviest_unknown: float


@dataclass(frozen=True, slots=True)
class Tables:
    """What an index has worked out. A row is a phrasing; those of one group stand together."""

    order: NDArray[np.int64]
    """For each row the number of its phrasing."""
    groups: NDArray[np.int64]
    """For each row its group, ascending."""
    flat: NDArray[np.int32]
    """The features of all rows, one row after another."""
    lengths: NDArray[np.int64]
    """How many of them each row has."""
    masses: NDArray[np.float64]
    """What the features of each row weigh together."""
    weights: NDArray[np.float64]
    """For each feature what it weighs."""
    postings: NDArray[np.int32]
    """The rows of all features, one feature after another."""
    starts: NDArray[np.int64]
    """Where those of each feature start in `postings`, and where the last ones end."""
    is_bare: NDArray[np.float64]
    """For each row 1 or 0; empty where that makes no difference."""


class PhraseIndex:
    """An inverted index over phrasings. Immutable once built, with `of`."""

    def __init__(
        self,
        features: Iterable[str],
        tables: Tables,
        usual: float,
        emphasis: Judgement = lambda _: 1.0,
        *,
        character: float = CHARACTER_WEIGHT,
        expected: Judgement | None = None,
    ) -> None:
        """`features` in order of their numbers; `usual` is the steadiness of an ordinary one."""
        self._emphasis, self._character, self._expected = emphasis, character, expected
        self._ids = {feature: number for number, feature in enumerate(features)}
        self._tables, self._usual = tables, usual
        self._order, self._groups = tables.order, tables.groups
        self._row_of = np.empty_like(tables.order)
        self._row_of[tables.order] = np.arange(len(tables.order))
        self._group_starts = np.flatnonzero(np.diff(tables.groups, prepend=-1))
        self._is_thick = len(tables.groups) >= THICK * len(self._group_starts)
        self._flat, self._lengths = tables.flat, tables.lengths
        self._firsts = tables.lengths.cumsum() - tables.lengths
        self._rows = np.arange(len(tables.lengths))
        self._own_weights: list[float] = tables.weights.tolist()
        self._unknown_weight = float(tables.weights.max(initial=1.0))
        self._masses = tables.masses
        self._postings, self._starts = tables.postings, tables.starts.tolist()
        self._is_bare = tables.is_bare if len(tables.is_bare) else None

    @classmethod
    def of(
        cls,
        phrases: Iterable[Collection[str]],
        groups: Sequence[int],
        is_bare: Sequence[bool] | None = None,
        emphasis: Judgement = lambda _: 1.0,
        *,
        character: float = CHARACTER_WEIGHT,
        expected: Judgement | None = None,
    ) -> PhraseIndex:
        """`groups[i]` is the group of `phrases[i]`: counted from 0, none of them empty.

        A bare phrasing leaves something out and is compared with utterances that do so too.
        `emphasis` is what a feature weighs by itself and `character` what single ones weigh against
        others; with `expected` (how steadily a feature is believed to be said) steadiness counts.
        """
        order = np.argsort(np.asarray(groups), kind="stable")
        grouped = np.asarray(groups, dtype=np.int64)[order]
        ids, flat, lengths = _numbered(phrases)
        firsts = lengths.cumsum() - lengths
        flat, lengths = _stretches(flat, firsts[order], lengths[order])
        rows = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        own = [_own(feature, emphasis, character) for feature in ids]
        steady = None if expected is None else [expected(feature) for feature in ids]
        weights, usual = _weighed(Occurrences.of(flat, grouped[rows], grouped), own, steady)
        by_feature = np.argsort(flat, kind="stable")
        tables = Tables(
            order=order,
            groups=grouped,
            flat=flat,
            lengths=lengths,
            masses=np.bincount(rows, weights[flat], len(lengths)).astype(np.float64),
            weights=weights,
            postings=rows[by_feature],
            starts=np.searchsorted(flat[by_feature], np.arange(len(ids) + 1)),
            is_bare=np.array(is_bare, np.float64)[order] if is_bare else np.zeros(0),
        )
        return cls(ids, tables, usual, emphasis, character=character, expected=expected)

    def save(self, writer: Writer) -> None:
        writer.table("index-features", list(self._ids))
        writer.table("index-usual", self._usual)
        writer.arrays("index", self._tables)

    @classmethod
    def restored(
        cls,
        saved: Saved,
        emphasis: Judgement = lambda _: 1.0,
        *,
        character: float = CHARACTER_WEIGHT,
        expected: Judgement | None = None,
    ) -> PhraseIndex:
        """What was saved; the judgements are those it was built with."""
        return cls(
            saved.table("index-features"),
            saved.arrays("index", Tables),
            saved.table("index-usual"),
            emphasis,
            character=character,
            expected=expected,
        )

    def _unknown(self, feature: str) -> float:
        """An unseen feature is as heavy as any."""
        weight = self._unknown_weight * _own(feature, self._emphasis, self._character)
        if self._expected is not None:
            weight *= (self._usual * self._expected(feature)) ** STEADINESS_POWER
        return weight

    def asked(self, features: frozenset[str], bare: frozenset[str] | None = None) -> Asked:
        """Make an utterance ready to be looked for; `bare` as in `search`."""
        known, mass, heaviest = self._measured(features)
        if bare is None or bare is features:
            return Asked(known, mass, mass, heaviest)
        also, bare_mass, _ = self._measured(bare)
        return Asked(list(dict.fromkeys((*known, *also))), mass, bare_mass, heaviest)

    def _measured(self, features: Collection[str]) -> tuple[list[int], float, float]:
        """The features that are known, the weight of all, and of the heaviest that is not known."""
        get, weights = self._ids.get, self._own_weights
        found = [i for feature in features if (i := get(feature)) is not None]
        known = [i for i in found if weights[i]]
        mass = sum([weights[i] for i in known])
        if len(found) == len(features):
            return known, mass, 0.0
        unknown = [self._unknown(feature) for feature in features if get(feature) is None]
        return known, mass + sum(unknown), max(unknown)

    def likeness(self, a: frozenset[str], b: frozenset[str]) -> Hit:
        """Two sets of features compared with each other, as if one of them were stored."""
        shared = self._measured(a & b)[1]
        mass = self._measured(a)[1] + self._measured(b)[1]
        return Hit(0, 0, 2 * shared / mass if mass else 0.0, mass / 2 / self._unknown_weight)

    def odd(self, asked: Asked, phrase: int) -> float:
        """The weight of the heaviest feature that only one of an utterance and a phrasing has.

        It is 1 for a feature as heavy as any.
        """
        row = self._row_of[phrase]
        stored = self._flat[self._firsts[row] :][: self._lengths[row]].tolist()
        weights = self._own_weights
        apart = max([weights[i] for i in set(asked.known).symmetric_difference(stored)], default=0)
        return max(apart, asked.heaviest_unknown) / self._unknown_weight

    def odd_of(self, a: frozenset[str], b: frozenset[str]) -> float:
        """The same of two sets of features."""
        known, _, unknown = self._measured(a ^ b)
        heaviest = max([unknown, *(self._own_weights[i] for i in known)])
        return heaviest / self._unknown_weight

    def search(
        self, features: frozenset[str], bare: frozenset[str] | None = None, limit: int = 10
    ) -> list[Hit]:
        """The best phrasing of each of the best groups, best first; equal ones keep their order.

        `bare` are the features without what bare phrasings leave out, if that differs.
        """
        return self.find(self.asked(features, bare), limit)

    def find(self, asked: Asked, limit: int) -> list[Hit]:
        """The same for an utterance that is ready."""
        if not asked.known:
            return []
        if self._is_thick:
            return self._hits_of_groups(asked, limit)
        worth = WORTH if len(self._masses) >= _LARGE else 0.0
        hits = self._hits(*self._found(asked, NEARLY * limit, worth), limit)
        if len(hits) == limit:
            return hits
        return self._hits(*self._found(asked, NEARLY**3 * limit, 0.0), limit)

    def _hits_of_groups(self, asked: Asked, limit: int) -> list[Hit]:
        """Hits among few large groups: the best of each is found before any are put in order."""
        _, likeness, both = self._found(asked, len(self._masses), 0.0)
        best = np.maximum.reduceat(likeness, self._group_starts)
        chosen = np.argsort(-best, kind="stable")[:limit].tolist()
        return [self._hit(group, likeness, both) for group in chosen if best[group]]

    def _hit(self, group: int, likeness: NDArray[Any], both: NDArray[Any]) -> Hit:
        start = int(self._group_starts[group])
        last = group + 1 == len(self._group_starts)
        stop = len(likeness) if last else int(self._group_starts[group + 1])
        row = start + int(likeness[start:stop].argmax())
        dice = min(1.0, 2 * float(likeness[row]))
        return Hit(
            group, int(self._order[row]), dice, float(both[row]) / (2 * self._unknown_weight)
        )

    def _split(self, asked: Asked) -> tuple[list[int], list[int]]:
        """The features that find candidates, and those too light for it."""
        if self._is_thick or len(self._masses) < _LARGE:
            return asked.known, []
        known = sorted(asked.known, key=self._own_weights.__getitem__)
        left = LIGHT * asked.mass
        for at, feature in enumerate(known):
            left -= self._own_weights[feature]
            if left < 0:
                return known[at:], known[:at]
        return known[-1:], known[:-1]

    def _found(
        self, asked: Asked, enough: int, worth: float
    ) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """The most alike phrasings, half their likeness, both weights."""
        heavy, light = self._split(asked)
        shared = self._shared(heavy)
        rows = np.flatnonzero(shared > worth * shared.max()) if worth else self._rows
        shared = shared[rows] if worth else shared
        both = (self._masses[rows] if worth else self._masses) + asked.mass
        if self._is_bare is not None and asked.bare_mass != asked.mass:
            both += (asked.bare_mass - asked.mass) * self._is_bare[rows]
        if len(rows) > enough:
            best = np.argpartition(shared / both, -enough)[-enough:]
            rows, shared, both = rows[best], shared[best], both[best]
        if light:
            shared += self._among(rows, light)
        return rows, shared / both, both

    def _shared(self, features: Sequence[int]) -> NDArray[Any]:
        """For every phrasing the weight of those of some features that it has."""
        starts, postings, own = self._starts, self._postings, self._own_weights
        slices = [postings[starts[i] : starts[i + 1]] for i in features]
        weights = np.repeat([own[i] for i in features], list(map(len, slices)))
        return np.bincount(np.concatenate(slices), weights, len(self._masses))

    def _among(self, rows: NDArray[Any], features: Sequence[int]) -> NDArray[Any]:
        """The weight of those of some features that each of a few phrasings has."""
        marks = np.zeros(len(self._ids), np.uint16)
        marks[features] = np.arange(1, len(features) + 1)
        weights = np.array([0.0, *(self._own_weights[f] for f in features)])
        found, lengths = _stretches(self._flat, self._firsts[rows], self._lengths[rows])
        return np.add.reduceat(weights[marks[found]], lengths.cumsum() - lengths)

    def _hits(
        self, rows: NDArray[Any], likeness: NDArray[Any], both: NDArray[Any], limit: int
    ) -> list[Hit]:
        """The best of each of the best groups among some phrasings."""
        groups = self._groups[rows]
        order = np.lexsort((rows, -likeness))
        first: dict[int, int] = {}
        for group, at in zip(groups[order].tolist(), order.tolist(), strict=True):
            if group not in first and likeness[at]:
                first[group] = at
                if len(first) == limit:
                    break
        best = list(first.values())
        dice = np.minimum(1.0, 2 * likeness[best]).tolist()
        masses = (both[best] / (2 * self._unknown_weight)).tolist()
        return list(map(Hit, first, self._order[rows[best]].tolist(), dice, masses))


def _numbered(
    phrases: Iterable[Collection[str]],
) -> tuple[dict[str, int], NDArray[Any], NDArray[Any]]:
    """The features with their numbers, those of all phrasings, and how many each phrasing has."""
    ids: dict[str, int] = {}
    flat, lengths = array("i"), array("i")
    for phrase in phrases:
        flat.extend([ids.setdefault(feature, len(ids)) for feature in phrase])
        lengths.append(len(phrase))
    return ids, np.array(flat, np.int32), np.array(lengths, np.int64)


def _own(feature: str, emphasis: Judgement, character: float) -> float:
    """What a feature weighs by itself."""
    return emphasis(feature) * (character if len(feature) == 1 else 1.0)


def _weighed(
    found: Occurrences, own: Sequence[float], expected: Sequence[float] | None
) -> tuple[NDArray[np.float64], float]:
    weights = np.array(own, np.float64) * rarity(found)
    usual = 1.0
    if expected is not None:
        steady, usual = steadiness(found, np.array(expected, np.float64))
        weights *= steady**STEADINESS_POWER
    weights = np.round(weights * _EXACT) / _EXACT
    return np.where(weights < NEGLIGIBLE * weights.max(initial=0.0), 0.0, weights), usual


def _stretches(
    flat: NDArray[Any], starts: NDArray[Any], lengths: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Stretches of an array one after another, and how long each is."""
    ends = lengths.cumsum()
    return flat[np.arange(lengths.sum()) + np.repeat(starts - ends + lengths, lengths)], lengths

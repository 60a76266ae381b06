"""Find the stored phrasings that share most with an utterance (an inverted index).

Every phrasing is a set of features (words, characters, perhaps pairs of characters), each with a
weight (see `term_weights`).  Similarity is Dice's coefficient: the weight that both share against
the weight of both, so that what the stored phrasing says beyond the utterance counts as much as
what it leaves out.

In a large index the light features, which nearly every phrasing has, find no candidates; their
weight is only added to candidates that the others found.  What a newcomer would get wrong: a
phrasing that shares only light features is found there only if the others find too few.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.understanding.arrays import kernels
from bot.understanding.index.tables import Priors, Tables, stretches
from bot.understanding.index.term_weights import STEADINESS_POWER, Judgement
from bot.understanding.index.vocabulary import numbered

CHARACTER_WEIGHT = 0.4
"""Weight of a single character relative to a word or pair: it matches by chance more often."""
LIGHT = 0.25
"""Share of an utterance's weight whose lightest features find no candidates."""
_NONE = 5e-324
"""The smallest positive float: the least similarity above none."""
_LARGE = 8_000
"""Number of phrasings from which reading every posting costs more than reading some twice."""
NEARLY = 6
"""Phrasings compared exactly for each group that is asked for: some groups have many."""
THICK = 16
"""Average phrasings per group from which searching by group is faster than by phrasing."""
WORTH = 0.15
"""Share of the best shared weight from which a phrasing of a large index is compared."""


class Hit(NamedTuple):
    """The phrasing of a group that is most similar to an utterance.

    `dice` is twice the shared weight against both weights, in 0..1; `mass` is the mean of both
    weights, in units of the heaviest feature.
    """

    group: int
    phrase: int
    dice: float
    mass: float


class Asked(NamedTuple):
    """An utterance in terms of an index: its known features, and the weight of all of them.

    `bare_mass` is the weight without the features that bare phrasings leave out.
    """

    known: list[int]
    mass: float
    bare_mass: float
    heaviest_unknown: float


class _Lists(dict[int, NDArray[np.int32]]):
    """Posting lists, cut out of the array when a feature is first asked for.

    Cutting them for every utterance took 10 of 150 µs among 2,000 phrasings (ADR 0018).
    """

    def __init__(self, tables: Tables) -> None:
        super().__init__()
        self._postings, self._starts = tables.postings, tables.starts.tolist()

    def __missing__(self, feature: int) -> NDArray[np.int32]:
        rows = self._postings[self._starts[feature] : self._starts[feature + 1]]
        self[feature] = rows
        return rows


class PhraseIndex:
    """An inverted index over phrasings; immutable once built."""

    def __init__(
        self,
        phrases: Iterable[Collection[str]],
        groups: Sequence[int],
        is_bare: Sequence[bool] = (),
        emphasis: Judgement = lambda _: 1.0,
        *,
        character: float = CHARACTER_WEIGHT,
        expected: Judgement | None = None,
    ) -> None:
        """Build an index; `groups[i]` is the group of `phrases[i]`, from 0, and none is empty.

        A bare phrasing leaves slots out and is compared with the bare features of an utterance.
        `emphasis` is the prior weight of a feature and `character` a factor for single characters;
        with `expected` (prior steadiness of a feature) steadiness counts.
        """
        priors = Priors(emphasis, character, expected)
        self._set_up(Tables.of(numbered(phrases), groups, priors, is_bare), priors)

    @classmethod
    def over(cls, tables: Tables, priors: Priors) -> PhraseIndex:
        """Make an index over existing tables; the priors must be those they were built with."""
        made = cls.__new__(cls)
        cls._set_up(made, tables, priors)
        return made

    def _set_up(self, tables: Tables, priors: Priors) -> None:
        self._tables, self._priors = tables, priors
        self._own_weights: list[float] = tables.weights.tolist()
        known = [*tables.vocabulary]
        weighed = zip(known, self._own_weights, strict=True)
        self._ids = {feature: i for i, (feature, weight) in enumerate(weighed) if weight}
        idle = np.flatnonzero(tables.weights == 0.0).tolist()
        self._weightless = frozenset(known[i] for i in idle)
        self._masses, self._groups = tables.masses, tables.groups
        self._order = tables.order
        self._row_of = np.argsort(self._order)
        self._group_starts = np.flatnonzero(np.diff(self._groups, prepend=-1))
        self._edges = np.append(self._group_starts, len(self._groups)).astype(np.int64)
        self._bounds: list[int] = self._edges.tolist()
        self._is_thick = len(self._groups) >= THICK * len(self._group_starts)
        self._rows = np.arange(len(self._groups))
        self._unknown_weight = float(tables.weights.max(initial=1.0))
        self._usual = float(tables.usual[0])
        self._spread = np.diff(tables.starts)
        self._lists = _Lists(tables)
        self._is_bare = tables.is_bare if len(tables.is_bare) else None

    def _unknown(self, feature: str) -> float:
        """Return the weight of an unseen feature: that of the heaviest, times its prior."""
        weight = self._unknown_weight * self._priors.own(feature)
        if self._priors.expected is not None:
            weight *= (self._usual * self._priors.expected(feature)) ** STEADINESS_POWER
        return weight

    def asked(self, features: frozenset[str], bare: frozenset[str] | None = None) -> Asked:
        """Look up and weigh the features of an utterance; `bare` as in `search`."""
        known, mass, heaviest = self._measured(features)
        if bare is None or bare is features:
            return Asked(known, mass, mass, heaviest)
        also, bare_mass, _ = self._measured(bare)
        return Asked(list(dict.fromkeys((*known, *also))), mass, bare_mass, heaviest)

    def _measured(self, features: frozenset[str]) -> tuple[list[int], float, float]:
        """Return the known features, the weight of all, and of the heaviest unknown one."""
        known = [i for i in map(self._ids.get, features) if i is not None]
        mass = sum(map(self._own_weights.__getitem__, known))
        if len(known) == len(features):
            return known, mass, 0.0
        new = features.difference(self._ids, self._weightless)
        unknown = [*map(self._unknown, new)]
        return known, mass + sum(unknown), max(unknown, default=0.0)

    def likeness(self, a: frozenset[str], b: frozenset[str]) -> Hit:
        """Compare two sets of features with each other, as if one of them were stored."""
        shared = self._measured(a & b)[1]
        mass = self._measured(a)[1] + self._measured(b)[1]
        return Hit(0, 0, 2 * shared / mass if mass else 0.0, mass / 2 / self._unknown_weight)

    def heaviest_unshared(self, asked: Asked, phrase: int) -> float:
        """Return the weight of the heaviest feature that is not shared with a phrasing.

        The unit is the heaviest feature of the index.
        """
        row, firsts = self._row_of.item(phrase), self._tables.firsts
        stored = self._tables.flat[firsts.item(row) : firsts.item(row + 1)].tolist()
        apart = {*asked.known}.symmetric_difference(stored)
        heaviest = max(map(self._own_weights.__getitem__, apart), default=0.0)
        return max(heaviest, asked.heaviest_unknown) / self._unknown_weight

    def heaviest_unshared_of(self, a: frozenset[str], b: frozenset[str]) -> float:
        """Return the weight of the heaviest feature that two sets do not share, in that unit."""
        known, _, unknown = self._measured(a ^ b)
        heaviest = max([unknown, *(self._own_weights[i] for i in known)])
        return heaviest / self._unknown_weight

    def search(
        self, features: frozenset[str], bare: frozenset[str] | None = None, limit: int = 10
    ) -> list[Hit]:
        """Return the best phrasing of each of the best groups, best first; ties keep their order.

        `bare` are the features without those that bare phrasings leave out, if they differ.
        """
        return self.find(self.asked(features, bare), limit)

    def find(self, asked: Asked, limit: int) -> list[Hit]:
        """Search for an utterance whose features were looked up by `asked`."""
        if not asked.known:
            return []
        if self._is_thick:
            return self._hits_of_groups(asked, limit)
        worth = WORTH if len(self._masses) >= _LARGE else 0.0
        hits = self._hits(*self._best_rows(asked, NEARLY * limit, worth), limit)
        if len(hits) == limit:
            return hits
        return self._hits(*self._best_rows(asked, NEARLY**3 * limit, 0.0), limit)

    def _hits_of_groups(self, asked: Asked, limit: int) -> list[Hit]:
        """Search few large groups: find the best phrasing of each, then sort."""
        if kernels.in_use:
            return self._compiled_hits(kernels.in_use, asked, limit)
        _, likeness, both = self._best_rows(asked, len(self._masses), 0.0)
        best = np.maximum.reduceat(likeness, self._group_starts)
        chosen = np.argsort(-best, kind="stable")[:limit].tolist()
        return [self._hit(group, likeness, both) for group in chosen if best[group]]

    def _compiled_hits(self, compiled: kernels.Kernels, asked: Asked, limit: int) -> list[Hit]:
        tables, masses = self._tables, (asked.mass, asked.bare_mass)
        found = compiled.best_of_groups(
            asked.known,
            tables.postings,
            tables.starts,
            tables.weights,
            tables.masses,
            self._is_bare,
            self._edges,
            *masses,
            limit,
        )
        return [
            self._hit_of(group, row, likeness, shared / likeness)
            for group, row, likeness, shared in found
        ]

    def _hit(self, group: int, likeness: NDArray[Any], both: NDArray[Any]) -> Hit:
        start = self._bounds[group]
        row = start + int(likeness[start : self._bounds[group + 1]].argmax())
        return self._hit_of(group, row, likeness.item(row), both.item(row))

    def _hit_of(self, group: int, row: int, likeness: float, both: float) -> Hit:
        mass = both / (2 * self._unknown_weight)
        return Hit(group, self._order.item(row), min(1.0, 2 * likeness), mass)

    def _split(self, asked: Asked) -> tuple[list[int], list[int]]:
        """Split into the features that find candidates and those too light for it."""
        known = sorted(sorted(asked.known), key=self._own_weights.__getitem__)
        left = LIGHT * asked.mass
        for at, feature in enumerate(known):
            left -= self._own_weights[feature]
            if left < 0:
                return known[at:], known[:at]
        return known[-1:], known[:-1]

    def _best_rows(
        self, asked: Asked, enough: int, worth: float
    ) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Return the rows of the most similar phrasings, half their Dice, and both weights.

        With `worth` 0 every feature finds candidates.
        """
        heavy, light = self._split(asked) if worth else (asked.known, [])
        shared = self._shared(heavy)
        rows = (shared > worth * shared.max()).nonzero()[0] if worth else self._rows
        shared = shared[rows] if worth else shared
        both = (self._masses[rows] if worth else self._masses) + asked.mass
        if self._is_bare is not None and asked.bare_mass != asked.mass:
            both += (asked.bare_mass - asked.mass) * self._is_bare[rows]
        if len(rows) > enough:
            rate = shared / both
            least = max(_NONE, np.partition(rate, -enough).item(-enough))
            best = (rate >= least).nonzero()[0]
            rows, shared, both = rows[best], shared[best], both[best]
        if light:
            shared += self._shared_among(rows, light)
        return rows, shared / both, both

    def _shared(self, features: Sequence[int]) -> NDArray[Any]:
        """Return for every phrasing the weight that it shares of these features."""
        found = [self._lists[i] for i in features]
        numbers = np.array(features)
        weights = self._tables.weights[numbers].repeat(self._spread[numbers])
        return np.bincount(np.concatenate(found), weights, len(self._masses))

    def _shared_among(self, rows: NDArray[Any], features: Sequence[int]) -> NDArray[Any]:
        """Return for each of a few phrasings the weight that it shares of these features."""
        count = len(features)
        marks: NDArray[Any] = np.zeros(
            len(self._own_weights), np.uint8 if count < 256 else np.uint16
        )
        marks[features] = np.arange(1, count + 1)
        weights = np.array([0.0, *[self._own_weights[f] for f in features]])
        firsts = self._tables.firsts[rows]
        lengths = self._tables.firsts[rows + 1] - firsts
        found = self._tables.flat.take(stretches(firsts, lengths))
        shared = weights.take(marks.take(found))  # `take` is twice as fast as [] here
        return np.add.reduceat(shared, lengths.cumsum() - lengths)

    def _hits(
        self, rows: NDArray[Any], likeness: NDArray[Any], both: NDArray[Any], limit: int
    ) -> list[Hit]:
        """Return the best phrasing of each of the best groups; `rows` ascend."""
        order = (-likeness).argsort(kind="stable")[: np.count_nonzero(likeness)]
        groups = self._groups[rows[order]].tolist()
        first: dict[int, int] = {}
        for at, group in enumerate(groups):
            if group not in first:
                first[group] = at
                if len(first) == limit:
                    break
        places = [*first.values()]
        best = order[places]
        phrases = self._order[rows[best]].tolist()
        dice = [min(1.0, 2 * like) for like in likeness[best].tolist()]
        masses = (both[best] / (2 * self._unknown_weight)).tolist()
        return [*map(Hit, first, phrases, dice, masses)]

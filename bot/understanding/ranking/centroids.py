"""What each entry's phrasings have in common, and how close an utterance comes to that.

The closest phrasing is one person's wording; the profile is what all of them say together: the
share of an entry's phrasings that hold a feature, weighed by how few other entries hold it.  An
utterance that takes one word from each of three phrasings is far from every one of them and close
to their profile (Rocchio's centroids; on questions written apart from the pack they found the
right entry for nine in ten where the closest phrasing did for seven).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from bot.understanding.arrays import kernels
from bot.understanding.arrays.saved import Saved, Writer
from bot.understanding.index.term_weights import Judgement

Cut = tuple[float, NDArray[np.int16], NDArray[np.float32]]
"""The square of a feature's rarity, the entries that have it, and their weights."""


@dataclass(frozen=True, slots=True)
class Centroids:
    """The centroid of every entry over the features of its phrasings."""

    _ids: Mapping[str, int]
    _rarity: NDArray[np.float64]
    _entries: NDArray[np.int16]
    """The entries that have a feature, one feature after another."""
    _weights: NDArray[np.float32]
    _starts: NDArray[np.int64]
    """Where those of each feature start, and where the last ones end."""
    _count: int
    _emphasis: Judgement
    _cut: dict[str, Cut] = field(default_factory=dict, compare=False)
    """What was looked up before."""

    @classmethod
    def of(
        cls,
        phrases: Iterable[Collection[str]],
        owners: Sequence[int],
        count: int,
        emphasis: Judgement = lambda _: 1.0,
    ) -> Centroids:
        """`owners[i]` is the entry, of `count`, that `phrases[i]` belongs to."""
        held: list[Counter[str]] = [Counter() for _ in range(count)]
        sizes = [0] * count
        for features, entry in zip(phrases, owners, strict=True):
            held[entry].update(features)
            sizes[entry] += 1
        spread = Counter(feature for counts in held for feature in counts)
        ids = {feature: number for number, feature in enumerate(spread)}
        rarity = np.array(
            [emphasis(feature) * float(np.log1p(count / n)) for feature, n in spread.items()]
        )
        rows = np.fromiter((ids[f] for c in held for f in c), np.int64)
        columns = np.repeat(np.arange(count, dtype=np.int16), [len(c) for c in held])
        shares = np.fromiter((n / sizes[e] for e, c in enumerate(held) for n in c.values()), float)
        weights = shares * rarity[rows]
        lengths = np.sqrt(np.bincount(columns, weights**2, count))
        weights = weights * rarity[rows] / lengths[columns]
        order = np.argsort(rows, kind="stable")
        return cls(
            ids,
            rarity,
            columns[order],
            weights[order].astype(np.float32),
            np.searchsorted(rows[order], np.arange(len(ids) + 1)),
            count,
            emphasis,
        )

    def save(self, writer: Writer) -> None:
        writer.table("profile-features", list(self._ids))
        writer.array("profile-rarity", self._rarity)
        writer.array("profile-entries", self._entries)
        writer.array("profile-weights", self._weights)
        writer.array("profile-starts", self._starts)

    @classmethod
    def restored(cls, saved: Saved, count: int, emphasis: Judgement) -> Centroids:
        """What was saved; the number of entries and the emphasis are those it was built with."""
        return cls(
            {feature: number for number, feature in enumerate(saved.table("profile-features"))},
            saved.array("profile-rarity"),
            saved.array("profile-entries"),
            saved.array("profile-weights"),
            saved.array("profile-starts"),
            count,
            emphasis,
        )

    def closeness(self, features: Iterable[str]) -> NDArray[np.float64]:
        """The cosine of an utterance's features with the profile of every entry, 0 to 1."""
        unknown = float(np.log1p(self._count))
        if kernels.in_use:
            return self._compiled(kernels.in_use, features, unknown)
        known, square = [], 0.0
        for feature in features:
            found = self._looked_up(feature)
            if found is None:
                square += (unknown * self._emphasis(feature)) ** 2
            else:
                square += found[0]
                known.append(found)
        if not known:
            return np.zeros(self._count)
        _, entries, weights = zip(*known, strict=True)
        shared = np.bincount(np.concatenate(entries), np.concatenate(weights), self._count)
        return np.asarray(shared) / sqrt(square or 1.0)

    def _compiled(
        self, compiled: kernels.Kernels, features: Iterable[str], unknown: float
    ) -> NDArray[np.float64]:
        found = np.zeros(self._count)
        arrays = self._rarity, self._entries, self._weights, self._starts
        compiled.profile_cosines(features, self._ids, *arrays, unknown, self._emphasis, found)
        return found

    def _looked_up(self, feature: str) -> Cut | None:
        number = self._ids.get(feature)
        if number is None:
            return None
        found = self._cut.get(feature)
        if found is None:
            part = slice(self._starts.item(number), self._starts.item(number + 1))
            found = self._rarity.item(number) ** 2, self._entries[part], self._weights[part]
            self._cut[feature] = found
        return found

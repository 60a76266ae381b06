"""What each entry's phrasings have in common, and how close an utterance comes to that.

The closest phrasing is one person's wording; the profile is what all of them say together: the
share of an entry's phrasings that hold a feature, weighed by how few other entries hold it.  An
utterance that takes one word from each of three phrasings is far from every one of them and close
to their profile (Rocchio's centroids; on questions written apart from the pack they found the
right entry for nine in ten where the closest phrasing did for seven).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray


class Profiles:
    """The centroid of every entry over the features of its phrasings. Immutable once built."""

    def __init__(
        self,
        phrases: Iterable[Collection[str]],
        owners: Sequence[int],
        count: int,
        emphasis: Callable[[str], float] = lambda _: 1.0,
    ) -> None:
        """`owners[i]` is the entry, of `count`, that `phrases[i]` belongs to."""
        self._emphasis = emphasis
        self._count = count
        held: list[Counter[str]] = [Counter() for _ in range(count)]
        sizes = [0] * count
        for features, entry in zip(phrases, owners, strict=True):
            held[entry].update(features)
            sizes[entry] += 1
        spread = Counter(feature for counts in held for feature in counts)
        self._ids = {feature: number for number, feature in enumerate(spread)}
        self._rarity = [
            emphasis(feature) * float(np.log1p(count / entries))
            for feature, entries in spread.items()
        ]
        self._unknown = float(np.log1p(count))
        rows = np.fromiter((self._ids[f] for c in held for f in c), np.int64)
        columns = np.repeat(np.arange(count, dtype=np.int16), [len(c) for c in held])
        shares = np.fromiter((n / sizes[e] for e, c in enumerate(held) for n in c.values()), float)
        weights = shares * np.asarray(self._rarity)[rows]
        lengths = np.sqrt(np.bincount(columns, weights**2, count))
        weights = weights * np.asarray(self._rarity)[rows] / lengths[columns]
        order = np.argsort(rows, kind="stable")
        self._entries: NDArray[np.int16] = columns[order]
        self._weights: NDArray[np.float32] = weights[order].astype(np.float32)
        self._starts: list[int] = np.searchsorted(
            rows[order], np.arange(len(self._ids) + 1)
        ).tolist()

    def closeness(self, features: Iterable[str]) -> NDArray[np.float64]:
        """The cosine of an utterance's features with the profile of every entry, 0 to 1."""
        known: list[slice] = []
        square = 0.0
        for feature in features:
            found = self._ids.get(feature)
            if found is None:
                square += (self._unknown * self._emphasis(feature)) ** 2
            else:
                square += self._rarity[found] ** 2
                known.append(slice(self._starts[found], self._starts[found + 1]))
        if not known:
            return np.zeros(self._count)
        entries = np.concatenate([self._entries[part] for part in known])
        weights = np.concatenate([self._weights[part] for part in known])
        return np.asarray(np.bincount(entries, weights, self._count)) / sqrt(square or 1.0)

"""Give a second opinion by sentence vectors where the score by words is uncertain.

Groups that words did not find are added, all are sorted by five signals, and the first is scored by
a model of its own.  What a newcomer would get wrong: if the score by words is high or hopeless, no
vector is computed, so most questions do not pay for one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.understanding.index.phrase_index import Hit
from bot.understanding.scoring import Semantic, shipped_semantic
from bot.understanding.semantic.closeness import closeness, meant_text
from bot.understanding.semantic.encoder import Encoder, Vectors

BROUGHT = 5
"""Number of groups that an encoder's vectors add to those found by words.  A table's add none: to
look for them takes a product with every vector, which is longer than everything else together.
"""
_AT_ONCE = 4_096


class Close(NamedTuple):
    """A group that is close: its nearest phrasing, closeness to it, and to the group's mean."""

    phrase: int
    meaning: float
    gist: float


class Rival(NamedTuple):
    """A group that may be meant, with its signals."""

    hit: Hit
    signals: Mapping[str, float]


class SecondOpinion:
    """The vectors of questions in groups; immutable once built."""

    def __init__(
        self,
        texts: Sequence[str],
        groups: Sequence[int],
        vectors: Vectors,
        encoder: Encoder,
        model: Semantic | None = None,
        brought: int = BROUGHT,
    ) -> None:
        """`vectors` are those of `meant_text` of each text; `groups` as for `Retriever`."""
        self.texts = texts
        self._brought = brought
        self.model = model or shipped_semantic()
        self._vectors, self._encoder = vectors, encoder
        numbers = np.asarray(groups)
        self._order = np.argsort(numbers, kind="stable")
        self._starts = np.flatnonzero(np.diff(numbers[self._order], prepend=-1))
        self._sizes = np.diff(self._starts, append=len(numbers))
        self._lengths = self._mean_lengths(numbers)

    def _mean_lengths(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the length of the mean of each group's vectors: 1 if all are equal."""
        totals = np.zeros((len(self._starts), self._vectors.shape[1]), np.float32)
        for start in range(0, len(numbers), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            np.add.at(totals, numbers[part], self._vectors[part])
        lengths: NDArray[np.float32] = np.linalg.norm(totals, axis=1) / self._sizes
        return np.maximum(lengths, np.float32(1e-6))

    def is_wanted(self, score: float) -> bool:
        """Return whether the score of a search is uncertain."""
        low, high = self.model.doubt
        return low <= score < high

    def is_wanted_for_pair(self, score: float) -> bool:
        """Return whether the score of two questions is uncertain."""
        low, high = self.model.pair_doubt
        return low <= score < high

    def close(self, text: str, groups: Sequence[int]) -> dict[int, Close]:
        """Return the closeness of these groups and of the few closest others."""
        vector = self._encoder.encode_one(meant_text(text))
        wanted = [*dict.fromkeys((*groups, *self._brought_by(vector)))]
        members = [self._order[start : start + size] for start, size in self._places(wanted)]
        cosines = self._vectors[np.concatenate(members)] @ vector
        found, start = {}, 0
        for group, phrases in zip(wanted, members, strict=True):
            own = cosines[start : start + len(phrases)]
            start += len(phrases)
            nearest = int(own.argmax())
            gist = float(own.sum()) / len(phrases) / float(self._lengths[group])
            found[group] = Close(
                int(phrases[nearest]), closeness(float(own[nearest])), closeness(gist)
            )
        return found

    def _places(self, groups: Sequence[int]) -> list[tuple[int, int]]:
        """Return where the phrasings of some groups begin, and how many there are."""
        starts, sizes = self._starts[groups].tolist(), self._sizes[groups].tolist()
        return [*zip(starts, sizes, strict=True)]

    def _brought_by(self, vector: Vectors) -> list[int]:
        if not self._brought:
            return []
        nearest = np.maximum.reduceat((self._vectors @ vector)[self._order], self._starts)
        found: list[int] = np.argsort(-nearest, kind="stable")[: self._brought].tolist()
        return found

    def meaning(self, a: str, b: str) -> float:
        """Return the closeness of two texts."""
        one, other = (self._encoder.encode_one(meant_text(text)) for text in (a, b))
        return closeness(float(one @ other))

"""How often everyday Chinese questions have a character, or two side by side.

Counted by scripts/make_background.py in public question sets; only numbers are kept, no sentence.
The class that `bot.understanding.ranking.likelihood` holds the pack's phrasings against.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import marisa_trie
import numpy as np

from bot.understanding.arrays.shipped import DATA

GRAMS, COUNTS = "everyday.marisa", "everyday.npy"
_UNSEEN = 0.5
"""Questions that a gram is counted in that was found in none."""
LEAST = 2
"""Questions that a gram has to be found in to be kept: half of those found once are slips."""


class EverydayGrams:
    """The share of everyday questions that have a gram. Immutable."""

    def __init__(self, folder: Path) -> None:
        """The folder holds what `save` wrote.

        Raises:
            OSError, ValueError: it does not, or a file is damaged.
        """
        self._grams = marisa_trie.Trie().mmap(str(folder / GRAMS))
        counts = np.load(folder / COUNTS, allow_pickle=False)
        if len(counts) != len(self._grams) + 1:
            raise ValueError(f"{folder}: grams and counts are not of one table")
        self._counts = counts.tolist()
        self._total: int = self._counts[-1]

    def grams(self) -> Iterator[str]:
        return iter(self._grams)

    def share(self, gram: str) -> float:
        """Return the share of everyday questions that have a gram, never 0."""
        place = self._grams.get(gram)
        count = 0 if place is None else self._counts[place]
        return float(count + _UNSEEN) / (self._total + 2 * _UNSEEN)


def save(folder: Path, counts: Mapping[str, int], total: int) -> None:
    """Write how many of `total` questions have each gram."""
    kept = {gram: count for gram, count in counts.items() if count >= LEAST}
    trie = marisa_trie.Trie(kept)
    ordered = [kept[trie.restore_key(place)] for place in range(len(trie))]
    trie.save(str(folder / GRAMS))
    np.save(folder / COUNTS, np.array([*ordered, total], np.uint32))


@cache
def shipped_everyday() -> EverydayGrams:
    """The counts in the package."""
    return EverydayGrams(DATA / "meaning")

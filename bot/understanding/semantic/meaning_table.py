"""Sentences as vectors out of a table: a row for each character and each pair of characters.

The vector of a text is the sum of the rows of what it is made of, brought to length 1.  The rows
are fitted so that these sums lie like the vectors of a sentence encoder (see
scripts/make_meaning.py): what the encoder knows of everyday Chinese fits into a few megabytes, and
a vector takes microseconds.  What a newcomer would get wrong: vectors of the table and of the
encoder must never meet; `version` tells them apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.understanding.arrays import kernels
from bot.understanding.arrays.shipped import DATA
from bot.understanding.semantic.encoder import Vectors
from bot.understanding.text.normalise import normalise

_REMEMBERED, _FEATURES_REMEMBERED = 1_024, 4_096
_AT_ONCE = 512
FEATURES, ROWS, SCALES, ABOUT = "features.marisa", "rows.npy", "scales.npy", "about.json"


class MeaningTable:
    """An `Encoder` that looks up and adds. Immutable once loaded."""

    def __init__(self, folder: Path) -> None:
        """The folder holds what `save` wrote.

        Raises:
            OSError, ValueError: it does not, or a file is damaged.
        """
        import marisa_trie  # noqa: PLC0415  a millisecond that `zhuce --help` does not need

        self._features = marisa_trie.Trie().mmap(str(folder / FEATURES))
        rows = np.load(folder / ROWS, mmap_mode="r", allow_pickle=False)
        self._rows: NDArray[np.int8] = rows.view(np.ndarray)  # a memmap is cut in Python
        self._scales: NDArray[np.float32] = np.load(folder / SCALES).astype(np.float32)
        self._version: str = json.loads((folder / ABOUT).read_text("utf-8"))["version"]
        if not len(self._features) == len(self._rows) == len(self._scales):
            raise ValueError(f"{folder}: features, rows and scales are not of one table")
        self._place_of = lru_cache(_FEATURES_REMEMBERED)(self._features.get)
        self.encode_one = lru_cache(_REMEMBERED)(self._encoded)

    @property
    def version(self) -> str:
        """Names the rows: equal versions give equal vectors."""
        return self._version

    @property
    def dimensions(self) -> int:
        return int(self._rows.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row of length 1 a text, in order; zeros for a text of which nothing is known."""
        found = np.zeros((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), _AT_ONCE):
            known = [*map(self._known, texts[start : start + _AT_ONCE])]
            lengths = np.array([len(places) for places in known])
            told = np.flatnonzero(lengths)
            if not len(told):
                continue
            flat = np.fromiter(chain.from_iterable(known), np.int64, int(lengths.sum()))
            rows = self._rows[flat] * self._scales[flat, None]
            starts = (np.cumsum(lengths) - lengths)[told]
            found[start + told] = np.add.reduceat(rows, starts, axis=0)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        found /= np.where(lengths > 0, lengths, 1)
        return found

    def _known(self, text: str) -> list[int]:
        places = map(self._place_of, features_of(text))
        return [place for place in places if place is not None]

    def _sum(self, places: list[int]) -> Vectors:
        if not kernels.in_use:
            found: Vectors = self._scales[places] @ self._rows[places].astype(np.float32)
            return found
        total = np.zeros(self.dimensions, np.float32)
        kernels.in_use.scaled_rows(places, self._scales, self._rows, total)
        return total

    def _encoded(self, text: str) -> Vectors:
        known = self._known(text)
        vector = self._sum(known)
        length = float(np.sqrt(vector @ vector))
        if length:
            vector /= length
        vector.flags.writeable = False
        return vector


def features_of(text: str) -> list[str]:
    """Characters and pairs of neighbouring characters of the matching form, blanks left out."""
    plain = normalise(text).replace(" ", "")
    return [*plain, *map("".join, pairwise(plain))]


def save(folder: Path, features: Sequence[str], rows: NDArray[np.float32], about: str) -> None:
    """Write a table: `rows[i]` belongs to `features[i]`; they are kept as eight-bit integers.

    `about` names what they were made of, and becomes the version.
    """
    import marisa_trie  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    trie = marisa_trie.Trie(features)
    order = np.argsort([trie[feature] for feature in features])
    ordered = rows[order]
    scales = np.maximum(np.abs(ordered).max(axis=1), 1e-9) / 127
    trie.save(str(folder / FEATURES))
    np.save(folder / ROWS, np.round(ordered / scales[:, None]).astype(np.int8))
    np.save(folder / SCALES, scales.astype(np.float16))
    told = json.dumps({"version": about}, ensure_ascii=False)
    (folder / ABOUT).write_text(told + "\n", encoding="utf-8")


@cache
def shipped_table() -> MeaningTable:
    """The table in the package."""
    return MeaningTable(DATA / "meaning")


def vectors_in(table: MeaningTable, texts: Iterable[str]) -> Vectors:
    """The vectors of many texts, as a matrix that is multiplied with."""
    return np.ascontiguousarray(table.encode(list(texts)))

"""Hold rows of different lengths in two arrays, which can be saved and mapped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.understanding.arrays.saved import Saved, Writer


@dataclass(frozen=True, slots=True)
class Ragged:
    """Rows of whole numbers, each of any length."""

    _flat: NDArray[np.int32]
    _ends: NDArray[np.int32]
    """Where each row ends in `_flat`."""

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]]) -> Ragged:
        flat = np.array([number for row in rows for number in row], np.int32)
        return cls(flat, np.cumsum([len(row) for row in rows], dtype=np.int32))

    def __getitem__(self, row: int) -> list[int]:
        start = self._ends.item(row - 1) if row else 0
        found: list[int] = self._flat[start : self._ends.item(row)].tolist()
        return found

    def save(self, writer: Writer, name: str) -> None:
        writer.arrays(name, self)

    @classmethod
    def restored(cls, saved: Saved, name: str) -> Ragged:
        return saved.arrays(name, cls)

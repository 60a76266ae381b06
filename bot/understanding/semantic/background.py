"""What everyday Chinese asks about: the centres of thousands of questions that are nobody's own.

A question that lies nearer to one of these than to anything of a pack is none of the pack's
business, however many of its words the pack knows.  Made by scripts/make_background.py with the
table of `bot.understanding.semantic.meaning_table`, whose vectors these are.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from bot.understanding.arrays.shipped import DATA
from bot.understanding.arrays.unit_rows import UnitRows
from bot.understanding.semantic.encoder import Vectors

CENTRES = "background.npy"


@cache
def shipped_background() -> UnitRows:
    """One centre a row."""
    return UnitRows.of(read_background(DATA / "meaning" / CENTRES))


def read_background(path: Path) -> Vectors:
    """The centres of a file.

    Raises:
        OSError, ValueError: there is none, or it is damaged.
    """
    rows = np.load(path, allow_pickle=False).astype(np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-6), np.float32)


def save_background(path: Path, centres: Vectors) -> None:
    """Keep centres as eight-bit integers: directions are all that counts."""
    scale = 127 / np.abs(centres).max(axis=1, keepdims=True)
    np.save(path, np.round(centres * scale).astype(np.int8))

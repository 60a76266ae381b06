"""Something saved in a folder, and what comes back from there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.understanding.arrays.saved import Saved, Writer, load, save

T = TypeVar("T")


@dataclass(frozen=True)
class Anything:
    """Is saved by what it is given."""

    save: Callable[[Writer], None]


def saved_and_loaded(
    folder: Path, write: Callable[[Writer], None], restore: Callable[[Saved], T]
) -> T:
    save(folder / "some", {}, Anything(write))
    found = load(folder / "some", {}, restore)
    assert found is not None
    return found

"""The inner loops of understanding, compiled where a compiler was at hand at installation.

`in_use` has them, or is `None`, and then the Python beside each call does the same: it is the
reference, and tests hold the two together.  What a newcomer would get wrong: nothing but speed
depends on it, so nobody has to install a compiler; `zhuce doctor` says which of the two it is.
The functions themselves are in `_kernels.c`, which hatch_build.py compiles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_SOURCE = Path(__file__).with_name("_kernels.c")
Pairs = tuple[tuple[str, float], ...]
"""Words, each with what it weighs."""


class Kernels(Protocol):
    """What is compiled; arrays are of the types that `_kernels.c` names."""

    def largest(self, values: NDArray[np.floating], count: int, /) -> list[int]: ...

    def best_of_groups(
        self,
        known: list[int],
        postings: NDArray[np.int32],
        starts: NDArray[np.int64],
        weights: NDArray[np.float64],
        masses: NDArray[np.float64],
        is_bare: NDArray[np.float64] | None,
        bounds: NDArray[np.int64],
        mass: float,
        bare_mass: float,
        limit: int,
        /,
    ) -> list[tuple[int, int, float, float]]: ...

    def profile_cosines(
        self,
        features: Iterable[str],
        ids: Mapping[str, int],
        rarity: NDArray[np.float64],
        entries: NDArray[np.int16],
        weights: NDArray[np.float32],
        starts: NDArray[np.int64],
        unknown: float,
        emphasis: Callable[[str], float],
        out: NDArray[np.float64],
        /,
    ) -> None: ...

    def rough_products(
        self,
        query: NDArray[np.float32],
        codes: NDArray[np.int8],
        scales: NDArray[np.float32],
        out: NDArray[np.float32],
        /,
    ) -> None: ...

    def largest_product(
        self,
        query: NDArray[np.float32],
        rows: NDArray[np.float32],
        roughly: NDArray[np.float32],
        slack: float,
        first: int,
        last: int,
        /,
    ) -> float: ...

    def largest_products(
        self,
        query: NDArray[np.float32],
        rows: NDArray[np.float32],
        roughly: NDArray[np.float32],
        slack: float,
        starts: NDArray[np.int64],
        chosen: list[int],
        /,
    ) -> list[float]: ...

    def most_alike(
        self,
        query: NDArray[np.float32],
        rows: NDArray[np.float32],
        roughly: NDArray[np.float32],
        slack: float,
        starts: NDArray[np.int64],
        gists: NDArray[np.float32],
        count: int,
        /,
    ) -> list[int]: ...

    def scaled_rows(
        self,
        places: Sequence[int | None],
        scales: NDArray[np.float32],
        rows: NDArray[np.int8],
        out: NDArray[np.float32],
        /,
    ) -> None: ...

    def odds(
        self,
        places: Sequence[int | None],
        values: Sequence[float],
        weights: NDArray[np.int8],
        width: int,
        scale: float,
        /,
    ) -> list[float]: ...

    def runs(self, prefix: str, text: str, longest: int, /) -> Sequence[str]: ...

    def shared_words(
        self,
        covered: float,
        others: Pairs,
        besides: Pairs,
        emphases: Pairs,
        words: frozenset[str],
        characters: frozenset[str],
        told: frozenset[str],
        /,
    ) -> tuple[float, float, float]: ...

    def words_had(
        self,
        others: Pairs,
        words: frozenset[str],
        characters: frozenset[str],
        told: frozenset[str],
        /,
    ) -> list[float]: ...

    def weighted(self, weights: Mapping[str, float], signals: Mapping[str, float], /) -> float: ...

    def near_sets(
        self, sets: NDArray[np.uint64], first: int, last: int, text: str, most: int, /
    ) -> list[int]: ...


def _found() -> Kernels | None:
    """What was compiled, if it was compiled from the source beside it: a checkout may be newer."""
    try:
        module: Any = import_module("bot.understanding.arrays._kernels")
    except ImportError:
        return None
    is_current = crc32(_SOURCE.read_bytes()) == module.SOURCE
    return cast("Kernels", module) if is_current else None


in_use: Kernels | None = _found()

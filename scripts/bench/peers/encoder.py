"""Wrap a sentence encoder: the phrasings whose vectors are nearest to the question's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from bot.understanding.semantic.encoder import UniversalEncoder
from scripts.bench.peers.port import PHRASINGS, Scored, gathered

AT_ONCE = 256
"""Texts encoded in one call: more cost memory and save no time."""


class Nearest:
    def index(
        self,
        texts: Sequence[str],
        groups: Sequence[int],
        words: Iterable[list[str]],  # noqa: ARG002
    ) -> None:
        self._groups = groups
        self._encoder = UniversalEncoder()
        parts = [texts[start : start + AT_ONCE] for start in range(0, len(texts), AT_ONCE)]
        self._vectors = np.concatenate([self._encoder.encode(part) for part in parts])

    def search(self, query: str) -> Scored:
        closeness = self._vectors @ self._encoder.encode_one(query)
        count = min(PHRASINGS, len(closeness))
        nearest = np.argpartition(-closeness, count - 1)[:count]
        best = nearest[np.argsort(-closeness[nearest], kind="stable")]
        places, scores = best.tolist(), closeness[best].tolist()
        return gathered(zip(places, scores, strict=True), self._groups)

    def compare(self, query: str, place: int) -> float:
        return float(self._vectors[place] @ self._encoder.encode_one(query))

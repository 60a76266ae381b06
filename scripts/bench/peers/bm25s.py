"""Wrap bm25s: BM25 computed at indexing time, in a sparse matrix (numpy and scipy)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import bm25s

from scripts.bench.cutting import words_of
from scripts.bench.peers.port import PHRASINGS, Scored, gathered


class Bm25s:
    def index(
        self,
        texts: Sequence[str],
        groups: Sequence[int],
        words: Iterable[list[str]],
    ) -> None:
        self._groups = groups
        self._phrasings = min(PHRASINGS, len(texts))
        self._engine = bm25s.BM25()
        self._engine.index(list(words), show_progress=False)

    def search(self, query: str) -> Scored:
        known = [word for word in words_of(query) if word in self._engine.vocab_dict]
        if not known:
            return []
        places, scores = self._engine.retrieve([known], k=self._phrasings, show_progress=False)
        found = zip(places[0].tolist(), scores[0].tolist(), strict=True)
        return gathered(((place, score) for place, score in found if score > 0), self._groups)

    def compare(self, query: str, place: int) -> float:
        known = [word for word in words_of(query) if word in self._engine.vocab_dict]
        return float(self._engine.get_scores(known)[place]) if known else 0.0

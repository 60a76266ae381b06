"""Wrap rank_bm25: BM25 (Okapi) over Python dictionaries, every phrasing for every question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from rank_bm25 import BM25Okapi

from scripts.bench.cutting import words_of
from scripts.bench.peers.port import PHRASINGS, Scored, gathered


class RankBm25:
    def index(
        self,
        texts: Sequence[str],  # noqa: ARG002
        groups: Sequence[int],
        words: Iterable[list[str]],
    ) -> None:
        self._groups = groups
        self._engine = BM25Okapi(list(words))

    def search(self, query: str) -> Scored:
        scores = self._engine.get_scores(words_of(query))
        places = np.argsort(-scores, kind="stable")[:PHRASINGS]
        found = zip(places.tolist(), scores[places].tolist(), strict=True)
        return gathered(((place, score) for place, score in found if score > 0), self._groups)

    def compare(self, query: str, place: int) -> float:
        return float(self._engine.get_batch_scores(words_of(query), [place])[0])

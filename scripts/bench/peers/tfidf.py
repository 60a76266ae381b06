"""Wrap scikit-learn's TF-IDF over characters, pairs and triples of them; cosine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from scripts.bench.peers.port import PHRASINGS, Scored, gathered


class Tfidf:
    def index(
        self,
        texts: Sequence[str],
        groups: Sequence[int],
        words: Iterable[list[str]],  # noqa: ARG002
    ) -> None:
        self._groups = groups
        self._vectoriser = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), dtype=np.float32)
        self._phrasings = self._vectoriser.fit_transform(texts)
        self._by_feature = self._phrasings.T.tocsr()

    def search(self, query: str) -> Scored:
        likeness = self._vectoriser.transform([query]) @ self._by_feature
        best = np.lexsort((likeness.indices, -likeness.data))[:PHRASINGS]
        places, scores = likeness.indices[best].tolist(), likeness.data[best].tolist()
        return gathered(zip(places, scores, strict=True), self._groups)

    def compare(self, query: str, place: int) -> float:
        vector = self._vectoriser.transform([query])
        return float((vector @ self._phrasings[place].T).sum())

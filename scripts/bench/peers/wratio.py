"""Wrap rapidfuzz's weighted ratio against every phrasing, as many bots use it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process

from scripts.bench.peers.port import PHRASINGS, Scored, gathered


class WRatio:
    def index(
        self,
        texts: Sequence[str],
        groups: Sequence[int],
        words: Iterable[list[str]],  # noqa: ARG002
    ) -> None:
        self._groups = groups
        self._texts = [text.lower() for text in texts]

    def search(self, query: str) -> Scored:
        found = process.extract(query.lower(), self._texts, scorer=fuzz.WRatio, limit=PHRASINGS)
        return gathered(((place, score / 100) for _, score, place in found), self._groups)

    def compare(self, query: str, place: int) -> float:
        return fuzz.WRatio(query.lower(), self._texts[place]) / 100

"""Wrap the collection engine, as `zhuce kb eval` runs it; no user is answered by it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.understanding.collection.retriever import Retriever
from bot.understanding.text.tokeniser import Engine, full_cutter
from scripts.bench.peers.port import GROUPS, Scored


class _Zhuce:
    ENGINE: Engine

    def index(
        self,
        texts: Sequence[str],
        groups: Sequence[int],
        words: Iterable[list[str]],  # noqa: ARG002  it cuts by itself, and that is measured
    ) -> None:
        self._texts = texts
        self._retriever = Retriever(texts, groups, full_cutter(self.ENGINE))

    def search(self, query: str) -> Scored:
        found = self._retriever.search(query, GROUPS)
        # Only the first group has a probability; the others keep their order below it.
        return [(hit.group, found.score if n == 0 else 0.0) for n, hit in enumerate(found.hits)]

    def compare(self, query: str, place: int) -> float:
        return self._retriever.compare(query, self._texts[place])


class Jieba(_Zhuce):
    ENGINE = "jieba"


class Rjieba(_Zhuce):
    ENGINE = "rjieba"

"""Wrap the collection engine with a second opinion by vectors: the extra `semantic`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.understanding.collection.retriever import Retriever
from bot.understanding.collection.second_opinion import SecondOpinion
from bot.understanding.semantic.closeness import meant_text
from bot.understanding.semantic.encoder import UniversalEncoder
from bot.understanding.semantic.vectors import vectors_of
from bot.understanding.text.tokeniser import full_cutter
from scripts.bench.peers.port import GROUPS, Scored


class Semantic:
    def index(
        self,
        texts: Sequence[str],
        groups: Sequence[int],
        words: Iterable[list[str]],  # noqa: ARG002  it cuts by itself, and that is measured
    ) -> None:
        encoder = UniversalEncoder()
        meant = [meant_text(text) for text in texts]
        vectors = vectors_of(meant, encoder, None, lambda _doing, _done, _of: None)
        opinion = SecondOpinion(texts, groups, vectors, encoder)
        self._texts = texts
        self._asked = self._seconds = 0
        self._retriever = Retriever(texts, groups, full_cutter("rjieba")).advised(opinion)

    def search(self, query: str) -> Scored:
        found = self._retriever.search(query, GROUPS)
        self._asked += 1
        self._seconds += found.is_second
        return [(hit.group, found.score if n == 0 else 0.0) for n, hit in enumerate(found.hits)]

    def compare(self, query: str, place: int) -> float:
        return self._retriever.judge(query, self._texts[place]).score

    def told(self) -> dict[str, float]:
        """Return the share of questions that used the second opinion."""
        return {"semantic_share": self._seconds / max(1, self._asked)}

"""Wrap whoosh-reloaded, a search engine in Python, in memory; the words are given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from whoosh import query as queries
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.fields import STORED, TEXT, Schema
from whoosh.filedb.filestore import RamStorage

from scripts.bench.cutting import words_of
from scripts.bench.peers.port import PHRASINGS, Scored, gathered


class Whoosh:
    def index(
        self,
        texts: Sequence[str],  # noqa: ARG002
        groups: Sequence[int],
        words: Iterable[list[str]],
    ) -> None:
        self._groups = groups
        field = TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False)
        index = RamStorage().create_index(Schema(words=field, place=STORED))
        writer = index.writer()
        for place, some in enumerate(words):
            writer.add_document(words=" ".join(some), place=place)
        writer.commit()
        self._searcher = index.searcher()

    def search(self, query: str) -> Scored:
        terms = [queries.Term("words", word) for word in dict.fromkeys(words_of(query))]
        hits = self._searcher.search(queries.Or(terms), limit=PHRASINGS)
        return gathered(((hit["place"], hit.score) for hit in hits), self._groups)

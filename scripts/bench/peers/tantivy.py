"""Wrap tantivy, Lucene's design in Rust; the words are given, in a field that is cut at spaces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import tantivy
from tantivy import Occur, Query

from scripts.bench.cutting import words_of
from scripts.bench.peers.port import PHRASINGS, Scored, gathered

HEAP_BYTES = 256 * 2**20


class Tantivy:
    def index(
        self,
        texts: Sequence[str],  # noqa: ARG002
        groups: Sequence[int],
        words: Iterable[list[str]],
    ) -> None:
        self._groups = groups
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
        builder.add_integer_field("place", fast=True)
        self._schema = builder.build()
        index = tantivy.Index(self._schema)
        writer = index.writer(HEAP_BYTES, 1)
        for place, some in enumerate(words):
            writer.add_document(tantivy.Document(words=" ".join(some), place=place))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()

    def search(self, query: str) -> Scored:
        some = dict.fromkeys(words_of(query))
        terms = [(Occur.Should, Query.term_query(self._schema, "words", word)) for word in some]
        wanted = Query.boolean_query(terms)
        hits = self._searcher.search(wanted, PHRASINGS, count=False).hits
        places = self._searcher.fast_field_values("place", [address for _, address in hits])
        found = zip(places, (score for score, _ in hits), strict=True)
        return gathered(sorted(found, key=lambda one: (-one[1], one[0])), self._groups)

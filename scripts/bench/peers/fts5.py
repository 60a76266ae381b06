"""Wrap SQLite's full-text index, in memory; the words are given, separated by spaces."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from scripts.bench.cutting import words_of
from scripts.bench.peers.port import PHRASINGS, Scored, gathered

TABLE = "create virtual table phrasing using fts5(words, content='')"
FIND = "select rowid, -rank from phrasing where words match ? order by rank limit ?"
SCORE = "select -rank from phrasing where words match ? and rowid = ?"


class Fts5:
    def index(
        self,
        texts: Sequence[str],  # noqa: ARG002
        groups: Sequence[int],
        words: Iterable[list[str]],
    ) -> None:
        self._groups = groups
        self._base = sqlite3.connect(":memory:")
        self._base.execute(TABLE)
        rows = ((place, " ".join(some)) for place, some in enumerate(words))
        self._base.executemany("insert into phrasing (rowid, words) values (?, ?)", rows)
        self._base.commit()

    def search(self, query: str) -> Scored:
        wanted = _any_of(query)
        return gathered(self._base.execute(FIND, (wanted, PHRASINGS)), self._groups)

    def compare(self, query: str, place: int) -> float:
        row = self._base.execute(SCORE, (_any_of(query), place)).fetchone()
        return float(row[0]) if row else 0.0


def _any_of(query: str) -> str:
    return " OR ".join(f'"{word}"' for word in dict.fromkeys(words_of(query))) or '""'

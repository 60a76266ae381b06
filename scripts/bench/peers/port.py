"""Declare what a peer does: index phrasings in groups, find the groups closest to a question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

Scored = list[tuple[int, float]]
"""Groups or phrasings with their scores, best first."""
PHRASINGS, GROUPS = 50, 10
"""How many phrasings a peer searches, and how many groups they are gathered into."""


class Peer(Protocol):
    def index(
        self, texts: Sequence[str], groups: Sequence[int], words: Iterable[list[str]]
    ) -> None:
        """Index phrasings; `groups[i]` is the i-th text's group, `words` its words."""

    def search(self, query: str) -> Scored:
        """Return up to `GROUPS` groups, best first; a group scores as its best phrasing."""


@runtime_checkable
class Comparing(Protocol):
    """A peer that can score one pair."""

    def compare(self, query: str, place: int) -> float:
        """Return the score of a question for the phrasing at an index."""


@runtime_checkable
class Telling(Protocol):
    """A peer that reports figures of its own on the questions it was asked."""

    def told(self) -> dict[str, float]: ...


def gathered(phrasings: Iterable[tuple[int, float]], groups: Sequence[int]) -> Scored:
    """Gather phrasings, best first, into groups."""
    best: dict[int, float] = {}
    for place, score in phrasings:
        best.setdefault(groups[place], score)
        if len(best) == GROUPS:
            break
    return list(best.items())

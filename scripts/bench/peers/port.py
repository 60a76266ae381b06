"""What a peer does: it is given phrasings in groups, and finds the groups closest to a question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

Scored = list[tuple[int, float]]
"""Groups or phrasings with their scores, best first."""
PHRASINGS, GROUPS = 50, 10
"""How many phrasings a peer looks for, and how many groups they are gathered into."""


class Peer(Protocol):
    def index(
        self, texts: Sequence[str], groups: Sequence[int], words: Iterable[list[str]]
    ) -> None:
        """Take in phrasings; `groups[i]` is the i-th text's group, `words` what it was cut into."""

    def search(self, query: str) -> Scored:
        """At most `GROUPS` groups, best first; a group's score is that of its best phrasing."""


@runtime_checkable
class Comparing(Protocol):
    """A peer that can score one pair."""

    def compare(self, query: str, place: int) -> float:
        """How well a question fits the phrasing at a place of the index."""


@runtime_checkable
class Telling(Protocol):
    """A peer that has figures of its own to tell of the questions that it was put."""

    def told(self) -> dict[str, float]: ...


def gathered(phrasings: Iterable[tuple[int, float]], groups: Sequence[int]) -> Scored:
    """Groups of phrasings that come best first."""
    best: dict[int, float] = {}
    for place, score in phrasings:
        best.setdefault(groups[place], score)
        if len(best) == GROUPS:
            break
    return list(best.items())

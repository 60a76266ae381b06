"""Queue replies that wait because a group has reached its limit for this minute.

Only the last reply of a person waits: a person who asks three times meanwhile gets the third
answer, which says that it also stands for the first two.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Waiting(Generic[T]):
    item: T
    passed_over: list[T]


class WaitingRoom(Generic[T]):
    """The queue of one group: first come, first served, one place per person."""

    def __init__(self) -> None:
        self._places: dict[Hashable, _Waiting[T]] = {}

    def __len__(self) -> int:
        return len(self._places)

    def add(self, user: Hashable, item: T) -> None:
        """Queue an item; it replaces an older one of the same person, in its place."""
        place = self._places.get(user)
        if place is None:
            self._places[user] = _Waiting(item, [])
        else:
            place.passed_over.append(place.item)
            place.item = item

    def next(self) -> tuple[T, list[T]]:
        """Remove and return the first item, and those it replaced.

        Raises:
            LookupError: nobody waits.
        """
        user = next(iter(self._places), None)
        if user is None:
            raise LookupError("nobody waits")
        place = self._places.pop(user)
        return place.item, place.passed_over

    def leave(self) -> Iterator[T]:
        """Yield everything that waits; the room is empty afterwards."""
        places, self._places = self._places, {}
        for place in places.values():
            yield from (*place.passed_over, place.item)

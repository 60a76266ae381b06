"""Replies that wait because a group has had its share of this minute.

Of one person only the last reply waits: who asks three times while the bot must be silent gets the
third answer, which says that the first two were passed over.
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
    """One group's room: first come, first served, one place a person."""

    def __init__(self) -> None:
        self._places: dict[Hashable, _Waiting[T]] = {}

    def __len__(self) -> int:
        return len(self._places)

    def add(self, user: Hashable, item: T) -> None:
        """A newer item takes the place of an older one of the same person."""
        place = self._places.get(user)
        if place is None:
            self._places[user] = _Waiting(item, [])
        else:
            place.passed_over.append(place.item)
            place.item = item

    def next(self) -> tuple[T, list[T]]:
        """Who has waited longest: the item and those it stands for as well.

        Raises:
            LookupError: nobody waits.
        """
        user = next(iter(self._places), None)
        if user is None:
            raise LookupError("nobody waits")
        place = self._places.pop(user)
        return place.item, place.passed_over

    def leave(self) -> Iterator[T]:
        """Everything that waits; the room is empty afterwards."""
        places, self._places = self._places, {}
        for place in places.values():
            yield from (*place.passed_over, place.item)

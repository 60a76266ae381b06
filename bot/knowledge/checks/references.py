"""Check references to names, and names that are used twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from pydantic import BaseModel

from bot.errors import Problem
from bot.knowledge.did_you_mean import did_you_mean
from bot.knowledge.draft import Names
from bot.knowledge.reading.located import Trail
from bot.knowledge.validation import Item

F = TypeVar("F", bound=BaseModel)

Use = tuple[str, Trail]
"""A name, and where it is used inside its item."""


def unknown_names(item: Item[F], kind: str, names: Names, uses: Iterable[Use]) -> Iterator[Problem]:
    """Yield a problem for each use of a name that nothing of that kind has."""
    for name, trail in uses:
        if names.lacks(name):
            yield item.problem(f"没有{kind}“{name}”{did_you_mean(name, names.known)}", *trail)


def duplicates(items: Iterable[tuple[Item[F], str]]) -> Iterator[Problem]:
    """Yield a problem for each item whose name an earlier one has."""
    first: dict[str, str] = {}
    for item, name in items:
        if name in first:
            yield item.problem(f"“{name}”写了两次，另一处在 {first[name]}")
        first.setdefault(name, item.place)


def listed(key: str, names: Iterable[str]) -> Iterator[Use]:
    """Yield the uses in a list of plain names under `key`."""
    return ((name, (key, index)) for index, name in enumerate(names))

"""Hold plain data from one YAML file with the line of every value.

A trail is the way to a value from the outside in (`("entries", 0, "ask", 2)`).  For a value of a
mapping the line is that of its key.  People see names and count from one, so the path of a problem
is `entries > renewal-materials > ask > 3`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from bot.errors import Problem

Value: TypeAlias = "str | int | date | list[Value] | dict[str, Value] | None"
Trail: TypeAlias = tuple[str | int, ...]

NAMING_KEYS = ("id", "short", "word", "q")
"""Keys whose value names an item in a path, tried in this order."""


@dataclass(frozen=True, slots=True)
class Located:
    """One file; `data` is None if it could not be read, and `problems` then says why."""

    name: str
    raw: bytes = b""
    data: Value = None
    lines: Mapping[Trail, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def line(self, trail: Trail) -> int:
        """Return the line of a value, or of the innermost value around it that the file has."""
        while trail and trail not in self.lines:
            trail = trail[:-1]
        return self.lines.get(trail, 1)

    def problem(self, trail: Trail, message: str) -> Problem:
        return Problem(self.name, self.line(trail), path_of(self.data, trail), message)


def path_of(data: Value, trail: Trail) -> str:
    return " > ".join(_names(data, trail))


def _names(data: Value, trail: Trail) -> Iterator[str]:
    for step in trail:
        data = _child(data, step)
        yield _name_of_item(data, step) if isinstance(step, int) else step[:64]


def _child(data: Value, step: str | int) -> Value:
    if isinstance(data, dict) and isinstance(step, str):
        return data.get(step)
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    return None


def _name_of_item(item: Value, index: int) -> str:
    if isinstance(item, dict):
        for key in NAMING_KEYS:
            name = item.get(key)
            if isinstance(name, str) and 0 < len(name) <= 64 and name.isprintable():
                return name
    return str(index + 1)

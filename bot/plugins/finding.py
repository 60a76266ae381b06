"""Represent the result of an examination."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """`NOTE` is worth knowing; only `PROBLEM` makes `zhuce doctor` end with 1."""

    WELL = "well"
    NOTE = "note"
    PROBLEM = "problem"


_MARKS = {State.WELL: "✓", State.NOTE: "·", State.PROBLEM: "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one thing; `mend` says what to do about it."""

    about: str
    state: State
    text: str
    mend: str | None = None

    def __str__(self) -> str:
        line = f"{_MARKS[self.state]} {self.about}：{self.text}"
        return f"{line}\n    → {self.mend}" if self.mend else line


def well(about: str, text: str) -> Finding:
    return Finding(about, State.WELL, text)


def note(about: str, text: str, mend: str | None = None) -> Finding:
    return Finding(about, State.NOTE, text, mend)


def problem(about: str, text: str, mend: str) -> Finding:
    return Finding(about, State.PROBLEM, text, mend)

"""Represent what must have been answered for a transition to be open.

Plain data without expressions: a condition names steps, and for each of them the answers that will
do.  `bot.core.procedures.conditions` applies it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class AnswerTest:
    """What one answer may be; everything that is given has to hold."""

    answer: str | None = None
    """Exactly this answer, whatever its case and width."""
    is_unasked: bool = False
    """The way did not lead past the step, or nothing came of it."""
    least: str | None = None
    """A number or an ISO date from which on it holds."""
    below: str | None = None
    """A number or an ISO date from which on it no longer holds."""
    group: str | None = None
    """Any option of this group."""
    any_of: tuple[str, ...] = ()
    """At least one of these is among the options chosen."""
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()


Condition: TypeAlias = Mapping[str, tuple[AnswerTest, ...]]
"""Maps step ids to tests: every step has to pass one of its own."""

"""A day to be reminded of, and what writes it into a calendar file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Reminder:
    """A whole day in a calendar. `uid` is the same whenever the same is reminded of."""

    uid: str
    day: date
    title: str
    text: str
    written_on: date
    """The day on which it was worked out."""


WriteCalendar = Callable[[Reminder], str]
"""The text of an .ics file for one reminder. Pure."""

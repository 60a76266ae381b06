"""Define a calendar reminder and the function that writes it as a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder for a whole day; its `uid` is the same for the same day of the same calculator."""

    uid: str
    day: date
    title: str
    text: str
    written_on: date
    """The day on which it was worked out."""


WriteCalendar = Callable[[Reminder], str]
"""Returns the text of an .ics file for one reminder; pure."""

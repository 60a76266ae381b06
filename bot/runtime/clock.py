"""Provide what the bot needs of the machine at every turn: the time, and a writer of calendars."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.util import find_spec

from bot.core.model.reminder import Reminder, WriteCalendar


class SystemClock:
    """Tells the machine's time, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def calendar_writer() -> WriteCalendar | None:
    """Return the writer of .ics files; `None` without the extra `calendar`."""
    return write_calendar if find_spec("icalendar") else None


def write_calendar(reminder: Reminder) -> str:
    """Return the text of an .ics file; its library is imported at the first call."""
    from bot.drawing.calendar_file import write

    return write(reminder)

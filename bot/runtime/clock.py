"""Provide what the bot needs of the machine at every turn: the time, and a writer of calendars."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.util import find_spec

from bot.core.model.calendar import Reminder, WriteCalendar


class SystemClock:
    """Tells the machine's time, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def calendar_writer() -> WriteCalendar | None:
    """What writes .ics files; `None` without the extra `calendar`, and days are only told."""
    return write_calendar if find_spec("icalendar") else None


def write_calendar(reminder: Reminder) -> str:
    """Return the text of an .ics file; its library is imported at the first call."""
    from bot.drawing.calendar import write

    return write(reminder)

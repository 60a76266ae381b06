"""What the bot needs of the machine at every turn: the time, and a library for calendars."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.util import find_spec

from bot.core.model.calendar import Reminder, WriteCalendar


class SystemClock:
    """The clock of the machine, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def calendar_writer() -> WriteCalendar | None:
    """What writes .ics files; `None` without the extra `calendar`, and days are only told."""
    return write_calendar if find_spec("icalendar") else None


def write_calendar(reminder: Reminder) -> str:
    """The text of an .ics file; its library is loaded when the first one is wanted."""
    from bot.drawing.calendar import write

    return write(reminder)

"""Provide what the bot needs of the machine at every turn: the time, and a writer of calendars."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.core.model.calendar import Reminder


class SystemClock:
    """Tells the machine's time, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def write_calendar(reminder: Reminder) -> str:
    """Return the text of an .ics file; its library is imported at the first call."""
    from bot.drawing.calendar import write

    return write(reminder)

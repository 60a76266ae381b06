"""Write reminders as iCalendar files (RFC 5545), with the library icalendar.

A deadline is a whole day, not a moment: it has no time zone, and every calendar shows it on that
day wherever its owner is.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from icalendar import Alarm, Calendar, Event

from bot.core.model.reminder import Reminder
from bot.core.model.spans import ZONE

PRODUCT = "-//zhuce//deadlines//ZH"
AHEAD = (7, 3, 1, 0)
"""Days before the day on which the alarm may ring; the first that still lies ahead is taken."""
AT = timedelta(hours=9)
"""When it rings on that day."""


def write(*reminders: Reminder) -> str:
    """Return the text of the file, the same bytes for the same reminders."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for reminder in reminders:
        calendar.add_component(_event(reminder))
    text: str = calendar.to_ical().decode()
    return text


def _event(reminder: Reminder) -> Event:
    event = Event()
    event.add("uid", f"{reminder.uid}@zhuce")
    event.add("dtstamp", datetime.combine(reminder.written_on, time(), ZONE).astimezone(UTC))
    event.add("dtstart", reminder.day)
    event.add("dtend", reminder.day + timedelta(days=1))
    event.add("summary", reminder.title)
    event.add("description", reminder.text)
    event.add("transp", "TRANSPARENT")
    event.add_component(_alarm(reminder))
    return event


def _alarm(reminder: Reminder) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", reminder.title)
    alarm.add("trigger", AT - timedelta(days=_days_ahead(reminder)))
    return alarm


def _days_ahead(reminder: Reminder) -> int:
    """Return how many days before its day the alarm rings: never on a day that has begun."""
    left = (reminder.day - reminder.written_on).days
    return next((days for days in AHEAD if days < left), 0)

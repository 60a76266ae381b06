"""Calendar files, read back by the library and looked at byte by byte."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from bot.core.model.reminder import Reminder
from bot.drawing.calendar_file import write

REMINDER = Reminder(
    uid="zhuce-initial-deadline-2027-02-28",
    day=date(2027, 2, 28),
    title="二建初始注册的最后一天",
    text="算法：\n1. 2024-02-29 ＋ 3 年 ＝ 2027-02-28；依据：甲, 乙",
    written_on=date(2026, 11, 22),
)


def test_the_day_is_a_whole_day_with_an_alarm_at_nine_a_week_before() -> None:
    [event] = Calendar.from_ical(write(REMINDER)).walk("VEVENT")
    assert event.decoded("dtstart") == date(2027, 2, 28)
    assert event.decoded("dtend") == date(2027, 3, 1)
    assert str(event["summary"]) == "二建初始注册的最后一天"
    assert str(event["description"]) == REMINDER.text
    assert str(event["uid"]) == "zhuce-initial-deadline-2027-02-28@zhuce"
    [alarm] = event.walk("VALARM")
    assert alarm.decoded("trigger") == timedelta(days=-7, hours=9)


@pytest.mark.parametrize(("left", "before"), [(8, 7), (7, 3), (3, 1), (2, 1), (1, 0)])
def test_the_alarm_still_lies_ahead(left: int, before: int) -> None:
    soon = replace(REMINDER, written_on=REMINDER.day - timedelta(days=left))
    [alarm] = Calendar.from_ical(write(soon)).walk("VALARM")
    assert alarm.decoded("trigger") == timedelta(days=-before, hours=9)


def test_it_is_stamped_with_the_beginning_of_the_day_in_shanghai() -> None:
    [event] = Calendar.from_ical(write(REMINDER)).walk("VEVENT")
    assert event.decoded("dtstamp") == datetime(2026, 11, 21, 16, tzinfo=UTC)


def test_lines_end_as_the_standard_wants_and_are_not_too_long() -> None:
    text = write(REMINDER)
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert "DTSTART;VALUE=DATE:20270228" in text


def test_the_same_reminder_is_the_same_file() -> None:
    assert write(REMINDER) == write(REMINDER)

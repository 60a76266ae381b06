"""Conversations replayed on another day."""

from __future__ import annotations

from datetime import UTC, date, datetime

from bot.app import Brain, write_calendar
from bot.core.model.reply import Document
from bot.runtime.replay import Replayer

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def test_last_year_is_the_one_before_the_day_that_is_asked_for(brain: Brain) -> None:
    replayer = Replayer(brain, NOW, as_of=date(2024, 1, 15))
    text = replayer.run(["去年三月拿的资格证，还来得及初始注册不"]).reply.as_text()
    assert "2026-03-01～2026-03-31" in text
    assert "今天：2024-01-15（北京时间）" in text


def test_a_file_for_the_calendar_can_be_had_by_words(brain: Brain) -> None:
    replayer = Replayer(brain, NOW, calendar=write_calendar)
    reply = replayer.run(["/deadline 延续 2027-3-1", "加进日历"]).reply
    [document] = reply.parts
    assert isinstance(document, Document)
    assert document.name == "renewal-deadline-2027-01-30.ics"
    assert "DTSTART;VALUE=DATE:20270130" in document.content

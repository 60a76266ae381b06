"""Offer a deadline as a calendar file, or in words where nothing can write one."""

from __future__ import annotations

from bot.core.deadlines.result import compute, reminder_day, result_reply
from bot.core.model.pack import Calculator
from bot.core.model.reminder import Reminder
from bot.core.model.reply import Choices, Document, Part, Reply, Status, Text, part_as_text
from bot.core.model.scope import Scope
from bot.core.model.spans import Span

MEDIA_TYPE = "text/calendar"


def calendar_reply(scope: Scope, calculator: Calculator, span: Span) -> Reply:
    """Build the reply with the file for one calculation; its words name the day as well."""
    answer = result_reply(scope, calculator, span)
    reminder = _reminder(scope, calculator, span, answer)
    words = scope.phrase("calendar", date=reminder.day.isoformat(), title=reminder.title)
    part: Part = Text(words)
    if scope.calendar:
        name = f"{calculator.id}-{reminder.day.isoformat()}.ics"
        part = Document(name, MEDIA_TYPE, scope.calendar(reminder), words)
    return Reply(
        Status.ANSWERED, (part,), answers=answer.answers, slots=answer.slots, rule="calendar"
    )


def _reminder(scope: Scope, calculator: Calculator, span: Span, answer: Reply) -> Reminder:
    day = reminder_day(calculator.rule, compute(calculator, span, scope))
    shown = [part_as_text(part) for part in answer.parts if not isinstance(part, Choices)]
    return Reminder(
        uid=f"{scope.pack.id}-{calculator.id}-{day.isoformat()}",
        day=day,
        title=calculator.reminder or calculator.title,
        text="\n\n".join(shown),
        written_on=scope.day,
    )

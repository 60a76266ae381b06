"""Offer a deadline as a calendar file, or in words where nothing can write one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core.deadlines.result import compute, reminder_day, result_reply
from bot.core.model.calculator import Calculator
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
    return Reminder(
        uid=f"{scope.pack.id}-{calculator.id}-{day.isoformat()}",
        day=day,
        title=calculator.reminder or calculator.title,
        text=_lasting(answer, result_reply(_tomorrow(scope), calculator, span)),
        written_on=scope.day,
    )


def _tomorrow(scope: Scope) -> Scope:
    return replace(scope, day=scope.day + timedelta(days=1))


def _lasting(answer: Reply, later: Reply) -> str:
    """Return the paragraphs of an answer without the lines that are untrue a day later."""
    lasting = {line for text in _texts(later) for line in text.split("\n")}
    kept = (
        "\n".join(line for line in text.split("\n") if line in lasting) for text in _texts(answer)
    )
    return "\n\n".join(filter(None, kept))


def _texts(reply: Reply) -> list[str]:
    return [part_as_text(part) for part in reply.parts if not isinstance(part, Choices)]

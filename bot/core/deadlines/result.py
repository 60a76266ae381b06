"""Build the reply of a calculator: the verdict first, then the working line by line, then advice.

Each line of the working names its source.  Today's date is one of the lines, because the verdict
may be another tomorrow.  For a month or a year both ends are worked out and shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from bot.core.answering.citations import fact_text, perspective_of, sources_part
from bot.core.answering.phrase_replies import outdated_reply
from bot.core.model.calculator import Calculator, CalculatorLine
from bot.core.model.choices import Calculate, ShowEntry
from bot.core.model.date_rules import Outcome, Period, Result, Rule, work_out
from bot.core.model.entry import Confidence, Fact
from bot.core.model.reply import (
    Answer,
    Choice,
    Choices,
    ListPart,
    Part,
    Reason,
    Reply,
    Status,
    Text,
)
from bot.core.model.scope import Scope
from bot.core.model.spans import Span
from bot.core.model.vocabulary import SERVICE

Ends = tuple[Result, Result]
"""The results for the first and for the last day that may be meant; equal if it is one day."""


def compute(calculator: Calculator, span: Span, scope: Scope) -> Ends:
    """Apply the rule to both ends of the span."""
    first, last = (
        work_out(calculator.rule, calculator.period, day, scope.day)
        for day in (span.first, span.last)
    )
    return first, last


def result_reply(scope: Scope, calculator: Calculator, span: Span) -> Reply:
    """Build the answer for a date, or ask for the day if the two ends come out differently."""
    ends = compute(calculator, span, scope)
    outcomes = tuple(dict.fromkeys(end.outcome for end in ends))
    rules = _facts(scope, calculator.working, outcomes)
    if not rules:
        facts = [line.fact for line in calculator.working]
        return outdated_reply(scope, calculator.id, calculator.title, facts, None)
    advice = _facts(scope, calculator.advice, outcomes)
    is_clear = len(outcomes) == 1
    sources = sources_part(scope, [*rules, *advice])
    parts: list[Part] = [
        *_verdicts(scope, calculator, ends),
        _working(scope, calculator, span, ends, rules),
        *([Text("\n".join(_advice(scope, advice)))] if advice else []),
        *_caveats(scope, [*rules, *advice]),
        sources,
    ]
    return Reply(
        status=Status.ANSWERED if is_clear else Status.CLARIFY,
        reason=None if is_clear else Reason.AMBIGUOUS,
        parts=(*parts, Choices(_ways_on(scope, calculator, span, ends))),
        answers=(Answer(calculator.id, {**_slots(calculator), "date": str(span)}, sources.notes),),
        slots={**scope.slots, **_slots(calculator)},
        rule=f"calculator:{calculator.id}:{'-'.join(outcomes)}",
    )


def _slots(calculator: Calculator) -> dict[str, str]:
    return {SERVICE: calculator.registration} if calculator.registration else {}


def _facts(
    scope: Scope, lines: Iterable[CalculatorLine], outcomes: Sequence[Outcome]
) -> list[Fact]:
    """Return the facts that may be shown today, in this region, for these outcomes."""
    return [
        line.fact
        for line in lines
        if (not line.when or set(line.when) & set(outcomes))
        and line.fact.holds_on(scope.day)
        and (not line.fact.regions or scope.region in (None, *line.fact.regions))
    ]


def _verdicts(scope: Scope, calculator: Calculator, ends: Ends) -> list[Part]:
    if ends[0].outcome == ends[1].outcome:
        return [Text(_verdict_text(scope, calculator, ends[0].outcome, ends))]
    ifs = [
        scope.phrase(
            "calculate_if",
            date=end.day,
            verdict=_verdict_text(scope, calculator, end.outcome, (end, end)),
        )
        for end in ends
    ]
    return [Text(scope.phrase("calculate_which_day")), Text("\n".join(ifs))]


def _verdict_text(scope: Scope, calculator: Calculator, outcome: Outcome, ends: Ends) -> str:
    return calculator.results[outcome].format(**_values(scope, calculator.period, ends))


def _values(scope: Scope, period: Period, ends: Ends) -> dict[str, str]:
    first, last = ends
    days = sorted({first.days, last.days})
    return {
        "date": _from_to(scope, first.day, last.day),
        "last": _from_to(scope, first.last, last.last),
        "next": _from_to(scope, first.next, last.next),
        "days": _from_to(scope, days[0], days[-1]),
        "period": period_text(scope, period),
        "today": scope.day.isoformat(),
    }


def _from_to(scope: Scope, first: object, last: object) -> str:
    if first == last:
        return str(first)
    return scope.phrase("calculate_from_to", first=first, last=last)


def period_text(scope: Scope, period: Period) -> str:
    """Write a period in words.

    Raises:
        ValueError: the period is empty.
    """
    for unit in ("years", "months", "days"):
        if count := getattr(period, unit):
            return scope.phrase(f"period_{unit}", count=count)
    raise ValueError(f"an empty period: {period!r}")


def _working(
    scope: Scope, calculator: Calculator, span: Span, ends: Ends, rules: Sequence[Fact]
) -> Part:
    values = _values(scope, calculator.period, ends)
    given = scope.phrase("calculate_given", name=calculator.date_name, date=str(span))
    if not span.is_day:
        ends_of = {"first": span.first, "last": span.last}
        given += scope.phrase("calculate_open_day", **ends_of)
    lines = [
        given,
        *(_cited_line(scope, fact) for fact in rules),
        scope.phrase(f"formula_{calculator.rule}", **values),
        scope.phrase("calculate_today", today=values["today"]),
    ]
    return ListPart(tuple(lines), scope.phrase("calculate_working"), is_numbered=True)


def _cited_line(scope: Scope, fact: Fact) -> str:
    """Write a fact with its source and article, and how sure it is.

    待核实 stands before a fact of low confidence; one of medium confidence says so at its end.
    """
    places = "；".join(
        f"{c.source.title} {c.article}" if c.article else c.source.title for c in fact.citations
    )
    key = "calculate_cited_fairly" if fact.confidence is Confidence.MEDIUM else "calculate_cited"
    return scope.phrase(key, text=fact_text(scope, fact), place=places)


def _advice(scope: Scope, facts: Iterable[Fact]) -> list[str]:
    return [
        scope.phrase("fairly_sure", text=fact.text)
        if fact.confidence is Confidence.MEDIUM
        else fact_text(scope, fact)
        for fact in facts
    ]


def _caveats(scope: Scope, facts: Sequence[Fact]) -> list[Part]:
    whose = perspective_of(scope, facts)
    return [Text(whose)] if whose else []


def _ways_on(scope: Scope, calculator: Calculator, span: Span, ends: Ends) -> tuple[Choice, ...]:
    options: list[Choice] = []
    if calculator.reminder and reminder_day(calculator.rule, ends) > scope.day:
        file = Calculate(calculator.id, str(span), as_file=True)
        options.append(Choice(scope.phrase("calculate_to_calendar"), str(file)))
    options.append(Choice(scope.phrase("calculate_other_date"), str(Calculate(calculator.id))))
    options += [
        Choice(scope.pack.entries[name].title, str(ShowEntry(name)))
        for name in calculator.entries[:1]
    ]
    return tuple(options)


def reminder_day(rule: Rule, ends: Ends) -> date:
    """Return the day for the calendar; where two may be meant, the one that is safe."""
    return ends[1].next if rule is Rule.NOT_BEFORE else ends[0].last

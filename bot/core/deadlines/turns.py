"""The talk round a calculation: which one is meant, from which date, and asking for either.

What a newcomer would get wrong: a date in a question calls for a calculator only where the words
speak of one, by their cues or by the entry that would have answered.  While a calculator waits for
its date it takes any date that comes alone, and everything else is answered as ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.answering.limits import MAX_CHOICES
from bot.core.answering.replies import plain_reply, question_reply
from bot.core.deadlines import choose
from bot.core.deadlines.bounds import Refusal, plausible
from bot.core.deadlines.calendar import calendar_reply
from bot.core.deadlines.result import reckoned
from bot.core.model.choices import Calculate, StopCalculating
from bot.core.model.pack import Calculator
from bot.core.model.reply import Answer, Choice, Reason, Reply, Status, Text
from bot.core.model.scope import Scope
from bot.core.model.session import Asking, Session
from bot.core.model.spans import SaidDate, Span, read_span
from bot.core.model.turn import Turn
from bot.core.model.understanding import Understanding
from bot.core.model.vocabulary import PLACE, SERVICE

MOST_PASSED = 2
"""Turns about something else that a calculator waits through, offering to go on."""
_STOPPING = ("取消", "算了", "不算了", "结束", "退出")
_NOW = ("今天", "今日")
_DAY_MARKS = frozenset("0123456789年月")


def spoken(
    scope: Scope, session: Session, understanding: Understanding, reply: Reply
) -> Turn | None:
    """The turn of words that call for a calculation; `reply` is what they get without one."""
    if reply.reason is Reason.BOUNDARY or not scope.pack.calculators:
        return None
    scope = replace(scope, slots=_place(understanding))
    is_bare = understanding.is_bare_date
    named = [] if is_bare else choose.named_by(scope, understanding, reply)
    if not understanding.dates:
        return _without_date(scope, session, understanding, reply, named)
    asking = _asking(scope, session)
    if not named and asking and (is_bare or _may_answer(understanding, reply)):
        named = [asking]
    if not named:
        is_date = not understanding.undated and bool(_DAY_MARKS & set(understanding.text))
        return _which(scope, session, (), understanding.dates) if is_date else None
    if len(named) > 1:
        return _which(scope, session, named, understanding.dates)
    return _dated(scope, session, named[0], understanding.dates, reply)


def stop(scope: Scope, session: Session) -> Turn:
    """Call the calculation off."""
    reply = plain_reply(scope, "calculate_stopped", Status.SMALLTALK, None, "calculate_stop")
    return Turn(reply, replace(session, asking=None))


def calculate(scope: Scope, session: Session, target: Calculate) -> Turn | None:
    """Work out the date of a choice, or ask for one; `None` where it makes no sense."""
    calculator = scope.pack.calculators.get(target.calculator)
    if calculator is None:
        return None
    scope = replace(scope, slots={k: v for k, v in scope.slots.items() if k == PLACE})
    if not target.span:
        return None if target.as_file else ask(scope, session, calculator)
    span = read_span(target.span)
    if span is None:
        return None
    found = plausible(calculator, (span,), scope.day)
    if isinstance(found, Refusal):
        return _refused(scope, session, calculator, found)
    if target.as_file:
        return Turn(calendar_reply(scope, calculator, found[0]), session)
    return _worked_out(scope, session, calculator, found[0])


def commanded(scope: Scope, session: Session, argument: Understanding | None) -> Turn:
    """`/deadline`, with or without words behind it."""
    if argument is None:
        return _which(scope, session, (), ())
    scope = replace(scope, slots=_place(argument))
    named = choose.cued(scope, argument) or choose.registered(scope, argument)
    if len(named) != 1:
        return _which(scope, session, named, argument.dates)
    if not argument.dates:
        return ask(scope, session, named[0])
    nothing = plain_reply(scope, "calculate_which", Status.CLARIFY, Reason.AMBIGUOUS, "")
    return _dated(scope, session, named[0], argument.dates, nothing)


def ask(scope: Scope, session: Session, calculator: Calculator, lead: str = "") -> Turn:
    """Ask for the date; `lead` is said first."""
    text = f"{calculator.ask}\n{scope.phrase('calculate_forms')}"
    reply = question_reply(
        scope,
        "calculate_ask",
        [Choice(scope.phrase("calculate_stop"), str(StopCalculating()))],
        f"calculate:{calculator.id}",
        text=f"{lead}\n{text}" if lead else text,
    )
    return Turn(reply, replace(session, asking=Asking(calculator.id)))


def settled(scope: Scope, before: Session, turn: Turn) -> Turn:
    """A turn about something else offers to go on, and after some of them the matter is dropped."""
    asking, calculator = turn.session.asking, _asking(scope, turn.session)
    if asking is None or asking is not before.asking:
        return turn
    is_over = asking.passed >= MOST_PASSED or turn.reply.status is Status.PROCEDURE
    if calculator is None or is_over:
        return replace(turn, session=replace(turn.session, asking=None))
    label = scope.phrase("calculate_go_on", title=calculator.title)
    session = replace(turn.session, asking=replace(asking, passed=asking.passed + 1))
    reply = turn.reply
    value = str(Calculate(calculator.id))
    if value not in [choice.value for choice in reply.choices]:
        reply = reply.with_choice(Choice(label, value))
    return replace(turn, reply=reply, session=session)


def _asking(scope: Scope, session: Session) -> Calculator | None:
    return scope.pack.calculators.get(session.asking.calculator) if session.asking else None


def _place(understanding: Understanding) -> dict[str, str]:
    return {k: v for k, v in understanding.plain_slots.items() if k == PLACE}


def _may_answer(understanding: Understanding, reply: Reply) -> bool:
    """Whether a date was told, and not something asked that happens to hold one."""
    return understanding.may_tell_a_date and reply.status is not Status.ANSWERED


def _without_date(
    scope: Scope,
    session: Session,
    understanding: Understanding,
    reply: Reply,
    named: list[Calculator],
) -> Turn | None:
    if choose.is_said(understanding.undated, scope.pack.calculation):
        named = choose.registered(scope, understanding) if len(named) != 1 else named
        if len(named) == 1:
            return ask(scope, session, named[0])
        return _which(scope, session, named, ())
    if session.context.entry in scope.pack.calculators and (
        others := _instead(scope, understanding)
    ):
        return (
            ask(scope, session, others[0])
            if len(others) == 1
            else _which(scope, session, others, ())
        )
    asking = _asking(scope, session)
    if asking and understanding.utterance in _STOPPING:
        return stop(scope, session)
    if asking and reply.is_unclear:
        return ask(scope, session, asking, scope.phrase("calculate_no_date"))
    return None


def _instead(scope: Scope, understanding: Understanding) -> list[Calculator]:
    """换成退证呢 behind one deadline asks for another."""
    is_named = understanding.names_only(SERVICE)
    return choose.registered(scope, understanding) if is_named else []


def _which(
    scope: Scope, session: Session, among: Sequence[Calculator], dates: Sequence[SaidDate]
) -> Turn:
    """Ask which calculation is meant; a date that was said goes along."""
    spans = [str(date.spans[0]) for date in dates if len(date.spans) == 1]
    known = spans[0] if len(spans) == 1 == len(dates) else ""
    options = [
        Choice(calculator.title, str(Calculate(calculator.id, known)))
        for calculator in among or scope.pack.calculators.values()
    ]
    reply = question_reply(scope, "calculate_which", options, "calculate_which")
    wrong = [scope.phrase("no_such_day", date=d.surface) for d in dates if d.is_impossible]
    if wrong:
        reply = replace(reply, parts=(Text("\n".join(wrong)), *reply.parts))
    return Turn(reply, session)


def _dated(
    scope: Scope,
    session: Session,
    calculator: Calculator,
    dates: Sequence[SaidDate],
    reply: Reply,
) -> Turn:
    """The calculation from what was said: a date, or one of several that may be meant."""
    others = [date for date in dates if date.surface not in _NOW]
    known = read_span(session.asking.span) if session.asking else None
    dates = [date.settled(known) if known else date for date in others or dates]
    if len(dates) > 1:
        return _of_several(scope, session, calculator, dates, reply)
    [said] = dates
    if said.is_impossible:
        lead = scope.phrase("no_such_day", date=said.surface)
        return ask(scope, session, calculator, lead)
    found = plausible(calculator, said.spans, scope.day)
    if isinstance(found, Refusal):
        return _refused(scope, session, calculator, found, reply)
    if len(found) == 1:
        return _worked_out(scope, session, calculator, found[0])
    nearest = sorted(found, key=lambda span: abs(span.first - scope.day))[:MAX_CHOICES]
    options = {str(span): span for span in sorted(nearest, key=lambda span: span.first)}
    return _choose(scope, session, calculator, options, reply)


def _of_several(
    scope: Scope,
    session: Session,
    calculator: Calculator,
    dates: Sequence[SaidDate],
    reply: Reply,
) -> Turn:
    """Those dates that say all by themselves, each as a choice."""
    options = {
        said.surface: found[0]
        for said in dates
        if not isinstance(found := plausible(calculator, said.spans, scope.day), Refusal)
        and len(found) == 1
    }
    return _choose(scope, session, calculator, options, reply)


def _choose(
    scope: Scope,
    session: Session,
    calculator: Calculator,
    spans: Mapping[str, Span],
    reply: Reply,
) -> Turn:
    """Whoever gets an answer anyway gets it, with a choice for each date; others are asked."""
    if reply.status is Status.ANSWERED:
        for label, span in spans.items():
            text = scope.phrase("calculate_from", date=label)
            reply = reply.with_choice(Choice(text, str(Calculate(calculator.id, str(span)))))
        return Turn(reply, session)
    if not spans:
        return ask(scope, session, calculator)
    values = {label: str(Calculate(calculator.id, str(span))) for label, span in spans.items()}
    options = [Choice(label, value) for label, value in values.items()]
    reply = question_reply(
        scope, "calculate_which_date", options, "calculate_which_date", name=calculator.date_name
    )
    return Turn(reply, replace(session, asking=Asking(calculator.id)))


def _worked_out(scope: Scope, session: Session, calculator: Calculator, span: Span) -> Turn:
    """Where the day makes the difference, it may be said next."""
    reply = reckoned(scope, calculator, span)
    is_open = reply.status is Status.CLARIFY
    asking = Asking(calculator.id, span=str(span)) if is_open else None
    return Turn(reply, replace(session, asking=asking))


def _refused(
    scope: Scope,
    session: Session,
    calculator: Calculator,
    refusal: Refusal,
    reply: Reply | None = None,
) -> Turn:
    """Says why nothing is worked out; what the pack answers without a date is said all the same."""
    text = scope.phrase(
        f"calculate_{refusal.why}",
        date=str(refusal.span),
        name=calculator.date_name,
        today=scope.day.isoformat(),
        since=calculator.since,
    )
    if reply and reply.status is Status.ANSWERED:
        return Turn(replace(reply, parts=(Text(text), *reply.parts)), session)
    if refusal.why != "no_data":
        return ask(scope, session, calculator, text)
    answers = (Answer(calculator.id),)
    silent = Reply(
        Status.ABSTAINED, (Text(text),), Reason.NO_DATA, answers, rule="calculate_no_data"
    )
    return Turn(replace(silent, slots=scope.slots), replace(session, asking=None))

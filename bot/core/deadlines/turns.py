"""Decide the turns about a calculation: choose one, ask for its date, show the result.

What a newcomer would get wrong: a date in a question calls for a calculator only if the words match
its cues or one of its entries would have answered.  While a calculator waits for its date it takes
any date that comes alone, and everything else is answered as usual.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.core.answering.limits import MAX_CHOICES
from bot.core.answering.phrase_replies import joined_sources, plain_reply, question_reply
from bot.core.deadlines import choose
from bot.core.deadlines.bounds import Refusal, plausible
from bot.core.deadlines.calendar_file import calendar_reply
from bot.core.deadlines.result import result_reply
from bot.core.model.calculator import Calculator
from bot.core.model.choices import Calculate, StopCalculating
from bot.core.model.question_type import QuestionType
from bot.core.model.reply import Answer, Choice, Choices, Reason, Reply, Sources, Status, Text
from bot.core.model.scope import Scope
from bot.core.model.session import Asking, Session
from bot.core.model.spans import SaidDate, Span, read_span, year_span
from bot.core.model.turn import Turn
from bot.core.model.understanding import Understanding
from bot.core.model.vocabulary import PLACE, SERVICE
from bot.core.words.cues import matches
from bot.core.words.date_roles import meant
from bot.core.words.unsure import says_unsure

_MOST_SHORT = timedelta(days=92)
MOST_PASSED = 2
"""A calculator waits through this many turns about something else; the next one drops it."""
_STOPPING = ("取消", "算了", "不算了", "结束", "退出")
_NOW = ("今天", "今日")
_RECKONED_FROM = re.compile(r"从(?:那天|那时|那|这天)?(?:开始|起)?(?:重新)?(?:算|计)")
_AHEAD = re.compile(
    r"提前|提早|最[晚迟早]|快要?到|就要到|马上到|即将|将要|到时候?|(?:什么|啥)时候|何时|几时|还有"
)
_BEHIND = re.compile(
    r"(?<![快要])到期了|已经|过了|过期了|忘|没来得及|没赶上|没[办去弄]|错过|超了|晚了"
)
_DAY_MARKS = frozenset("0123456789年月")


def calculate_from_words(
    scope: Scope, session: Session, understanding: Understanding, reply: Reply
) -> Turn | None:
    """Decide the turn of words that call for a calculation; `None` if they do not.

    `reply` is what the words get without one.
    """
    if not scope.pack.calculators:
        return None
    is_unsure = bool(_waiting(scope, session)) and says_unsure(understanding.text)
    if reply.reason is Reason.BOUNDARY and not is_unsure:
        return None
    if _asks_where_it_begins(understanding, reply):
        return None
    scope = replace(scope, slots=_region_slot(understanding))
    is_bare = understanding.is_bare_date
    named = [] if is_bare else choose.by_words(scope, understanding, reply)
    if not understanding.dates:
        return _turn_without_date(scope, session, understanding, reply, named)
    asking = _waiting(scope, session)
    if not named and asking and (is_bare or _tells_a_date(understanding, reply)):
        named = [asking]
    if not named:
        is_date = not understanding.undated and bool(_DAY_MARKS & set(understanding.text))
        return _ask_which(scope, session, (), understanding.dates) if is_date else None
    if choose.is_beside(scope, understanding, reply):
        return _with_reckonings(scope, session, named, understanding, reply)
    if len(named) > 1:
        return _ask_which(scope, session, named, understanding.dates)
    return _work_out(scope, session, named[0], understanding, reply)


def _with_reckonings(
    scope: Scope,
    session: Session,
    among: Sequence[Calculator],
    understanding: Understanding,
    reply: Reply,
) -> Turn | None:
    """Return the answer to what is asked, with the first line of what a date that is told makes.

    Of several dates each is on offer. `None` if no line can be told: the date is none, or leaves
    open which one.
    """
    dates = meant(understanding.dates, among[0].date_name, understanding.text)
    if len(among) == 1 and len(dates) > 1 and reply.status is Status.ANSWERED:
        return _offer_several(scope, session, among[0], dates, reply)
    told = dates[0].spans if len(dates) == 1 else ()
    spans = plausible(among[0], told, scope.day) if told else ()
    if len(among) > 1 or isinstance(spans, Refusal) or len(spans) != 1:
        return None
    reply = _with_line(scope, among[0], spans[0], reply)
    return Turn(_with_dates(scope, among[0], {dates[0].surface: spans[0]}, reply), session)


def _with_line(scope: Scope, calculator: Calculator, span: Span, reply: Reply) -> Reply:
    """Return the reply with what the date makes in a line; unchanged if the day decides that."""
    result = result_reply(scope, calculator, span)
    verdict = result.parts[0]
    if result.status is not Status.ANSWERED or not isinstance(verdict, Text):
        return reply
    topic = scope.phrase("for_topic", topic=calculator.title)
    told = [p for p in reply.parts if not isinstance(p, (Sources, Choices))]
    sources = [p for p in (*reply.parts, *result.parts) if isinstance(p, Sources)]
    choices = [p for p in reply.parts if isinstance(p, Choices)]
    line = Text(f"{topic}{verdict.text}")
    return replace(reply, parts=(*told, line, *joined_sources(sources), *choices))


def _asks_where_it_begins(understanding: Understanding, reply: Reply) -> bool:
    """Return whether the date is not told but asked about (是从上个月开始算吗), and answered."""
    is_asked = understanding.asked is QuestionType.YES_NO and reply.status is Status.ANSWERED
    return is_asked and _RECKONED_FROM.search(understanding.undated) is not None


def stop(scope: Scope, session: Session) -> Turn:
    """Cancel the calculation."""
    reply = plain_reply(scope, "calculate_stopped", Status.SMALLTALK, None, "calculate_stop")
    return Turn(reply, replace(session, asking=None))


def calculate(scope: Scope, session: Session, target: Calculate) -> Turn | None:
    """Work out the date of a choice, or ask for a date if the choice has none.

    Return `None` if the choice no longer fits the pack.
    """
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
        return _refuse(scope, session, calculator, found)
    if target.as_file:
        return Turn(calendar_reply(scope, calculator, found[0]), session)
    return _show_result(scope, session, calculator, found[0])


def run_command(scope: Scope, session: Session, argument: Understanding | None) -> Turn:
    """Carry out `/deadline`, with or without words after it."""
    if argument is None:
        return _ask_which(scope, session, (), ())
    scope = replace(scope, slots=_region_slot(argument))
    named = choose.by_cue(scope, argument) or choose.by_registration(scope, argument)
    if len(named) != 1:
        return _ask_which(scope, session, named, argument.dates)
    if not argument.dates:
        return ask(scope, session, named[0])
    nothing = plain_reply(scope, "calculate_which", Status.CLARIFY, Reason.AMBIGUOUS, "")
    return _work_out(scope, session, named[0], argument, nothing)


def ask(scope: Scope, session: Session, calculator: Calculator, lead: str = "") -> Turn:
    """Ask for the date; `lead` is the text before the question."""
    text = f"{calculator.ask}\n{scope.phrase('calculate_forms')}"
    reply = question_reply(
        scope,
        "calculate_ask",
        [Choice(scope.phrase("calculate_stop"), str(StopCalculating()))],
        f"calculate:{calculator.id}",
        text=f"{lead}\n{text}" if lead else text,
    )
    return Turn(reply, replace(session, asking=Asking(calculator.id)))


def offer_to_go_on(scope: Scope, before: Session, turn: Turn) -> Turn:
    """Offer to go on with a waiting calculator after a turn about something else.

    The turn after `MOST_PASSED` such turns drops the calculator, and so does a card of a procedure.
    """
    asking, calculator = turn.session.asking, _waiting(scope, turn.session)
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


def _waiting(scope: Scope, session: Session) -> Calculator | None:
    return scope.pack.calculators.get(session.asking.calculator) if session.asking else None


def _region_slot(understanding: Understanding) -> dict[str, str]:
    return {k: v for k, v in understanding.plain_slots.items() if k == PLACE}


def _tells_a_date(understanding: Understanding, reply: Reply) -> bool:
    """Return whether the words tell a date instead of asking something that contains one."""
    return understanding.may_tell_a_date and reply.status is not Status.ANSWERED


def _turn_without_date(
    scope: Scope,
    session: Session,
    understanding: Understanding,
    reply: Reply,
    named: list[Calculator],
) -> Turn | None:
    if matches(understanding.undated, scope.pack.calculation):
        named = choose.by_registration(scope, understanding) if len(named) != 1 else named
        if len(named) == 1:
            return ask(scope, session, named[0])
        return _ask_which(scope, session, named, ())
    if session.context.entry in scope.pack.calculators and (
        others := _other_calculators(scope, understanding)
    ):
        return (
            ask(scope, session, others[0])
            if len(others) == 1
            else _ask_which(scope, session, others, ())
        )
    asking = _waiting(scope, session)
    if asking and understanding.utterance in _STOPPING:
        return stop(scope, session)
    if asking and (reply.is_unclear or says_unsure(understanding.text)):
        return ask(scope, session, asking, scope.phrase("calculate_no_date"))
    return None


def _other_calculators(scope: Scope, understanding: Understanding) -> list[Calculator]:
    """Return the calculators of a service named alone after a result: 换成退证呢."""
    is_named = understanding.names_only(SERVICE)
    return choose.by_registration(scope, understanding) if is_named else []


def _ask_which(
    scope: Scope, session: Session, among: Sequence[Calculator], dates: Sequence[SaidDate]
) -> Turn:
    """Ask which calculation is meant; a single date that was said is carried in the choices."""
    spans = [str(date.spans[0]) for date in dates if len(date.spans) == 1]
    known = spans[0] if len(spans) == 1 == len(dates) else ""
    options = [
        Choice(calculator.title, str(Calculate(calculator.id, known)))
        for calculator in among or scope.pack.calculators.values()
    ]
    reply = question_reply(scope, "calculate_which", options, "calculate_which")
    wrong = [scope.phrase(d.why_impossible, date=d.surface) for d in dates if d.is_impossible]
    if wrong:
        reply = replace(reply, parts=(Text("\n".join(wrong)), *reply.parts))
    return Turn(reply, session)


def _work_out(
    scope: Scope,
    session: Session,
    calculator: Calculator,
    understanding: Understanding,
    reply: Reply,
) -> Turn:
    """Work out the result from the dates that were said, or ask which of them is meant.

    Under an answer every date is on offer, so none has to be chosen by what stands behind it.
    """
    text = "" if reply.status is Status.ANSWERED else understanding.text
    dates = meant(understanding.dates, calculator.date_name, text)
    others = [date for date in dates if date.surface not in _NOW]
    told = read_span(session.asking.span) if session.asking else None
    known = told or _year_said(dates)
    dates = [date.settled(known) if known else date for date in others or dates]
    if len(dates) > 1:
        return _offer_several(scope, session, calculator, dates, reply)
    [said] = dates
    if said.is_impossible:
        lead = scope.phrase(said.why_impossible, date=said.surface)
        return ask(scope, session, calculator, lead)
    found = plausible(calculator, said.spans, scope.day)
    if isinstance(found, Refusal):
        return _refuse(scope, session, calculator, found, reply)
    nearest = _nearest(found, understanding.text, scope.day)
    if len(found) == 1 or (said.lacks == "year" and _is_nearest(calculator, nearest[0], scope.day)):
        return _show_result(scope, session, calculator, nearest[0])
    options = {str(span): span for span in sorted(nearest, key=lambda span: span.first)}
    is_told = session.asking is None  # whoever was asked for the date can say the year as well
    if said.lacks == "year" and is_told and _is_short(calculator, scope.day):
        turn = _show_result(scope, session, calculator, nearest[0])
        rest = {label: span for label, span in options.items() if span != nearest[0]}
        return replace(turn, reply=_with_dates(scope, calculator, rest, turn.reply))
    return _offer_dates(scope, session, calculator, options, reply)


def _nearest(found: Sequence[Span], text: str, today: date) -> Sequence[Span]:
    """Return the few spans that are likeliest, first the nearest, of those that may be meant.

    Who asks how long before (要提前多久, 最晚哪天) asks about a date that is still to come, and who
    tells that it is over (到期了, 忘了) about one that is not.
    """
    asked: Sequence[Span] = ()
    if _BEHIND.search(text):
        asked = [span for span in found if span.first <= today]
    elif _AHEAD.search(text):
        asked = [span for span in found if span.last >= today]
    first = sorted(asked or found, key=lambda span: abs(span.first - today))
    rest = sorted(set(found) - set(first), key=lambda span: abs(span.first - today))
    return (*first, *rest)[:MAX_CHOICES]


def _is_nearest(calculator: Calculator, nearest: Span, today: date) -> bool:
    """Return whether who says no year means the nearest one, and no other.

    A book lent for 30 days on 3 November was lent this year, and a card that may be renewed for 30
    days is asked about in these days.
    """
    if not _is_short(calculator, today):
        return False
    ahead = calculator.most_ahead
    is_close = calculator.period.before(today) <= nearest.first <= calculator.period.after(today)
    furthest = ahead.after(today) if ahead else date.max
    return is_close or not calculator.allows_future or furthest - today <= _MOST_SHORT


def _is_short(calculator: Calculator, today: date) -> bool:
    return calculator.period.after(today) - today <= _MOST_SHORT


def _year_said(dates: Sequence[SaidDate]) -> Span | None:
    """Return the year of the one date that has one: 2027年3月1日或者3月2日."""
    years = {date.spans[0].first.year for date in dates if date.spans and not date.lacks}
    return year_span(years.pop()) if len(years) == 1 and len(dates) > 1 else None


def _offer_several(
    scope: Scope,
    session: Session,
    calculator: Calculator,
    dates: Sequence[SaidDate],
    reply: Reply,
) -> Turn:
    """Offer those of several dates that are one plausible span each."""
    options = {
        said.surface: found[0]
        for said in dates
        if not said.is_impossible
        and not isinstance(found := plausible(calculator, said.spans, scope.day), Refusal)
        and len(found) == 1
    }
    return _offer_dates(scope, session, calculator, options, reply)


def _offer_dates(
    scope: Scope,
    session: Session,
    calculator: Calculator,
    spans: Mapping[str, Span],
    reply: Reply,
) -> Turn:
    """Offer a choice for each date, under the answer if `reply` is one, else as a question."""
    if reply.status is Status.ANSWERED:
        return Turn(_with_dates(scope, calculator, spans, reply), session)
    if not spans:
        return ask(scope, session, calculator)
    labels = {str(Calculate(calculator.id, str(span))): label for label, span in spans.items()}
    options = [Choice(label, value) for value, label in labels.items()]
    reply = question_reply(
        scope, "calculate_which_date", options, "calculate_which_date", name=calculator.date_name
    )
    return Turn(reply, replace(session, asking=Asking(calculator.id)))


def _with_dates(
    scope: Scope, calculator: Calculator, spans: Mapping[str, Span], reply: Reply
) -> Reply:
    """Return the reply with a choice for each date."""
    for label, span in spans.items():
        text = scope.phrase("calculate_from", date=label)
        reply = reply.with_choice(Choice(text, str(Calculate(calculator.id, str(span)))))
    return reply


def _show_result(scope: Scope, session: Session, calculator: Calculator, span: Span) -> Turn:
    """Show the result; if it depends on the day, wait for the day."""
    reply = result_reply(scope, calculator, span)
    is_open = reply.status is Status.CLARIFY
    asking = Asking(calculator.id, span=str(span)) if is_open else None
    return Turn(reply, replace(session, asking=asking))


def _refuse(
    scope: Scope,
    session: Session,
    calculator: Calculator,
    refusal: Refusal,
    reply: Reply | None = None,
) -> Turn:
    """Say why nothing is worked out.

    An answer that the pack gives without a date is shown after that sentence.
    """
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

"""What moves a walk from card to card.

A choice carries the walk and the step it was made for.  One that is out of date changes nothing: it
says what it was about and offers the nearest step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.core.answering.limits import MAX_CHOICES
from bot.core.model.pack import Procedure, QuestionKind
from bot.core.model.reply import Choice, Choices, Reason, Reply, Status, Text
from bot.core.model.rules import UNCLEAR
from bot.core.model.scope import Setting
from bot.core.model.session import Session, Walk
from bot.core.model.spans import SaidDate, Span, read_span
from bot.core.model.turn import Turn
from bot.core.model.understanding import Understanding
from bot.core.procedures import summary, switch
from bot.core.procedures.cards import card
from bot.core.procedures.graph import outcomes
from bot.core.procedures.step_answers import Impossible, Partial, Read, read_answer, read_date
from bot.core.procedures.walk import (
    answered,
    at_number,
    at_step,
    begun,
    current,
    is_open,
    moved_back,
    moved_on,
    position,
    steps_of,
)
from bot.core.words.moves import Kind, stripped

Press = Callable[[Setting, Session, str], Turn | None]
_MOVES = ("next", "back", "here", "stop")


def found(setting: Setting, session: Session) -> tuple[Procedure, Walk] | None:
    """The walk under way with its procedure."""
    walk = session.walk
    procedure = setting.pack.procedures.get(walk.procedure) if walk else None
    return (procedure, walk) if walk and procedure else None


def shown(
    setting: Setting, session: Session, procedure: Procedure, walk: Walk, *notices: str
) -> Turn:
    """The card of a walk, which is now the one under way."""
    after = replace(session.with_walk(walk), known="")
    return Turn(card(setting, procedure, walk, *notices), after)


def begin(setting: Setting, session: Session, procedure: Procedure, kind: str) -> Turn:
    """The first card, or the written procedure where the graph has no path for the registration."""
    if kind in procedure.without_path:
        return switch.without_path(setting, session, procedure, kind)
    name = f"{procedure.id}#{kind}"
    same = remembered(session, name)
    walk = begun(procedure, kind, setting.region or (same.region if same else None), same)
    return shown(setting, session, procedure, walk)


def remembered(session: Session, name: str) -> Walk | None:
    """The walk of this name, under way or left."""
    if session.walk and session.walk.name == name:
        return session.walk
    return session.shelved(name)


def stop(setting: Setting, session: Session, procedure: Procedure, walk: Walk) -> Turn:
    return Turn(summary.ended(setting, procedure, walk), session.with_walk(None))


def go_to(
    setting: Setting, session: Session, procedure: Procedure, walk: Walk, number: int
) -> Turn:
    if there := at_number(procedure, walk, number):
        return shown(setting, session, procedure, there)
    total = len(steps_of(procedure, walk))
    notice = setting.phrase("no_such_step", number=number, total=total)
    return shown(setting, session, procedure, walk, notice)


def explained(
    setting: Setting, session: Session, procedure: Procedure, walk: Walk, kind: Kind
) -> Turn:
    """Why something is asked; who does not want to say is not pressed."""
    question = current(procedure, walk).question
    if question is None:
        return shown(setting, session, procedure, walk, setting.phrase("why_region"))
    why = question.why or setting.phrase("why_asked")
    notice = setting.phrase("need_not_say", why=why) if kind is Kind.DECLINE else why
    return shown(setting, session, procedure, walk, notice)


def moved(setting: Setting, session: Session, procedure: Procedure, walk: Walk, kind: str) -> Turn:
    match kind:
        case "stop":
            return stop(setting, session, procedure, walk)
        case "next" if is_open(procedure, walk):
            return shown(setting, session, procedure, walk, setting.phrase("answer_first"))
        case "next":
            further = moved_on(procedure, walk)
            if further is None:
                return stop(setting, session, procedure, walk)
            return shown(setting, session, procedure, further)
        case "back":
            return shown(setting, session, procedure, moved_back(procedure, walk))
        case _:
            return shown(setting, session, procedure, replace(walk, is_aside=False))


def answer(setting: Setting, session: Session, understanding: Understanding) -> Turn | None:
    """What was said, as the answer to the question that was asked; `None` if it is none.

    Where nothing is asked, what came of the step may be said.
    """
    under_way = found(setting, session)
    if not under_way:
        return None
    procedure, walk = under_way
    question = current(procedure, walk).question
    if question and session.asked != question.kind:
        return None
    said = understanding.dates if understanding.is_bare_date else ()
    return _told(setting, session, *under_way, stripped(understanding.text), said)


def taken_for_answer(
    setting: Setting, session: Session, understanding: Understanding, reply: Reply
) -> Turn | None:
    """What is no question of theirs, behind one of ours; `reply` is what it gets without that.

    A date among a few words is the answer to a question for one; what nobody understands gets
    the question again, with what it takes to answer it.
    """
    under_way = found(setting, session)
    question = current(*under_way).question if under_way else None
    if not under_way or not question or session.asked != question.kind:
        return None
    if reply.status is Status.ANSWERED:
        return None
    if understanding.may_tell_a_date and (
        turn := _told(setting, session, *under_way, "", understanding.dates)
    ):
        return turn
    if reply.rule not in UNCLEAR:
        return None
    known = session.known
    turn = shown(setting, session, *under_way, setting.phrase(f"answer_no_{session.asked}"))
    return replace(turn, session=replace(turn.session, known=known))


def _told(
    setting: Setting,
    session: Session,
    procedure: Procedure,
    walk: Walk,
    said: str,
    dates: Sequence[SaidDate],
) -> Turn | None:
    step = current(procedure, walk)
    value: Read
    if step.question and step.question.kind is QuestionKind.DATE:
        known = read_span(session.known) if session.known else None
        value = read_date(step.question, dates, known, setting.day)
    else:
        value = read_answer(step, walk.registration, said)
    match value:
        case None:
            return None
        case Impossible(phrase, date):
            today = setting.day.isoformat()
            notice = setting.phrase(phrase, date=date, today=today)
            return shown(setting, session, procedure, walk, notice)
        case Partial(spans):
            return _asked_on(setting, session, procedure, walk, spans)
        case str():
            return _answered(setting, session, procedure, walk, value)


def _asked_on(
    setting: Setting, session: Session, procedure: Procedure, walk: Walk, spans: Sequence[Span]
) -> Turn:
    """Asks for the rest of a date, or which one of several it is."""
    if len(spans) == 1:
        [span] = spans
        notice = setting.phrase("answer_which_day", date=_written(setting, span))
        turn = shown(setting, session, procedure, walk, notice)
        return replace(turn, session=replace(turn.session, known=str(span)))
    nearest = sorted(spans, key=lambda span: abs(span.first - setting.day))[:MAX_CHOICES]
    here = f"{walk.name}:{current(procedure, walk).id}"
    options = [
        Choice(_written(setting, span), f"a:{here}:{span}")
        for span in sorted(nearest, key=lambda span: span.first)
    ]
    turn = shown(setting, session, procedure, walk, setting.phrase("answer_which_date"))
    others = [part for part in turn.reply.parts if not isinstance(part, Choices)]
    choices = Choices((*options, *turn.reply.choices))
    return replace(turn, reply=replace(turn.reply, parts=(*others, choices)))


def _written(setting: Setting, span: Span) -> str:
    first, _, last = str(span).partition(",")
    return setting.phrase("calculate_from_to", first=first, last=last) if last else first


def _answered(
    setting: Setting, session: Session, procedure: Procedure, walk: Walk, value: str
) -> Turn:
    step = current(procedure, walk)
    after = answered(procedure, walk, value)
    notices: tuple[str, ...] = ()
    if step.question and walk.answers.get(step.id, value) != value:
        notices = switch.changed_answer(setting, procedure, walk, after)
    return shown(setting, session, procedure, after, *notices)


def press_walk(setting: Setting, session: Session, rest: str) -> Turn | None:
    """`<move>:<walk>:<step>`, or a bare move for the walk under way."""
    kind, _, target = rest.partition(":")
    if kind not in _MOVES:
        return None
    under_way = found(setting, session)
    if not target:
        return moved(setting, session, *under_way, kind) if under_way else None
    name, _, step = target.partition(":")
    if under_way and under_way[1].name == name:
        return _of_step(setting, session, *under_way, kind, step)
    return out_of_date(setting, session, name, step, has_ended=kind == "stop")


def _of_step(
    setting: Setting, session: Session, procedure: Procedure, walk: Walk, kind: str, step: str
) -> Turn:
    """A move of the walk under way, if it was meant for the step where it stands."""
    if kind in ("stop", "here") or step == current(procedure, walk).id:
        return moved(setting, session, procedure, walk, kind)
    notices = (
        () if _is_done(procedure, walk, kind, step) else (stale(setting, procedure, walk, step),)
    )
    return shown(setting, session, procedure, walk, *notices)


def _is_done(procedure: Procedure, walk: Walk, kind: str, step: str) -> bool:
    """Whether the walk stands where the move would have led: a button was tapped twice."""
    there = at_step(procedure, walk, step)
    if there is None:
        return False
    after = moved_on(procedure, there) if kind == "next" else moved_back(procedure, there)
    return after is not None and after.trail == walk.trail


def stale(setting: Setting, procedure: Procedure, walk: Walk, step: str) -> str:
    """Says where a button belonged and where the walk stands."""
    there, number = at_step(procedure, walk, step), position(procedure, walk)
    if there is None:
        return setting.phrase("old_step_gone", number=number)
    return setting.phrase("old_step", old=position(procedure, there), number=number)


def out_of_date(
    setting: Setting, session: Session, name: str, step: str, *, has_ended: bool = False
) -> Turn | None:
    """A button of a walk that is not under way: says so and offers its nearest step."""
    procedure, kind = named(setting, name)
    if procedure is None or kind not in procedure.kinds:
        return None
    left = session.shelved(name)
    if has_ended and left and session.walk is None:
        return Turn(summary.ended(setting, procedure, left), session)
    title = kind or procedure.title
    nearest = _nearest(procedure, left or begun(procedure, kind, setting.region), step)
    go_on = go_on_choice(setting, procedure, nearest)
    key = "old_walk_other" if session.walk else "old_walk"
    reply = Reply(
        status=Status.CLARIFY,
        reason=Reason.AMBIGUOUS,
        parts=(Text(setting.phrase(key, title=title)), Choices((go_on,))),
        slots=setting.slots,
        rule="old_walk",
    )
    return Turn(reply, session)


def go_on_choice(setting: Setting, procedure: Procedure, walk: Walk) -> Choice:
    """Takes up a walk that is not under way, where it stands."""
    title = walk.registration or procedure.title
    label = setting.phrase("go_on_from", title=title, number=position(procedure, walk))
    return Choice(label, f"g:{walk.name}:{current(procedure, walk).id}")


def _nearest(procedure: Procedure, walk: Walk, step: str) -> Walk:
    return at_step(procedure, walk, procedure.renamed.get(step, step)) or walk


def named(setting: Setting, name: str) -> tuple[Procedure | None, str]:
    """The procedure and the registration of a walk's name; `None` if they do not go together."""
    procedure_id, _, kind = name.partition("#")
    procedure = setting.pack.procedures.get(procedure_id)
    if procedure is None or kind not in (*procedure.kinds, *procedure.without_path):
        return None, kind
    return procedure, kind


def press_answer(setting: Setting, session: Session, rest: str) -> Turn | None:
    """`<walk>:<step>:<number of the outcome, or a date as a span is written>`"""
    name, _, place = rest.partition(":")
    step, _, number = place.partition(":")
    under_way = found(setting, session)
    if not under_way or under_way[1].name != name:
        return out_of_date(setting, session, name, step)
    procedure, walk = under_way
    here = current(procedure, walk)
    if step != here.id:
        notice = stale(setting, procedure, walk, step)
        return shown(setting, session, procedure, walk, notice)
    if here.question and here.question.kind is QuestionKind.DATE:
        span = read_span(number)
        dates = (SaidDate(number, (span,)),) if span else ()
        return _told(setting, session, procedure, walk, "", dates)
    named_outcomes = outcomes(here, walk.registration)
    if not number.isascii() or not number.isdigit() or int(number[:3]) >= len(named_outcomes):
        return None
    return _answered(setting, session, procedure, walk, named_outcomes[int(number)])


def press_go(setting: Setting, session: Session, rest: str) -> Turn | None:
    """`<walk>:<step>`: goes on there, with all that is remembered of the walk."""
    name, _, step = rest.partition(":")
    procedure, kind = named(setting, name)
    if procedure is None or kind not in procedure.kinds:
        return None
    walk = remembered(session, name) or begun(procedure, kind, setting.region)
    return shown(setting, session, procedure, _nearest(procedure, walk, step))


def press_start(setting: Setting, session: Session, rest: str) -> Turn | None:
    """`<walk>`: from the beginning."""
    procedure, kind = named(setting, rest)
    return begin(setting, session, procedure, kind) if procedure else None


def press_switch(setting: Setting, session: Session, rest: str) -> Turn | None:
    """`<walk>`: instead of the one under way."""
    procedure, kind = named(setting, rest)
    return switch.switch(setting, session, procedure, kind) if procedure else None

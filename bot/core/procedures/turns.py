"""Decide the turns that move a walk from card to card.

A choice carries the walk and the step it was made for.  A choice that is out of date changes
nothing: the reply says what it belonged to and offers the nearest step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.answering.limits import MAX_CHOICES
from bot.core.model.choices import AnswerStep, MoveWalk, PickOption, ResumeWalk, ShowOptions
from bot.core.model.procedure import Procedure, QuestionKind, joined
from bot.core.model.reply import Choice, Choices, Reason, Reply, Status, Text
from bot.core.model.scope import Scope
from bot.core.model.session import Session, Walk
from bot.core.model.spans import SaidDate, Span, read_span
from bot.core.model.turn import Turn
from bot.core.model.understanding import Understanding
from bot.core.procedures import summary, switch
from bot.core.procedures.cards import card
from bot.core.procedures.graph import outcomes
from bot.core.procedures.option_lists import EVERYTHING, Listed, picked, place_of
from bot.core.procedures.step_answers import (
    Impossible,
    Matches,
    Partial,
    Read,
    read_answer,
    read_date,
)
from bot.core.procedures.walk import (
    answered,
    at_number,
    at_step,
    begun,
    can_go_on,
    current,
    is_open,
    moved_back,
    moved_on,
    position,
    route_of,
    span_of,
    steps_of,
    with_picks,
)
from bot.core.words.amounts import read_amount
from bot.core.words.moves import Kind, stripped
from bot.core.words.numerals import read_number

_MOST_DIGITS = 3
"""Of the number of an option."""


def walk_under_way(scope: Scope, session: Session) -> tuple[Procedure, Walk] | None:
    """Return the walk under way with its procedure; `None` if there is none."""
    walk = session.walk
    procedure = scope.pack.procedures.get(walk.procedure) if walk else None
    return (procedure, walk) if walk and procedure else None


def show_card(
    scope: Scope,
    session: Session,
    procedure: Procedure,
    walk: Walk,
    *notices: str,
    listed: Listed = EVERYTHING,
) -> Turn:
    """Show the card of a walk and make it the walk under way."""
    after = replace(session.with_walk(walk), known="")
    return Turn(card(scope, procedure, walk, *notices, listed=listed), after)


def begin(scope: Scope, session: Session, procedure: Procedure, kind: str) -> Turn:
    """Show the first card, or the written procedure where the graph has no path.

    Ticks and region of an earlier walk of the same name are kept.
    """
    if kind in procedure.without_path:
        return switch.without_path(scope, session, procedure, kind)
    name = f"{procedure.id}#{kind}"
    same = remembered(session, name)
    walk = begun(procedure, kind, scope.region or (same.region if same else None), same)
    return show_card(scope, session, procedure, walk)


def remembered(session: Session, name: str) -> Walk | None:
    """Return the walk of this name, under way or on the shelf."""
    if session.walk and session.walk.name == name:
        return session.walk
    return session.shelved(name)


def stop(scope: Scope, session: Session, procedure: Procedure, walk: Walk) -> Turn:
    return Turn(summary.ended(scope, procedure, walk), session.with_walk(None))


def go_to(scope: Scope, session: Session, procedure: Procedure, walk: Walk, number: int) -> Turn:
    if there := at_number(procedure, walk, number):
        return show_card(scope, session, procedure, there)
    known = route_of(procedure, walk)
    key = "no_such_step" if known.is_complete else "no_such_step_yet"
    notice = scope.phrase(key, number=number, total=len(known.steps))
    return show_card(scope, session, procedure, walk, notice)


def explain_question(
    scope: Scope, session: Session, procedure: Procedure, walk: Walk, kind: Kind
) -> Turn:
    """Say why the step's question is asked; after `DECLINE` also that it need not be answered."""
    question = current(procedure, walk).question
    if question is None:
        return show_card(scope, session, procedure, walk, scope.phrase("why_region"))
    why = question.why or scope.phrase("why_asked")
    notice = scope.phrase("need_not_say", why=why) if kind is Kind.DECLINE else why
    return show_card(scope, session, procedure, walk, notice)


def make_move(scope: Scope, session: Session, procedure: Procedure, walk: Walk, kind: str) -> Turn:
    match kind:
        case "stop":
            return stop(scope, session, procedure, walk)
        case "next" if is_open(procedure, walk) or _waits_for_outcome(procedure, walk):
            return show_card(scope, session, procedure, walk, scope.phrase("answer_first"))
        case "next":
            further = moved_on(procedure, walk)
            if further is None:
                return stop(scope, session, procedure, walk)
            return show_card(scope, session, procedure, further)
        case "back":
            return show_card(scope, session, procedure, moved_back(procedure, walk))
        case _:
            return show_card(scope, session, procedure, replace(walk, is_aside=False))


def _waits_for_outcome(procedure: Procedure, walk: Walk) -> bool:
    """Return whether what comes of the step decides the way, and has not been said."""
    step = current(procedure, walk)
    return bool(outcomes(step, walk.registration)) and not can_go_on(procedure, walk)


def answer(scope: Scope, session: Session, understanding: Understanding) -> Turn | None:
    """Take the words as the answer to the question that was asked; return `None` if they are none.

    A step without a question takes the name of one of its outcomes.  A mere date or number belongs
    to the question that was put, also where it does not answer it.
    """
    under_way = walk_under_way(scope, session)
    if not under_way:
        return None
    procedure, walk = under_way
    question = current(procedure, walk).question
    if question and session.asked != question.kind:
        return None
    dates = understanding.dates if understanding.is_bare_date else ()
    said = stripped(understanding.text)
    turn = _take_answer(scope, session, *under_way, said, dates)
    if turn or question is None:
        return turn
    is_number = read_amount(said) is not None and not _picks(session, said)
    if not dates and not is_number:
        return None
    return show_card(scope, session, *under_way, scope.phrase(f"answer_no_{question.kind}"))


def _picks(session: Session, said: str) -> bool:
    """Return whether a number in words is that of a choice on offer."""
    number = read_number(said)
    return number is not None and 1 <= number <= len(session.offered)


def take_as_answer(
    scope: Scope, session: Session, understanding: Understanding, reply: Reply
) -> Turn | None:
    """Take a text that is not a question as the answer to the step's own question.

    `reply` is the reply that the words get otherwise.  A date among few words answers a question
    for a date.  Words that are not understood get the card again, with a sentence on what an answer
    looks like.  Return `None` where `reply` stands.
    """
    under_way = walk_under_way(scope, session)
    question = current(*under_way).question if under_way else None
    if not under_way or not question or session.asked != question.kind:
        return None
    if reply.status is Status.ANSWERED:
        return None
    if understanding.may_tell_a_date and (
        turn := _take_answer(scope, session, *under_way, "", understanding.dates)
    ):
        return turn
    if not reply.is_unclear:
        return None
    known = session.known
    turn = show_card(scope, session, *under_way, scope.phrase(f"answer_no_{session.asked}"))
    return replace(turn, session=replace(turn.session, known=known))


def _take_answer(
    scope: Scope,
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
        value = read_date(step.question, dates, known, scope.day)
    else:
        value = read_answer(step, walk.registration, said)
    match value:
        case None:
            return None
        case Impossible(phrase, date, count):
            today = scope.day.isoformat()
            notice = scope.phrase(phrase, date=date, today=today, count=count)
            return show_card(scope, session, procedure, walk, notice)
        case Matches(options):
            notice = scope.phrase("options_found")
            found = Listed(found=options)
            return show_card(scope, session, procedure, walk, notice, listed=found)
        case Partial(spans):
            return _ask_for_rest(scope, session, procedure, walk, spans)
        case str():
            return _store_answer(scope, session, procedure, walk, value)


def _ask_for_rest(
    scope: Scope, session: Session, procedure: Procedure, walk: Walk, spans: Sequence[Span]
) -> Turn:
    """Ask for the missing part of a date, or which of several dates is meant."""
    if len(spans) == 1:
        [span] = spans
        notice = scope.phrase("answer_which_day", date=_span_text(scope, span))
        turn = show_card(scope, session, procedure, walk, notice)
        return replace(turn, session=replace(turn.session, known=str(span)))
    nearest = sorted(spans, key=lambda span: abs(span.first - scope.day))[:MAX_CHOICES]
    step = current(procedure, walk).id
    options = [
        Choice(_span_text(scope, span), str(AnswerStep(walk.name, step, str(span))))
        for span in sorted(nearest, key=lambda span: span.first)
    ]
    turn = show_card(scope, session, procedure, walk, scope.phrase("answer_which_date"))
    others = [part for part in turn.reply.parts if not isinstance(part, Choices)]
    choices = Choices((*options, *turn.reply.choices))
    return replace(turn, reply=replace(turn.reply, parts=(*others, choices)))


def _span_text(scope: Scope, span: Span) -> str:
    first, _, last = str(span).partition(",")
    return scope.phrase("calculate_from_to", first=first, last=last) if last else first


def _store_answer(
    scope: Scope, session: Session, procedure: Procedure, walk: Walk, value: str
) -> Turn:
    step = current(procedure, walk)
    after = answered(procedure, walk, value)
    notices: tuple[str, ...] = ()
    if step.question and walk.answers.get(step.id, value) != value:
        notices = switch.changed_answer(scope, procedure, walk, after)
    return show_card(scope, session, procedure, after, *notices)


def press_move(scope: Scope, session: Session, target: MoveWalk) -> Turn | None:
    """Move the walk that the choice names, or the one under way if it names none."""
    under_way = walk_under_way(scope, session)
    if not target.walk:
        return make_move(scope, session, *under_way, target.move) if under_way else None
    if under_way and under_way[1].name == target.walk:
        return _move_from_step(scope, session, *under_way, target.move, target.step)
    has_ended = target.move == "stop"
    return offer_to_resume(scope, session, target.walk, target.step, has_ended=has_ended)


def _move_from_step(
    scope: Scope, session: Session, procedure: Procedure, walk: Walk, kind: str, step: str
) -> Turn:
    """Move the walk under way if the choice was made for the step where it stands."""
    if kind in ("stop", "here") or step in _shown(procedure, walk):
        return make_move(scope, session, procedure, walk, kind)
    notices = (
        ()
        if _has_moved(procedure, walk, kind, step)
        else (say_step_is_past(scope, procedure, walk, step),)
    )
    return show_card(scope, session, procedure, walk, *notices)


def _has_moved(procedure: Procedure, walk: Walk, kind: str, step: str) -> bool:
    """Return whether the walk already stands where the move leads: the button was pressed twice."""
    there = at_step(procedure, walk, step)
    if there is None:
        return False
    after = moved_on(procedure, there) if kind == "next" else moved_back(procedure, there)
    return after is not None and after.trail == walk.trail


def say_step_is_past(scope: Scope, procedure: Procedure, walk: Walk, step: str) -> str:
    """Say which step a button belonged to and where the walk stands."""
    there, number = at_step(procedure, walk, step), position(procedure, walk)
    if there is None:
        return scope.phrase("old_step_gone", number=number)
    return scope.phrase("old_step", old=position(procedure, there), number=number)


def offer_to_resume(
    scope: Scope, session: Session, name: str, step: str, *, has_ended: bool = False
) -> Turn | None:
    """Explain a button of a walk that is not under way and offer to resume at its nearest step.

    `has_ended` is set for the button that ends a walk: pressed twice, it shows the summary again.
    """
    procedure, kind = split_name(scope, name)
    if procedure is None or kind not in procedure.kinds:
        return None
    left = session.shelved(name)
    if has_ended and left and session.walk is None:
        return Turn(summary.ended(scope, procedure, left), session)
    title = kind or procedure.title
    nearest = _at_nearest_step(procedure, left or begun(procedure, kind, scope.region), step)
    go_on = go_on_choice(scope, procedure, nearest)
    key = "old_walk_other" if session.walk else "old_walk"
    reply = Reply(
        status=Status.CLARIFY,
        reason=Reason.AMBIGUOUS,
        parts=(Text(scope.phrase(key, title=title)), Choices((go_on,))),
        slots=scope.slots,
        rule="old_walk",
    )
    return Turn(reply, session, is_about_session=True)


def go_on_choice(scope: Scope, procedure: Procedure, walk: Walk) -> Choice:
    """Return the choice that resumes a walk which is not under way, where it stands."""
    title = walk.registration or procedure.title
    label = scope.phrase("go_on_from", title=title, number=position(procedure, walk))
    return Choice(label, str(ResumeWalk(walk.name, current(procedure, walk).id)))


def _at_nearest_step(procedure: Procedure, walk: Walk, step: str) -> Walk:
    return at_step(procedure, walk, procedure.renamed.get(step, step)) or walk


def split_name(scope: Scope, name: str) -> tuple[Procedure | None, str]:
    """Split a walk's name into procedure and registration; `None` if the pack lacks the pair."""
    procedure_id, _, kind = name.partition("#")
    procedure = scope.pack.procedures.get(procedure_id)
    if procedure is None or kind not in (*procedure.kinds, *procedure.without_path):
        return None, kind
    return procedure, kind


def press_answer(scope: Scope, session: Session, target: AnswerStep) -> Turn | None:
    """Answer the question of the step that the choice names, if the walk still stands there."""
    under_way = _stands_at(scope, session, target.walk, target.step)
    if isinstance(under_way, Turn) or under_way is None:
        return under_way
    procedure, walk = under_way
    walk = at_step(procedure, walk, target.step) or walk
    here = current(procedure, walk)
    if here.question and here.question.kind is QuestionKind.DATE:
        span = read_span(target.answer)
        dates = (SaidDate(target.answer, (span,)),) if span else ()
        return _take_answer(scope, session, procedure, walk, "", dates)
    named_outcomes = outcomes(here, walk.registration)
    number = _number_of(target.answer, len(named_outcomes))
    if number is None or (here.question and here.question.kind is QuestionKind.SEVERAL):
        return None
    return _store_answer(scope, session, procedure, walk, named_outcomes[number])


def press_pick(scope: Scope, session: Session, target: PickOption) -> Turn | None:
    """Tick an option of the step where the walk stands, or complete its answer."""
    under_way = _stands_at(scope, session, target.walk, target.step)
    if isinstance(under_way, Turn) or under_way is None:
        return under_way
    procedure, walk = under_way
    step = current(procedure, walk)
    if step.question is None or step.question.kind is not QuestionKind.SEVERAL:
        return None
    options = [option.name for option in step.question.options]
    have = picked(walk, step)
    if target.option == PickOption.DONE:
        answer = joined(option for option in options if option in have)
        return _store_answer(scope, session, procedure, walk, answer)
    number = _number_of(target.option, len(options))
    if number is None:
        return None
    name = options[number]
    after = tuple(o for o in have if o != name) if name in have else (*have, name)
    listed = place_of(step, number)
    return show_card(scope, session, procedure, with_picks(walk, step.id, after), listed=listed)


def press_options(scope: Scope, session: Session, target: ShowOptions) -> Turn | None:
    """Show a page of the options of the step where the walk stands."""
    under_way = _stands_at(scope, session, target.walk, target.step)
    if isinstance(under_way, Turn) or under_way is None:
        return under_way
    listed = Listed(int(target.group) if target.group else None, target.page)
    return show_card(scope, session, *under_way, listed=listed)


def _stands_at(
    scope: Scope, session: Session, name: str, step: str
) -> tuple[Procedure, Walk] | Turn | None:
    """Return the walk under way if it stands at this step, else the turn that says where it is."""
    under_way = walk_under_way(scope, session)
    if not under_way or under_way[1].name != name:
        return offer_to_resume(scope, session, name, step)
    procedure, walk = under_way
    if step in _shown(procedure, walk):
        return under_way
    notice = say_step_is_past(scope, procedure, walk, step)
    return show_card(scope, session, procedure, walk, notice)


def _shown(procedure: Procedure, walk: Walk) -> tuple[str, ...]:
    """Return the ids of the steps that the card shows."""
    first, last = span_of(procedure, walk)
    return tuple(step.id for step in steps_of(procedure, walk)[first - 1 : last])


def _number_of(text: str, count: int) -> int | None:
    """Read the number of one of `count` things, from 0."""
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if is_number and int(text) < count else None


def press_resume(scope: Scope, session: Session, target: ResumeWalk) -> Turn | None:
    """Resume a walk at a step, with everything that is stored of it."""
    procedure, kind = split_name(scope, target.walk)
    if procedure is None or kind not in procedure.kinds:
        return None
    walk = remembered(session, target.walk) or begun(procedure, kind, scope.region)
    return show_card(scope, session, procedure, _at_nearest_step(procedure, walk, target.step))


def press_start(scope: Scope, session: Session, name: str) -> Turn | None:
    """Begin the walk of this name."""
    procedure, kind = split_name(scope, name)
    return begin(scope, session, procedure, kind) if procedure else None


def press_switch(scope: Scope, session: Session, name: str) -> Turn | None:
    """Change to the walk of this name."""
    procedure, kind = split_name(scope, name)
    return switch.switch(scope, session, procedure, kind) if procedure else None

"""Carry out a choice that was pressed.

Values come back from the outside and may be old or forged: whatever does not fit the pack as it is
now explains itself.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.answering.entry_replies import details_reply, entry_reply
from bot.core.answering.free_text import entry_for
from bot.core.answering.limits import MAX_SEVERAL
from bot.core.answering.phrase_replies import (
    headed_reply,
    joined_reply,
    plain_reply,
    question_reply,
)
from bot.core.answering.regions import portal_choice, region_page
from bot.core.deadlines import turns as deadline_turns
from bot.core.dialogue import feedback
from bot.core.model.choices import (
    Calculate,
    ClearContext,
    NoneOfThese,
    OpenAnswers,
    PickRegion,
    RateAnswer,
    ReportFault,
    ShowDetails,
    ShowEntry,
    ShowRegions,
    StopCalculating,
    Target,
    read,
)
from bot.core.model.entry import Entry
from bot.core.model.reply import Reason, Status
from bot.core.model.scope import Scope
from bot.core.model.session import Session
from bot.core.model.turn import Turn
from bot.core.model.vocabulary import ASPECT, PLACE
from bot.core.procedures import cards, dispatch
from bot.core.procedures import turns as step_turns


def press_choice(scope: Scope, session: Session, value: str) -> Turn:
    """Carry out a choice by its value; what is old, unknown or forged explains itself."""
    target = read(value)
    turn = _carry_out(scope, session, target) if target else None
    return turn or _old_choice(scope, session)


def _carry_out(scope: Scope, session: Session, target: Target) -> Turn | None:
    match target:
        case ShowEntry(entry):
            return show_entry(scope, session, entry)
        case ShowDetails(entry):
            return _show_details(scope, session, entry)
        case PickRegion(short):
            return _pick_region(scope, session, short)
        case ShowRegions(page):
            return _show_regions(scope, session, page)
        case OpenAnswers():
            return _open_answers(scope, session, target)
        case ClearContext() | NoneOfThese() | RateAnswer() | ReportFault():
            return _judge(scope, session, target)
        case Calculate():
            return deadline_turns.calculate(scope, session, target)
        case StopCalculating():
            return deadline_turns.stop(scope, session)
        case _:
            return dispatch.press(scope, session, target)


def show_entry(scope: Scope, session: Session, entry_id: str) -> Turn | None:
    """Show the answer of an entry; return `None` if the pack has no such entry any more."""
    entry = scope.pack.entries.get(entry_id)
    if not entry:
        return None
    return Turn(entry_reply(_about(scope, entry), entry, None, "choice"), session)


def _show_details(scope: Scope, session: Session, entry_id: str) -> Turn | None:
    entry = scope.pack.entries.get(entry_id)
    return Turn(details_reply(_about(scope, entry), entry), session) if entry else None


def _about(scope: Scope, entry: Entry) -> Scope:
    """Return the scope of an entry that was named, in the region talked about."""
    slots = {k: v for k, v in scope.slots.items() if k == PLACE} | dict(entry.slots)
    return replace(scope, slots=slots)


def _judge(
    scope: Scope, session: Session, target: ClearContext | NoneOfThese | feedback.Said
) -> Turn | None:
    """Carry out what says something about the reply itself."""
    match target:
        case ClearContext():
            return _clear_context(scope, session)
        case NoneOfThese():
            return _none_of_these(scope, session)
        case RateAnswer() | ReportFault():
            return feedback.take(scope, session, target)


def _open_answers(scope: Scope, session: Session, target: OpenAnswers) -> Turn | None:
    replies = []
    for entry_id, region in target.answers[:MAX_SEVERAL]:
        entry = scope.pack.entries.get(entry_id)
        if not entry or region not in ("", *scope.pack.regions):
            return None
        slots = ({PLACE: region} if region else {}) | dict(entry.slots)
        replies.append(entry_reply(replace(scope, slots=slots), entry, None, "opened"))
    if len(replies) == 1:
        return Turn(replies[0], session)
    heads = (r.slots.get(PLACE) or scope.pack.entries[r.answers[0].entry].title for r in replies)
    headed = [headed_reply(scope, r, head) for r, head in zip(replies, heads, strict=True)]
    return Turn(joined_reply(headed), session)


def _pick_region(scope: Scope, session: Session, short: str) -> Turn | None:
    """Answer the question that was open for the region that was picked."""
    if short not in scope.pack.regions:
        return None
    if (turn := _place_walk(scope, session, short)) is not None:
        return turn
    slots = {ASPECT: scope.pack.vocabulary.portal, **scope.slots, PLACE: short}
    return Turn(entry_for(replace(scope, slots=slots), slots), session)


def _place_walk(scope: Scope, session: Session, short: str) -> Turn | None:
    """Tell a card that asks for the region; `None` if none does."""
    under_way = step_turns.walk_under_way(scope, session)
    if under_way is None or not cards.asks_where(scope, *under_way):
        return None
    procedure, walk = under_way
    return step_turns.show_card(scope, session, procedure, replace(walk, region=short))


def _show_regions(scope: Scope, session: Session, page: int) -> Turn | None:
    options = region_page(scope, page)
    if not options:
        return None
    kept = {k: v for k, v in scope.slots.items() if k != PLACE}
    slots = {**kept, ASPECT: scope.pack.vocabulary.portal}
    reply = question_reply(replace(scope, slots=slots), "ask_region", options, "region_page")
    return Turn(reply, session)


def _clear_context(scope: Scope, session: Session) -> Turn:
    rule = str(ClearContext())
    reply = plain_reply(scope, "context_cleared", Status.SMALLTALK, None, rule)
    return Turn(replace(reply, slots={}), session.without_context(), is_about_session=True)


def _none_of_these(scope: Scope, session: Session) -> Turn:
    reply = plain_reply(scope, "none_chosen", Status.CLARIFY, Reason.AMBIGUOUS, "none_of_these")
    reply = replace(reply, slots={}).with_choice(portal_choice(scope))
    return Turn(reply, session.without_context())


def _old_choice(scope: Scope, session: Session) -> Turn:
    reply = plain_reply(scope, "old_choice", Status.CLARIFY, Reason.AMBIGUOUS, "old_choice")
    return Turn(reply.with_choice(portal_choice(scope)), session, is_about_session=True)

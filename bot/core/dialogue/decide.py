"""Decide what to say: `decide` is pure, so the same words in the same place get the same reply.

The order is: a press or one of the choices on offer, a word that moves a procedure under way, a
command, the answer to the question of a step, and only then free text, for which
`bot.core.answering.free_text` picks one answer, one question or an abstention.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import assert_never

from bot.core.answering.entry_replies import entry_reply
from bot.core.answering.free_text import decide_words
from bot.core.answering.phrase_replies import plain_reply
from bot.core.answering.positions import offer_region
from bot.core.answering.rates import reckon
from bot.core.deadlines import turns as deadline_turns
from bot.core.dialogue import commands, small_talk
from bot.core.dialogue.commands import ASK, Command, context_of, run_command, takes_argument
from bot.core.dialogue.feedback import ratings
from bot.core.dialogue.hear import Heard, Press, Words, hear
from bot.core.dialogue.presses import press_choice
from bot.core.dialogue.quoted import in_context_of
from bot.core.model.entry import EntryKind
from bot.core.model.pack import Pack
from bot.core.model.reminder import WriteCalendar
from bot.core.model.reply import RATINGS, Reason, Reply, Status, Text
from bot.core.model.scope import Scope
from bot.core.model.session import Session
from bot.core.model.spans import day_of
from bot.core.model.turn import Turn
from bot.core.model.understanding import Understanding
from bot.core.model.update import Event, Position, Update
from bot.core.model.vocabulary import PLACE, SERVICE
from bot.core.ports import Brain
from bot.core.procedures import cards, dispatch, repair
from bot.core.procedures import turns as step_turns
from bot.core.procedures.upgrade import still_valid
from bot.core.procedures.walk import current
from bot.core.slices import pause
from bot.core.words.moves import Move, heard_move

_HAPPENED = {
    Event.UNREADABLE: "unreadable",
    Event.VOICE: "unreadable_voice",
    Event.PICTURE: "unreadable_picture",
    Event.ADDED: "added",
    Event.ADDED_HEARING_ALL: "added_hearing_all",
}


LIKELY_TOPIC = 0.5
"""Score from which an entry that was told as the nearest is the topic of what comes next."""


def take_turn(
    brain: Brain,
    session: Session,
    update: Update,
    now: datetime,
    as_of: date | None = None,
    calendar: WriteCalendar | None = None,
) -> Turn:
    """Hear, understand and decide, without any storage; pure.

    `as_of` replaces the calendar day in judging which facts are valid, nothing else.
    """
    session, notices = still_valid(brain.pack, session.at(now))
    heard = hear(session, update)
    if update.quoted and _is_asked(heard):
        session = in_context_of(brain, session, update.quoted, now)
    understanding = understand(brain, session, heard, now)
    pause()
    slots = dict(session.context.slots_at(now))
    scope = Scope(brain.pack, as_of or day_of(now), slots, notices=notices, calendar=calendar)
    turn = replace(decide(scope, session, heard, understanding), understanding=understanding)
    turn = _remember(scope, turn, now)
    return _saying_it_is_cut(scope, turn) if update.is_cut else turn


def _saying_it_is_cut(scope: Scope, turn: Turn) -> Turn:
    notice = Text(scope.phrase("middle_unread"))
    return replace(turn, reply=replace(turn.reply, parts=(notice, *turn.reply.parts)))


def _is_asked(heard: Heard) -> bool:
    return isinstance(heard, Words) or (isinstance(heard, Command) and heard.name == ASK)


def understand(brain: Brain, session: Session, heard: Heard, now: datetime) -> Understanding | None:
    """Understand the words; return `None` if the update has none."""
    match heard:
        case Words(text):
            is_open = bool(session.walk or session.asking)
            context = session.context
            if context.is_card_open != is_open:
                context = replace(context, is_card_open=is_open)
            return brain.understander.understand(text, context, now)
        case Command(name, argument) if argument and takes_argument(name):
            context = context_of(brain.pack.vocabulary, session, name, now)
            return brain.understander.understand(argument, context, now)
        case _:
            return None


def decide(
    scope: Scope, session: Session, heard: Heard, understanding: Understanding | None
) -> Turn:
    """Decide the turn for what was heard; `understanding` is that of its words, if it has any."""
    match heard:
        case Press(value):
            turn = press_choice(scope, session, value)
        case Event():
            turn = Turn(_tell_event(scope, heard), session)
        case Position():
            turn = Turn(offer_region(scope, heard), session)
        case Move():
            turn = dispatch.move(scope, session, heard)
        case Command():
            turn = run_command(scope, session, heard, understanding)
        case Words(text):
            if understanding is None:
                raise ValueError(f"{text!r} was not understood")
            turn = _apply_rules(scope, session, understanding)
        case _:
            assert_never(heard)
    if turn.reply.reason in RATINGS:
        return turn
    return repair.lead_back(scope, deadline_turns.offer_to_go_on(scope, session, turn))


def _apply_rules(scope: Scope, session: Session, understanding: Understanding) -> Turn:
    """Decide the turn of words by the first of these rules that fits."""
    return (
        _move_by_sound(scope, session, understanding)
        or step_turns.answer(scope, session, understanding)
        or _press_named_choice(scope, session, understanding)
        or repair.correct_walk(scope, session, understanding)
        or small_talk.answer_remark(scope, session, understanding.text)
        or _begin_procedure(scope, session, understanding)
        or _answer_question(scope, repair.set_region(session, understanding), understanding)
    )


def _move_by_sound(scope: Scope, session: Session, understanding: Understanding) -> Turn | None:
    heard = heard_move(understanding.sound) if session.walk else None
    return dispatch.move(scope, session, heard) if heard else None


def _press_named_choice(
    scope: Scope, session: Session, understanding: Understanding
) -> Turn | None:
    value = repair.choice_named(session, understanding)
    return press_choice(scope, session, value) if value else None


def _begin_procedure(scope: Scope, session: Session, understanding: Understanding) -> Turn | None:
    return (
        repair.begin_named(scope, session, understanding) if understanding.wants_guidance else None
    )


def _answer_question(scope: Scope, session: Session, understanding: Understanding) -> Turn:
    """Answer a question, unless a sum, a date or the bot's own question claims the words."""
    reply = _narrow(scope, session, understanding) or decide_words(scope, understanding)
    if summed := reckon(scope, understanding, reply):
        return Turn(summed, session)
    may_be_number = reply.is_unclear or not any(slot.surface for slot in understanding.slots)
    turn = (
        deadline_turns.calculate_from_words(scope, session, understanding, reply)
        or step_turns.take_as_answer(scope, session, understanding, reply)
        or (small_talk.take_number(scope, session, understanding.text) if may_be_number else None)
    )
    if turn:
        return turn
    if reply.status is Status.ABSTAINED and commands.looks_like(understanding.text):
        key = "unknown_command"
        reply = plain_reply(scope, key, Status.CLARIFY, Reason.AMBIGUOUS, key)
    return Turn(reply, session)


def _narrow(scope: Scope, session: Session, understanding: Understanding) -> Reply | None:
    """Answer the question before for a place that was said alone; it opens no other question.

    Return `None` where nothing was answered before, or what one place alone has: its portal, its
    opening hours.
    """
    place = understanding.names_only(PLACE)
    entry = scope.pack.entries.get(session.context.entry or "")
    if place is None or entry is None or session.walk or scope.pack.is_about_portal(entry):
        return None
    if PLACE in entry.slots or entry.kind in (EntryKind.SMALLTALK, EntryKind.BOUNDARY):
        return None
    before = {kind: value for kind, value in scope.slots.items() if kind != PLACE}
    slots = {**before, place.kind: place.value}
    return entry_reply(replace(scope, slots=slots), entry, None, "narrowed")


def _tell_event(scope: Scope, event: Event) -> Reply:
    key, rule = _HAPPENED[event], f"event:{event}"
    return plain_reply(scope, key, Status.SMALLTALK, None, rule)


def _remember(scope: Scope, turn: Turn, now: datetime) -> Turn:
    """Store in the session what was offered and talked about, for the words that come next."""
    reply, session = turn.reply, turn.session
    if reply.reason is Reason.LIKED:
        return turn  # nothing was asked, so the last reply is still the one before
    offered = tuple((choice.label, choice.value) for choice in reply.choices)
    context = session.context
    if _sets_context(reply):
        entry = reply.answers[0].entry if reply.answers and _is_topic(reply) else None
        lasting = _lasting(scope.pack, entry)
        before = {k: v for k, v in context.slots_at(now).items() if k in lasting}
        slots = {**before, **_slots_of(scope.pack, reply)}
        if _is_between_places(scope.pack, turn.understanding):
            slots.pop(PLACE, None)
        context = context.told(slots, entry, now)
    elif reply.status is Status.CLARIFY or reply.reason is Reason.NO_DATA:
        context = replace(context, at=now)
    settled = replace(
        session,
        pack_version=scope.pack.version,
        context=context,
        offered=offered,
        rated=tuple((one.label, one.value) for one in ratings(scope.pack, reply)),
        asked=_question_asked(scope, reply, session),
    )
    return replace(turn, session=settled)


def _question_asked(scope: Scope, reply: Reply, session: Session) -> str:
    """Return the kind of question that the reply asks; empty if it asks none."""
    if small_talk.asks_to_choose(reply):
        return small_talk.SLOT
    under_way = step_turns.walk_under_way(scope, session) if reply.has_card else None
    if not under_way:
        return ""
    question = current(*under_way).question
    if question:
        return question.kind.value
    return cards.WHERE if cards.asks_where(scope, *under_way) else ""


def _sets_context(reply: Reply) -> bool:
    """Return whether the reply is about something that the next words may refer to."""
    if reply.status is Status.SMALLTALK or reply.reason is Reason.BOUNDARY:
        return False
    return bool(reply.slots or (reply.answers and not reply.is_unclear))


def _is_topic(reply: Reply) -> bool:
    """Return whether what was told is what is talked about; the nearest entry often is not."""
    is_sure = reply.status is Status.ANSWERED and not reply.is_unclear
    return is_sure or reply.score is None or reply.score >= LIKELY_TOPIC


def _is_between_places(pack: Pack, understanding: Understanding | None) -> bool:
    """Return whether somebody left one place and wants another: neither is yet theirs."""
    away = pack.vocabulary.elsewhere
    return bool(away and understanding and away in understanding.tokens)


def _lasting(pack: Pack, entry: str | None) -> Collection[str]:
    """Return the slots of the turns before that outlast one which has none of them.

    A service ends with the next question or door that is the same for all of them.
    """
    told = pack.entries.get(entry or "")
    return (PLACE, SERVICE) if told and not pack.is_about_portal(told) else (PLACE,)


def _slots_of(pack: Pack, reply: Reply) -> Mapping[str, str]:
    """Return slots of the words and of the entry that was shown; a region only when it was said."""
    slots = dict(reply.slots)
    entry = pack.entries.get(reply.answers[0].entry) if reply.answers else None
    for kind, value in entry.slots.items() if entry else ():
        slots.setdefault(kind, value)
    return slots

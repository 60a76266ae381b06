"""Decide what to say: `decide` is pure, so the same words in the same place get the same reply.

The order is: a press or one of the choices on offer, a word that moves a procedure under way, a
command, the answer to the question of a step, and only then free text, for which
`bot.core.answering.free_text` picks one answer, one question or an abstention.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from bot.core.answering.free_text import decide_words
from bot.core.answering.replies import plain_reply
from bot.core.deadlines import turns as deadline_turns
from bot.core.dialogue import small_talk
from bot.core.dialogue.commands import commanded, context_of, takes_argument
from bot.core.dialogue.presses import pressed
from bot.core.model.calendar import WriteCalendar
from bot.core.model.pack import Pack, QuestionKind
from bot.core.model.reply import Reason, Reply, Status
from bot.core.model.rules import UNCLEAR
from bot.core.model.scope import Scope
from bot.core.model.session import Context, Session
from bot.core.model.spans import day_of
from bot.core.model.turn import Turn
from bot.core.model.understanding import Understanding
from bot.core.model.update import Event, Update
from bot.core.ports import Understander
from bot.core.procedures import cards, dispatch, repair
from bot.core.procedures import turns as step_turns
from bot.core.procedures.checklist import HAVE, LACK
from bot.core.procedures.upgrade import still_valid
from bot.core.procedures.walk import current
from bot.core.words import commands
from bot.core.words.moves import Kind, Move, heard_move, read_move, read_ordinal, stripped
from bot.core.words.numerals import read_number

_HAPPENED = {
    Event.UNREADABLE: "unreadable",
    Event.ADDED: "added",
    Event.ADDED_HEARING_ALL: "added_hearing_all",
}
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_NEEDS_A_QUESTION = (Kind.WHY, Kind.DECLINE)
"""Moves that are words like any other unless the card has asked for something."""


def listen(
    understander: Understander, session: Session, update: Update, now: datetime
) -> Understanding | None:
    """What the update's words mean; `None` where there is nothing to understand in them."""
    text = update.text
    if text is None or offered_value(session, text) is not None or _move(session, text):
        return None
    command = commands.read(text)
    if not command:
        return understander.understand(text, session.context, now)
    if not takes_argument(command.name) or not command.argument:
        return None
    context = context_of(session, command.name, now)
    return understander.understand(command.argument, context, now)


def decide(
    pack: Pack,
    session: Session,
    update: Update,
    understanding: Understanding | None,
    now: datetime,
    as_of: date | None = None,
    calendar: WriteCalendar | None = None,
) -> Turn:
    """One turn. `understanding` is that of the update's text, `None` for a press.

    `as_of` replaces the calendar day in judging which facts are valid, nothing else.
    """
    day = as_of or day_of(now)
    session, notices = still_valid(pack, session.at(now))
    slots = dict(session.context.slots_at(now))
    scope = Scope(pack, day, slots, notices=notices, calendar=calendar)
    value = update.press if update.text is None else offered_value(session, update.text)
    text = update.text or ""
    if value is not None:
        turn = pressed(scope, session, value)
    elif update.event:
        turn = Turn(_happened(scope, update.event), session)
    elif what := _move(session, text):
        turn = dispatch.move(scope, session, what)
    elif command := commands.read(text):
        turn = commanded(scope, session, command, understanding)
    elif understanding is None:
        raise ValueError(f"update {update.id!r} has text but no understanding")
    elif session.walk and (heard := heard_move(understanding.sound)):
        turn = dispatch.move(scope, session, heard)
    elif answer := step_turns.answer(scope, session, understanding):
        turn = answer
    else:
        turn = _spoken(scope, session, understanding)
    turn = deadline_turns.settled(scope, session, turn)
    return _settled(scope, turn, now)


def _move(session: Session, text: str) -> Move | None:
    """The move that a text is for the walk under way."""
    found = read_move(text) if session.walk else None
    is_asked = session.asked not in ("", small_talk.SLOT)
    return found if found and (is_asked or found.kind not in _NEEDS_A_QUESTION) else None


def offered_value(session: Session, text: str) -> str | None:
    """The choice that a text picks: by its label, its number, or 第二种.

    A bare number is the answer where a number or a date was asked for.
    """
    said = stripped(text)
    for label, value in session.offered:
        if said in (label, label.removeprefix(HAVE).removeprefix(LACK)):
            return value
    is_number_asked = session.asked in (QuestionKind.NUMBER, QuestionKind.DATE)
    number = read_ordinal(said) if is_number_asked else picked_number(said)
    if number is not None and 1 <= number <= len(session.offered):
        return session.offered[number - 1][1]
    return None


def picked_number(said: str) -> int | None:
    """第二种, or a number in digits: 三 alone may be many things."""
    number = read_ordinal(said)
    if number is None and said.translate(_FULL_WIDTH).isascii():
        return read_number(said)
    return number


def _settled(scope: Scope, turn: Turn, now: datetime) -> Turn:
    """Remember what was offered and what was talked about, for the words that come next."""
    turn = repair.led_back(scope, turn)
    reply, session = turn.reply, turn.session
    offered = tuple((choice.label, choice.value) for choice in reply.choices)
    context = session.context
    if _sets_context(reply):
        entry = reply.answers[0].entry if reply.answers else None
        context = Context(_remembered(scope.pack, reply), entry, now)
    settled = replace(
        session,
        pack_version=scope.pack.version,
        context=context,
        offered=offered,
        asked=_asked(scope, reply, session),
    )
    return Turn(reply, settled)


def _asked(scope: Scope, reply: Reply, session: Session) -> str:
    """The kind of the question that the reply has put, if it has put one."""
    if small_talk.asks_to_choose(reply):
        return small_talk.SLOT
    under_way = step_turns.walk_under_way(scope, session) if cards.is_card(reply) else None
    if not under_way:
        return ""
    question = current(*under_way).question
    if question:
        return question.kind.value
    return cards.WHERE if cards.asks_where(scope, *under_way) else ""


def _sets_context(reply: Reply) -> bool:
    """Whether the reply is about something that the next words may lean on."""
    if reply.status is Status.SMALLTALK or reply.reason is Reason.BOUNDARY:
        return False
    return bool(reply.answers or reply.slots)


def _remembered(pack: Pack, reply: Reply) -> Mapping[str, str]:
    """Slots of the words and of the entry that was shown; a region only when it was said."""
    slots = dict(reply.slots)
    entry = pack.entries.get(reply.answers[0].entry) if reply.answers else None
    for kind, value in entry.slots.items() if entry else ():
        slots.setdefault(kind, value)
    return slots


def _spoken(scope: Scope, session: Session, understanding: Understanding) -> Turn:
    if value := repair.chosen(session, understanding):
        return pressed(scope, session, value)
    if turn := repair.corrected(scope, session, understanding):
        return turn
    if turn := small_talk.remarked(scope, session, understanding.text):
        return turn
    if understanding.wants_guidance:
        return repair.guided(scope, session, understanding)
    session = repair.at_place(session, understanding)
    reply = decide_words(scope, understanding)
    if turn := deadline_turns.spoken(scope, session, understanding, reply):
        return turn
    if turn := step_turns.taken_for_answer(scope, session, understanding, reply):
        return turn
    if reply.rule in UNCLEAR and (turn := small_talk.numbered(scope, session, understanding.text)):
        return turn
    if reply.status is Status.ABSTAINED and commands.looks_like(understanding.text):
        reply = plain_reply(
            scope, "unknown_command", Status.CLARIFY, Reason.AMBIGUOUS, "unknown_command"
        )
    return Turn(reply, session)


def _happened(scope: Scope, event: Event) -> Reply:
    key, rule = _HAPPENED[event], f"event:{event}"
    return plain_reply(scope, key, Status.SMALLTALK, None, rule)

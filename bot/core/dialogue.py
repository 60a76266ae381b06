"""Decide what to say: `decide` is pure, so the same words in the same place get the same reply.

The order is: a press or one of the choices on offer, a command, a word that moves a procedure, and
only then free text, for which `bot.core.deciding` picks one answer, one question or an abstention.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from bot.core import calculating, cards, commands, compose
from bot.core.commanding import commanded, context_of, takes_argument
from bot.core.compose import Setting
from bot.core.dates import day_of
from bot.core.deciding import decide_words
from bot.core.pack import Pack
from bot.core.ports import Turn, Understander, WriteCalendar
from bot.core.pressing import pressed
from bot.core.procedure import path
from bot.core.reply import Reason, Reply, Status
from bot.core.session import Context, Session
from bot.core.understanding import Understanding
from bot.core.update import Event, Update

_MOVES = {
    "下一步": cards.NEXT,
    "继续": cards.HERE,
    "继续办理": cards.HERE,
    "上一步": cards.BACK,
    "返回": cards.BACK,
    "结束": cards.STOP,
    "退出": cards.STOP,
    "取消": cards.STOP,
}
_HAPPENED = {
    Event.UNREADABLE: "unreadable",
    Event.ADDED: "added",
    Event.ADDED_HEARING_ALL: "added_hearing_all",
}
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


def listen(
    understander: Understander, session: Session, update: Update, now: datetime
) -> Understanding | None:
    """What the update's words mean; `None` where there is nothing to understand in them."""
    text = update.text
    if text is None or offered_value(session, text) is not None:
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
    session = _still_valid(pack, session)
    setting = Setting(pack, day, dict(session.context.slots_at(now)), calendar=calendar)
    value = update.press if update.text is None else offered_value(session, update.text)
    if value is not None:
        turn = pressed(setting, session, value)
    elif update.event:
        turn = Turn(_happened(setting, update.event), session)
    elif command := commands.read(update.text or ""):
        turn = commanded(setting, session, command, understanding)
    elif understanding is None:
        raise ValueError(f"update {update.id!r} has text but no understanding")
    else:
        turn = _spoken(setting, session, understanding)
    turn = calculating.settled(setting, session, turn)
    return _settled(setting, turn, now)


def _still_valid(pack: Pack, session: Session) -> Session:
    """The session without what a newer pack no longer has: a region, a step, a way to walk."""
    if session.pack_version in ("", pack.version):
        return session
    context, walk = session.context, session.walk
    if context.slots.get("region", "") not in ("", *pack.regions):
        context = Context()
    procedure = pack.procedures.get(walk.procedure) if walk else None
    if walk and not (procedure and path(procedure, walk.registration)):
        walk = None
    return replace(session, context=context, walk=walk)


def offered_value(session: Session, text: str) -> str | None:
    """The choice that a text picks: its number, its label, or a word that moves a procedure."""
    said = text.strip().strip(".。、)）").translate(_FULL_WIDTH)
    if said.isascii() and said.isdigit():
        number = int(said) if len(said) < 4 else 0
        if 1 <= number <= len(session.offered):
            return session.offered[number - 1][1]
    for label, value in session.offered:
        if said == label:
            return value
    return _MOVES.get(said) if session.walk else None


def _settled(setting: Setting, turn: Turn, now: datetime) -> Turn:
    """Remember what was offered and what was talked about, for the words that come next."""
    reply, session = turn.reply, turn.session
    pack = setting.pack
    choice = cards.resume_choice(setting, session)
    if choice and reply.status is not Status.PROCEDURE:
        reply = reply.with_choice(choice)
    offered = tuple((choice.label, choice.value) for choice in reply.choices)
    context = session.context
    if _sets_context(reply):
        entry = reply.answers[0].entry if reply.answers else None
        context = Context(_remembered(pack, reply), entry, now)
    return Turn(
        reply, replace(session, pack_version=pack.version, context=context, offered=offered)
    )


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


def _spoken(setting: Setting, session: Session, understanding: Understanding) -> Turn:
    if understanding.wants_guidance:
        return cards.guided(setting, session, understanding)
    reply = decide_words(setting, understanding)
    if turn := calculating.spoken(setting, session, understanding, reply):
        return turn
    if reply.status is Status.ABSTAINED and commands.looks_like(understanding.text):
        reply = compose.plain(
            setting, "unknown_command", Status.CLARIFY, Reason.AMBIGUOUS, "unknown_command"
        )
    return Turn(reply, session)


def _happened(setting: Setting, event: Event) -> Reply:
    key, rule = _HAPPENED[event], f"event:{event}"
    return compose.plain(setting, key, Status.SMALLTALK, None, rule)

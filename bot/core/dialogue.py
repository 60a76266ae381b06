"""Decide what to say: `decide` is pure, so the same words in the same place get the same reply.

The order is: a press or one of the choices on offer, a command, a word that moves a procedure, and
only then free text, for which `bot.core.deciding` picks one answer, one question or an abstention.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.core import cards, commands, compose
from bot.core.compose import Setting
from bot.core.deciding import decide_words, entry_for
from bot.core.pack import Pack
from bot.core.ports import Turn, Understander
from bot.core.procedure import path
from bot.core.reply import Choice, Choices, Reason, Reply, Status, Text
from bot.core.session import Context, Session, Walk
from bot.core.understanding import Understanding
from bot.core.update import Update

ZONE = ZoneInfo("Asia/Shanghai")
"""Whose calendar day counts for expiry: that of the people who file."""

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
NONE_OF_THESE = "none"
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_HINTS = {
    "portal": {"aspect": compose.PORTAL},
    "materials": {"aspect": compose.MATERIALS},
    "steps": {},
}
"""Commands that take an argument, and what they say about it."""


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
    if command.name not in _HINTS or not command.argument:
        return None
    return understander.understand(command.argument, Context(_HINTS[command.name], None, now), now)


def decide(
    pack: Pack,
    session: Session,
    update: Update,
    understanding: Understanding | None,
    now: datetime,
    as_of: date | None = None,
) -> Turn:
    """One turn. `understanding` is that of the update's text, `None` for a press.

    `as_of` replaces the calendar day in judging which facts are valid, nothing else.
    """
    day = as_of or now.astimezone(ZONE).date()
    session = _still_valid(pack, session)
    setting = Setting(pack, day, dict(session.context.slots_at(now)))
    value = update.press if update.text is None else offered_value(session, update.text)
    if value is not None:
        turn = _pressed(setting, session, value)
    elif command := commands.read(update.text or ""):
        turn = _commanded(setting, session, command, understanding)
    elif understanding is None:
        raise ValueError(f"update {update.id!r} has text but no understanding")
    else:
        turn = _spoken(setting, session, understanding)
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
        reply = _with_choice(reply, choice)
    offered = tuple((choice.label, choice.value) for choice in reply.choices)
    context = session.context
    if _sets_context(reply):
        entry = reply.answers[0].entry if reply.answers else None
        context = Context(_remembered(pack, reply), entry, now)
    return Turn(reply, Session(pack.version, context, offered, session.walk))


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
        return _guided(setting, session, understanding)
    return _answered(setting, session, understanding)


def _guided(setting: Setting, session: Session, understanding: Understanding) -> Turn:
    """Step by step: starts the procedure of the registration that was named, or asks which."""
    slots = understanding.plain_slots
    setting = replace(setting, slots=slots)
    for procedure in setting.pack.procedures.values():
        if slots.get("registration") in (*procedure.registrations, *procedure.without_path):
            reply, walk = cards.started(setting, procedure, slots["registration"])
            return Turn(reply, replace(session, walk=walk))
    return Turn(cards.menu(setting, next(iter(setting.pack.procedures.values()))), session)


def _answered(setting: Setting, session: Session, understanding: Understanding) -> Turn:
    return Turn(decide_words(setting, understanding), session)


def _with_choice(reply: Reply, choice: Choice) -> Reply:
    others = [part for part in reply.parts if not isinstance(part, Choices)]
    return replace(reply, parts=(*others, Choices((*reply.choices, choice))))


def _pressed(setting: Setting, session: Session, value: str) -> Turn:
    """A choice by its value; what is old, unknown or forged explains itself."""
    kind, _, rest = value.partition(":")
    handler = _PRESSES.get(kind)
    turn = handler(setting, session, rest) if handler else None
    return turn or Turn(_old_choice(setting), session)


Press = Callable[[Setting, Session, str], Turn | None]


def _press_entry(setting: Setting, session: Session, entry_id: str) -> Turn | None:
    entry = setting.pack.entries.get(entry_id)
    if not entry:
        return None
    slots = {k: v for k, v in setting.slots.items() if k == "region"} | dict(entry.slots)
    return Turn(compose.entry_reply(replace(setting, slots=slots), entry, None, "choice"), session)


def _press_region(setting: Setting, session: Session, short: str) -> Turn | None:
    """A region picked: the question that was open is answered for it."""
    if short not in setting.pack.regions:
        return None
    slots = {"aspect": compose.PORTAL, **setting.slots, "region": short}
    setting = replace(setting, slots=slots)
    return Turn(entry_for(setting, slots), session)


def _press_regions(setting: Setting, session: Session, page: str) -> Turn | None:
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 3 else 0
    options = compose.region_page(setting, number) if number else ()
    if not options:
        return None
    slots = {k: v for k, v in setting.slots.items() if k != "region"} | {"aspect": compose.PORTAL}
    reply = compose.question(replace(setting, slots=slots), "ask_region", options, "region_page")
    return Turn(reply, session)


def _press_procedure(setting: Setting, session: Session, target: str) -> Turn | None:
    procedure_id, _, registration = target.partition("#")
    procedure = setting.pack.procedures.get(procedure_id)
    if not procedure or registration not in (*procedure.registrations, *procedure.without_path):
        return None
    reply, walk = cards.started(setting, procedure, registration)
    return Turn(reply, replace(session, walk=walk))


def _press_walk(setting: Setting, session: Session, move: str) -> Turn | None:
    walk = session.walk
    procedure = setting.pack.procedures.get(walk.procedure) if walk else None
    move, _, step = move.partition(":")
    if not walk or not procedure or move not in ("next", "back", "here", "stop"):
        return None
    if step and step != walk.trail[-1]:
        move = "here"
    by = {"next": 1, "back": -1, "here": 0, "stop": 0}[move]
    further = None if move == "stop" else cards.moved(procedure, walk, by)
    if further is None:
        return Turn(_finished(setting, walk), replace(session, walk=None))
    return Turn(cards.card(setting, procedure, further), replace(session, walk=further))


def _press_none(setting: Setting, session: Session, _: str) -> Turn | None:
    reply = compose.plain(setting, "none_chosen", Status.CLARIFY, Reason.AMBIGUOUS, "none_of_these")
    reply = _with_choice(replace(reply, slots={}), _portal_choice(setting))
    return Turn(reply, session.without_context())


_PRESSES: dict[str, Press] = {
    "e": _press_entry,
    "r": _press_region,
    "regions": _press_regions,
    "p": _press_procedure,
    "w": _press_walk,
    NONE_OF_THESE: _press_none,
}


def _finished(setting: Setting, walk: Walk) -> Reply:
    text = Text(setting.phrase("finished", registration=walk.registration))
    return Reply(status=Status.PROCEDURE, parts=(text,), slots=setting.slots, rule="finished")


def _portal_choice(setting: Setting) -> Choice:
    return Choice(setting.phrase("choice_portal"), "regions:1")


def _old_choice(setting: Setting) -> Reply:
    reply = compose.plain(setting, "old_choice", Status.CLARIFY, Reason.AMBIGUOUS, "old_choice")
    return _with_choice(reply, _portal_choice(setting))


def _commanded(
    setting: Setting, session: Session, command: commands.Command, argument: Understanding | None
) -> Turn:
    if argument:
        setting = replace(setting, slots={})
        guided = command.name == "steps"
        return (
            _guided(setting, session, argument) if guided else _answered(setting, session, argument)
        )
    match command.name:
        case "start":
            reply = compose.plain(setting, "welcome", Status.SMALLTALK, None, "command:start")
            return Turn(_with_choice(reply, _portal_choice(setting)), replace(session, walk=None))
        case "cancel":
            key = "cancelled" if session.walk else "nothing_to_cancel"
            reply = compose.plain(setting, key, Status.SMALLTALK, None, "command:cancel")
            return Turn(reply, replace(session, walk=None, context=Context()))
        case "sources":
            return Turn(compose.sources_reply(setting), session)
        case "forgetme":
            reply = compose.plain(setting, "forgotten", Status.SMALLTALK, None, "command:forgetme")
            return Turn(reply, Session())
        case "help" | "privacy" as name:
            return Turn(
                compose.plain(setting, name, Status.SMALLTALK, None, f"command:{name}"), session
            )
        case name:
            return Turn(_lookup_menu(setting, name), session)


def _lookup_menu(setting: Setting, name: str) -> Reply:
    """/portal, /materials and /steps without an argument: what may be chosen."""
    if name == "portal":
        setting = replace(setting, slots={"aspect": compose.PORTAL})
        return compose.question(
            setting, "ask_region", compose.region_page(setting, 1), "command:portal"
        )
    if name == "steps":
        return cards.menu(setting, next(iter(setting.pack.procedures.values())))
    papers = [
        e for e in setting.pack.entries.values() if e.slots.get("aspect") == compose.MATERIALS
    ]
    options = [
        Choice(e.slots["registration"], f"e:{e.id}") for e in papers if "registration" in e.slots
    ]
    return compose.question(setting, "ask_registration", options, "command:materials")

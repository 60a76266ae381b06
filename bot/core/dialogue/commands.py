"""What a command does: `/portal 四川`, `/steps`, `/settings`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.core.answering.free_text import decide_words
from bot.core.answering.regions import portal_choice, region_page
from bot.core.answering.replies import plain_reply, question_reply
from bot.core.deadlines import turns as deadline_turns
from bot.core.model.choices import CLEAR_CONTEXT
from bot.core.model.reply import Choice, ListPart, Reply, Status, Text
from bot.core.model.scope import Setting
from bot.core.model.session import CONTEXT_LIFE, Context, Session
from bot.core.model.turn import Turn
from bot.core.model.understanding import Understanding
from bot.core.model.vocabulary import MATERIALS, PORTAL
from bot.core.procedures import cards, repair
from bot.core.words import commands

DEADLINE = "deadline"
_HINTS: Mapping[str, Mapping[str, str]] = {
    "portal": {"aspect": PORTAL},
    "materials": {"aspect": MATERIALS},
    "steps": {},
    DEADLINE: {},
}
"""What a command says about its argument, in the place of what was talked about before."""
ASK = "ask"
"""Its argument is a question like any other."""
_REMEMBERED = ("region", "registration", "aspect")


def takes_argument(name: str) -> bool:
    """Whether words behind the command mean something to it."""
    return name in _HINTS or name == ASK


def context_of(session: Session, name: str, now: datetime) -> Context:
    """What the argument of a command is understood against."""
    return session.context if name == ASK else Context(_HINTS[name], None, now)


def commanded(
    setting: Setting, session: Session, command: commands.Command, argument: Understanding | None
) -> Turn:
    """One turn of a command; `argument` is what was understood behind it, if it takes one."""
    if command.name == DEADLINE:
        return deadline_turns.commanded(setting, session, argument)
    if argument:
        return _with_argument(setting, session, command, argument)
    match command.name:
        case "start":
            left = replace(session.with_walk(None), asking=None)
            return Turn(_welcome(setting, command.argument), left)
        case "cancel":
            key = "cancelled" if session.walk or session.asking else "nothing_to_cancel"
            left = replace(session.with_walk(None).without_context(), asking=None)
            return Turn(_said(setting, key, "cancel"), left)
        case "sources":
            return Turn(_sources(setting), session)
        case "forgetme":
            return Turn(_said(setting, "forgotten", "forgetme"), Session())
        case "settings":
            return Turn(_settings(setting), session)
        case "ask":
            return Turn(_said(setting, "ask_what", "ask"), session)
        case "help" | "privacy" as name:
            return Turn(_said(setting, name, name), session)
        case name:
            return Turn(_lookup_menu(setting, session, name), session)


def _with_argument(
    setting: Setting, session: Session, command: commands.Command, argument: Understanding
) -> Turn:
    if command.name == "steps":
        return repair.guided(setting, session, argument)
    return Turn(decide_words(replace(setting, slots={}), argument), session)


def _said(setting: Setting, key: str, name: str) -> Reply:
    return plain_reply(setting, key, Status.SMALLTALK, None, f"command:{name}")


def _welcome(setting: Setting, payload: str) -> Reply:
    """A payload that reaches core is one that the adapter could not make sense of."""
    reply = _said(setting, "welcome", "start").with_choice(portal_choice(setting))
    if payload:
        reply = replace(reply, parts=(Text(setting.phrase("old_link")), *reply.parts))
    return reply


def _settings(setting: Setting) -> Reply:
    """What is remembered of the conversation, with a way to clear it."""
    words = [setting.slots[kind] for kind in _REMEMBERED if kind in setting.slots]
    minutes = int(CONTEXT_LIFE.total_seconds() // 60)
    remembered = (
        setting.phrase("settings_remembered", words="、".join(words), minutes=minutes)
        if words
        else setting.phrase("settings_nothing", minutes=minutes)
    )
    reply = _said(setting, "settings", "settings")
    reply = replace(reply, parts=(Text(remembered), *reply.parts))
    return (
        reply.with_choice(Choice(setting.phrase("clear_context"), CLEAR_CONTEXT))
        if words
        else reply
    )


def _sources(setting: Setting) -> Reply:
    """Every document that the pack rests on."""
    checked = setting.pack.phrase("source_checked")
    items = tuple(
        f"{s.title}（{checked.format(date=s.checked_on.isoformat())}）"
        for s in setting.pack.sources.values()
    )
    parts = (ListPart(items, setting.phrase("sources_intro")),)
    return Reply(status=Status.ANSWERED, parts=parts, rule="command:sources")


def _lookup_menu(setting: Setting, session: Session, name: str) -> Reply:
    """/portal, /materials and /steps without an argument: what may be chosen."""
    if name == "portal":
        setting = replace(setting, slots={"aspect": PORTAL})
        return question_reply(setting, "ask_region", region_page(setting, 1), "command:portal")
    if name == "steps":
        return cards.menu(setting, session)
    papers = [e for e in setting.pack.entries.values() if e.slots.get("aspect") == MATERIALS]
    options = [
        Choice(e.slots["registration"], f"e:{e.id}") for e in papers if "registration" in e.slots
    ]
    return question_reply(setting, "ask_registration", options, "command:materials")

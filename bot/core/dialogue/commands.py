"""Read and carry out commands of every platform: `/portal 总馆`, `/portal@name 总馆`, `/steps`.

Commands are words in Latin letters because Telegram allows no others; everything they do can also
be asked in plain Chinese.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.answering.free_text import decide_words
from bot.core.answering.phrase_replies import plain_reply, question_reply
from bot.core.answering.regions import portal_choice, region_page
from bot.core.deadlines import turns as deadline_turns
from bot.core.model.choices import ClearContext, ShowEntry
from bot.core.model.entry import Entry
from bot.core.model.pack import Pack
from bot.core.model.reply import Choice, ListPart, Reply, Status, Text
from bot.core.model.scope import Scope
from bot.core.model.session import CONTEXT_LIFE, Context, Session
from bot.core.model.turn import Turn
from bot.core.model.understanding import Understanding
from bot.core.model.vocabulary import ASPECT, PLACE, SERVICE, Vocabulary
from bot.core.procedures import cards, repair

NAMES = (
    "start",
    "help",
    "ask",
    "portal",
    "materials",
    "steps",
    "deadline",
    "sources",
    "settings",
    "cancel",
    "privacy",
    "forgetme",
)

FORGETS_PERSON = "command:forgetme"
"""The rule of the reply to `/forgetme`."""
_SLASHES = ("/", "／")
_COMMAND = re.compile(r"\s*[/／]([a-zA-Z]+)(?:@[a-zA-Z0-9_]+)?[\s　]*(.*)", re.DOTALL)
_LIKE_A_COMMAND = re.compile(r"\s*[/／][a-zA-Z]\w*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Command:
    """A command and what stands behind it; `name` is one of `NAMES`."""

    name: str
    argument: str


def read(text: str) -> Command | None:
    """Return the command that a text is; `None` for ordinary words and unknown names."""
    found = _COMMAND.fullmatch(text) if text.lstrip()[:1] in _SLASHES else None
    if not found:
        return None
    name = found.group(1).lower()
    return Command(name, found.group(2).strip()) if name in NAMES else None


def looks_like(text: str) -> bool:
    """Return whether a command was meant, even one that does not exist."""
    return _LIKE_A_COMMAND.match(text) is not None


DEADLINE = "deadline"
_LOOKUPS = ("portal", "materials", "steps", DEADLINE)
"""Their argument says what is to be looked up, whatever was talked about before."""
ASK = "ask"
"""Its argument is a question like any other."""
_REMEMBERED = (PLACE, SERVICE, ASPECT)


def takes_argument(name: str) -> bool:
    """Return whether words behind the command mean something to it."""
    return name in _LOOKUPS or name == ASK


def context_of(words: Vocabulary, session: Session, name: str, now: datetime) -> Context:
    """Return the context in which the argument of a command is understood."""
    if name == ASK:
        return session.context
    aspect = {"portal": words.portal, "materials": words.materials}.get(name)
    return Context({ASPECT: aspect} if aspect else {}, None, now)


def run_command(
    scope: Scope, session: Session, command: Command, argument: Understanding | None
) -> Turn:
    """Carry out a command; `argument` is its argument, understood, if it takes one."""
    if command.name == DEADLINE:
        return deadline_turns.run_command(scope, session, argument)
    if argument:
        return _with_argument(scope, session, command, argument)
    match command.name:
        case "start":
            left = replace(session.with_walk(None), asking=None)
            return Turn(_welcome(scope, command.argument), left)
        case "cancel":
            key = "cancelled" if session.walk or session.asking else "nothing_to_cancel"
            left = replace(session.with_walk(None).without_context(), asking=None)
            return Turn(_plain(scope, key, "cancel"), left, is_about_session=True)
        case "sources":
            return Turn(_sources(scope), session)
        case "forgetme":
            reply = reply_forgotten(scope.pack)
            return Turn(reply, Session(), is_about_session=True, forgets_person=True)
        case "settings":
            return Turn(_settings(scope), session, is_about_session=True)
        case "ask":
            return Turn(_plain(scope, "ask_what", "ask"), session)
        case "help" | "privacy" as name:
            return Turn(_plain(scope, name, name), session)
        case name:
            return Turn(_lookup_menu(scope, session, name), session)


def _with_argument(
    scope: Scope, session: Session, command: Command, argument: Understanding
) -> Turn:
    if command.name == "steps":
        return repair.begin_named(scope, session, argument)
    return Turn(decide_words(replace(scope, slots={}), argument), session)


def reply_forgotten(pack: Pack) -> Reply:
    """Reply that a person's conversations are deleted; it holds nothing that they said."""
    return Reply(Status.SMALLTALK, (Text(pack.phrase("forgotten")),), rule=FORGETS_PERSON)


def _plain(scope: Scope, key: str, name: str) -> Reply:
    return plain_reply(scope, key, Status.SMALLTALK, None, f"command:{name}")


def _welcome(scope: Scope, payload: str) -> Reply:
    """Welcome a person; a payload that reaches core is one that the adapter could not read."""
    reply = _plain(scope, "welcome", "start").with_choice(portal_choice(scope))
    if payload:
        reply = replace(reply, parts=(Text(scope.phrase("old_link")), *reply.parts))
    return reply


def _settings(scope: Scope) -> Reply:
    """Show what is remembered of the conversation, with a way to clear it."""
    words = [scope.slots[kind] for kind in _REMEMBERED if kind in scope.slots]
    minutes = int(CONTEXT_LIFE.total_seconds() // 60)
    remembered = (
        scope.phrase("settings_remembered", words="、".join(words), minutes=minutes)
        if words
        else scope.phrase("settings_nothing", minutes=minutes)
    )
    reply = _plain(scope, "settings", "settings")
    reply = replace(reply, parts=(Text(remembered), *reply.parts))
    return (
        reply.with_choice(Choice(scope.phrase("clear_context"), str(ClearContext())))
        if words
        else reply
    )


def _sources(scope: Scope) -> Reply:
    """List every document that the pack rests on."""
    checked = scope.pack.phrase("source_checked")
    items = tuple(
        f"{s.title}（{checked.format(date=s.checked_on.isoformat())}）"
        for s in scope.pack.sources.values()
    )
    parts = (ListPart(items, scope.phrase("sources_intro")),)
    return Reply(status=Status.ANSWERED, parts=parts, rule="command:sources")


def _lookup_menu(scope: Scope, session: Session, name: str) -> Reply:
    """/portal, /materials and /steps without an argument: what may be chosen."""
    if name == "portal":
        scope = replace(scope, slots={ASPECT: scope.pack.vocabulary.portal})
        return question_reply(scope, "ask_region", region_page(scope, 1), "command:portal")
    if name == "steps":
        return cards.menu(scope, session)
    options = [Choice(e.slots[SERVICE], str(ShowEntry(e.id))) for e in _papers(scope.pack)]
    return question_reply(scope, "ask_registration", options, "command:materials")


def _papers(pack: Pack) -> list[Entry]:
    """Return the most general entry on papers of each service, in the pack's order."""
    wanted = pack.vocabulary.materials
    found: dict[str, Entry] = {}
    for entry in pack.entries.values():
        if wanted and entry.slots.get(ASPECT) == wanted and SERVICE in entry.slots:
            kept = found.setdefault(entry.slots[SERVICE], entry)
            if len(entry.slots) < len(kept.slots):
                found[entry.slots[SERVICE]] = entry
    return list(found.values())

"""Ask for what the words leave open: a place, a service, a detail, or what it is about at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.answering.choices_under_answers import topic_choices
from bot.core.answering.limits import MAX_CHOICES
from bot.core.answering.phrase_replies import question_reply
from bot.core.answering.regions import region_page
from bot.core.model.choices import NoneOfThese, ShowEntry
from bot.core.model.entry import Entry, EntryKind
from bot.core.model.pack import Pack
from bot.core.model.reply import Choice, Reply
from bot.core.model.scope import Scope
from bot.core.model.understanding import Candidate
from bot.core.model.vocabulary import PLACE, SERVICE


def open_slot(scope: Scope, entry: Entry, best: Candidate) -> Reply | None:
    """Asks for a slot that the words leave open and that other entries fill otherwise."""
    details = scope.pack.vocabulary.details
    for kind in (PLACE, SERVICE, *details):
        if kind not in entry.slots or kind in scope.slots or len(entry.slots) < 2:
            continue
        family = _family(scope.pack, entry, kind)
        if len(family) > 1:
            scope = replace(scope, slots={**shared_slots(entry, kind), **scope.slots})
            phrase = "ask_detail" if kind in details else f"ask_{kind}"
            options = _options(scope, family, kind)
            reply = question_reply(scope, phrase, options, f"missing_slot:{kind}")
            return replace(reply, score=best.score)
    return None


def topics(scope: Scope) -> Reply:
    """Asks what it is about: the portals, or something that is often asked."""
    reply = question_reply(scope, "ask_topic", topic_choices(scope), "says_too_little")
    return replace(reply, is_unclear=True)


def shared_slots(entry: Entry, kind: str) -> dict[str, str]:
    return {other: value for other, value in entry.slots.items() if other != kind}


def _family(pack: Pack, entry: Entry, kind: str) -> list[Entry]:
    """Entries that differ from this one in one slot only; those that know an answer first, and of
    these what is asked most.
    """
    wanted = shared_slots(entry, kind)
    found = [
        e for e in pack.entries.values() if kind in e.slots and shared_slots(e, kind) == wanted
    ]
    asked = {name: place for place, name in enumerate(pack.most_asked)}
    return sorted(found, key=lambda e: (e.kind is not EntryKind.FACT, asked.get(e.id, len(asked))))


def _options(scope: Scope, family: Sequence[Entry], kind: str) -> tuple[Choice, ...]:
    if kind == PLACE:
        return region_page(scope, 1)
    first = {e.slots[kind]: e for e in reversed(family)}
    shown = [e for e in family if first[e.slots[kind]] is e][:MAX_CHOICES]
    options = [Choice(e.slots[kind], str(ShowEntry(e.id))) for e in shown]
    return (*options, Choice(scope.phrase("none_of_these"), str(NoneOfThese())))

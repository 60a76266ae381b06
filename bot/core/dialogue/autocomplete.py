"""Suggest answers while somebody is still typing: there is no session and no question back.

The first one is what the words would have been answered with; where they would have been asked
back, every choice of that question is answered instead.  Another region's portal never comes up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from bot.core.answering.entry_replies import entry_reply
from bot.core.answering.free_text import decide_words, entry_for
from bot.core.model.choices import PickRegion, ShowEntry, read
from bot.core.model.pack import Entry, EntryKind, Pack
from bot.core.model.reply import Choice, Reason, Reply, Status
from bot.core.model.scope import Scope
from bot.core.model.session import Context
from bot.core.model.spans import day_of
from bot.core.model.understanding import Understanding
from bot.core.model.vocabulary import ASPECT, PLACE
from bot.core.ports import Brain

MAX_SUGGESTIONS = 50
_TELLING = (EntryKind.FACT, EntryKind.NO_DATA)
_SILENT = (Reason.OUT_OF_DOMAIN, Reason.NOT_A_QUESTION)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A reply that can stand alone; `name` is the same whenever the same is suggested."""

    name: str
    title: str
    short: str
    reply: Reply


def suggest(brain: Brain, text: str, now: datetime) -> tuple[Suggestion, ...]:
    """Best first, each once; the most asked of the pack where nothing was typed yet."""
    pack = brain.pack
    scope = Scope(pack, day_of(now), {})
    if text.strip():
        found = _fitting(scope, brain.understander.understand(text, Context(), now))
    else:
        entries = (pack.entries[name] for name in pack.most_asked)
        found = (_of_entry(scope, entry) for entry in entries)
    kept = {one.name: one for one in found if _stands_alone(one.reply)}
    return tuple(islice(kept.values(), MAX_SUGGESTIONS))


def _fitting(scope: Scope, understanding: Understanding) -> Iterator[Suggestion]:
    reply = decide_words(scope, understanding)
    scope = replace(scope, slots=understanding.plain_slots)
    if reply.status is Status.CLARIFY:
        for choice in reply.choices:
            yield from _of_choice(scope, choice)
    else:
        yield _of_reply(scope.pack, understanding.text, reply)
    if reply.reason in _SILENT or reply.reason is Reason.BOUNDARY:
        return
    for answer in reply.answers:
        for name in scope.pack.entries[answer.entry].related:
            yield _of_entry(scope, scope.pack.entries[name])
    least = understanding.thresholds.ask / 2
    for candidate in understanding.candidates:
        entry = scope.pack.entries[candidate.entry]
        is_near = not candidate.is_elsewhere and candidate.score >= least
        if is_near and entry.kind in _TELLING and not scope.pack.is_about_portal(entry):
            yield _of_entry(scope, entry)


def _of_choice(scope: Scope, choice: Choice) -> Iterator[Suggestion]:
    """Return the answer behind a choice of an entry or a region; other choices have none."""
    match read(choice.value):
        case ShowEntry(name) if name in scope.pack.entries:
            yield _of_entry(scope, scope.pack.entries[name])
        case PickRegion(short) if short in scope.pack.regions:
            slots = {ASPECT: scope.pack.vocabulary.portal, **scope.slots, PLACE: short}
            reply = entry_for(replace(scope, slots=slots), slots)
            yield _of_reply(scope.pack, short, reply)
        case _:
            pass


def _of_entry(scope: Scope, entry: Entry) -> Suggestion:
    slots = _region_of(scope.slots) | dict(entry.slots)
    reply = entry_reply(replace(scope, slots=slots), entry, None, "suggested")
    return _of_reply(scope.pack, entry.title, reply)


def _of_reply(pack: Pack, asked: str, reply: Reply) -> Suggestion:
    names = [_name(answer.entry, answer.slots) for answer in reply.answers]
    name = ",".join(names) or f"{reply.reason}#{reply.slots.get('region', '')}"
    entry = pack.entries.get(reply.answers[0].entry) if len(reply.answers) == 1 else None
    first = reply.as_text().split("\n", 1)[0]
    short = entry.short if entry and not entry.verdicts else first
    return Suggestion(name, entry.title if entry else asked, short, reply)


def _name(entry: str, slots: Mapping[str, str]) -> str:
    return f"{entry}#{slots.get('region', '')}"


def _region_of(slots: Mapping[str, str]) -> dict[str, str]:
    return {PLACE: slots[PLACE]} if PLACE in slots else {}


def _stands_alone(reply: Reply) -> bool:
    if reply.reason in _SILENT:
        return False
    return reply.status in (Status.ANSWERED, Status.ABSTAINED)

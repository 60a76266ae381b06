"""Suggest answers while somebody is still typing: there is no session and no question back.

The first one is what the words would have been answered with; where they would have been asked
back, every choice of that question is answered instead.  Another region's portal never comes up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest

from bot.core.answering.entry_replies import entry_reply
from bot.core.answering.free_text import entry_for
from bot.core.dialogue.decide import take_turn
from bot.core.model.choices import NoneOfThese, PickRegion, ShowEntry, read
from bot.core.model.entry import Entry, EntryKind
from bot.core.model.pack import Pack
from bot.core.model.reply import Choice, Reason, Reply, Status
from bot.core.model.scope import Scope
from bot.core.model.session import Session
from bot.core.model.spans import day_of
from bot.core.model.understanding import Understanding
from bot.core.model.update import ConversationKey, Update
from bot.core.model.vocabulary import ASPECT, PLACE, SERVICE
from bot.core.ports import Brain

MAX_SUGGESTIONS = 50
MAX_COMPLETIONS = 6
FEWEST_LETTERS = 2
"""Latin letters from which a word is completed; one fits too many."""
ENOUGH = 5
"""Suggestions from which a text is taken as it stands; a single character fits few."""
_COMPLETED = (SERVICE, ASPECT)
NOBODY = ConversationKey("", "", "")
_TELLING = (EntryKind.FACT, EntryKind.NO_DATA)
_SILENT = (Reason.OUT_OF_DOMAIN, Reason.NOT_A_QUESTION)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A reply that can stand alone; `name` is the same whenever the same is suggested."""

    name: str
    title: str
    short: str
    reply: Reply
    can_be_opened: bool = False
    """All of it is in entries, so that `OpenAnswers` with the name shows it anywhere."""


def suggest(brain: Brain, text: str, now: datetime) -> tuple[Suggestion, ...]:
    """Best first, each once; the most asked of the pack where nothing was typed yet.

    Where the text fits little, its last word may be unfinished: then what it may become is answered
    as well.
    """
    if not text.strip():
        scope = Scope(brain.pack, day_of(now), {})
        return _kept(_of_entry(scope, brain.pack.entries[name]) for name in brain.pack.most_asked)
    found = _kept(_fitting(brain, text, now))
    if len(found) >= ENOUGH:
        return found
    each = [_kept(_fitting(brain, one, now)) for one in completions(brain.pack, text)]
    more = (one for row in zip_longest(*each) for one in row if one is not None)
    return _kept((*found, *more))


def _kept(found: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    kept: dict[str, Suggestion] = {}
    for one in found:
        if _stands_alone(one.reply):
            kept.setdefault(one.name, one)
    return tuple(kept.values())[:MAX_SUGGESTIONS]


def _fitting(brain: Brain, text: str, now: datetime) -> Iterator[Suggestion]:
    """Yield the answer that a stranger gets to the text, then what is near it."""
    turn = take_turn(brain, Session(), Update("", NOBODY, now, text=text), now)
    understanding, reply = turn.understanding, turn.reply
    if understanding is None:
        return
    scope = Scope(brain.pack, day_of(now), understanding.plain_slots)
    if _asks_back(reply):
        yield from _parts(scope, understanding)
        for choice in reply.choices:
            yield from _of_choice(scope, choice)
    else:
        yield _of_reply(scope.pack, text.strip(), reply)
    if reply.reason in _SILENT or reply.reason is Reason.BOUNDARY:
        return
    entries = [scope.pack.entries.get(answer.entry) for answer in reply.answers]
    for entry in filter(None, entries):
        for name in entry.related:
            yield _of_entry(scope, scope.pack.entries[name])
    yield from _near(scope, understanding)


def _asks_back(reply: Reply) -> bool:
    """Whether a reply, or one of the several that it joins, is a question back."""
    offered = (read(choice.value) for choice in reply.choices)
    return reply.status is Status.CLARIFY or any(isinstance(o, NoneOfThese) for o in offered)


def _near(scope: Scope, understanding: Understanding) -> Iterator[Suggestion]:
    least = understanding.thresholds.ask / 2
    for candidate in understanding.candidates:
        entry = scope.pack.entries[candidate.entry]
        is_near = not candidate.is_elsewhere and candidate.score >= least
        if is_near and entry.kind in _TELLING and not scope.pack.is_about_portal(entry):
            yield _of_entry(scope, entry)


def _parts(scope: Scope, understanding: Understanding) -> Iterator[Suggestion]:
    """Yield the answers to those of several things asked that need no question back."""
    aspects = dict.fromkeys(slot.value for slot in understanding.of(ASPECT))
    for aspect in aspects if len(aspects) > 1 else ():
        slots = {**scope.slots, ASPECT: aspect}
        reply = entry_for(replace(scope, slots=slots), slots)
        if reply.answers and reply.answers[0].slots.get(ASPECT) == aspect:
            yield _of_reply(scope.pack, aspect, reply)


def completions(pack: Pack, text: str) -> list[str]:
    """Return what a text may become whose last word is unfinished; the first few of them."""
    *before, last = text.lower().rsplit(maxsplit=1)
    if last.isascii() and len(last) < FEWEST_LETTERS:
        return []
    found: dict[tuple[str, str], str] = {}
    for meant, word in _words(pack):
        if word.lower().startswith(last):
            found.setdefault(meant, " ".join((*before, word)))
    return list(found.values())[:MAX_COMPLETIONS]


def _words(pack: Pack) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the words that fill a slot, each with what it means: the names of a thing first."""
    for region in pack.regions.values():
        for name in (region.short, *region.names, *region.letter_names):
            yield (PLACE, region.short), name
    for kind in _COMPLETED:
        for value in pack.vocabulary.values.get(kind, ()):
            yield (kind, value), value
    for term in pack.lexicon.terms:
        for form in (term.word, *term.forms):
            if term.slot in _COMPLETED and "(" not in form:
                yield (term.slot, term.value or term.word), form
    for region in pack.regions.values():
        for place in region.places:
            yield (PLACE, region.short), place


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
    entries = [pack.entries.get(answer.entry) for answer in reply.answers]
    known = [entry for entry in entries if entry is not None]
    if not known or len(known) < reply.topics:
        first = _first_line(reply)
        return Suggestion(f"{reply.rule}#{first}", asked, first, reply)
    name = ",".join(_name(answer.entry, answer.slots) for answer in reply.answers)
    if len(known) > 1:
        short = "、".join(entry.title for entry in known)
        return Suggestion(name, asked, short, reply, can_be_opened=True)
    [entry] = known
    short = _first_line(reply) if entry.verdicts else entry.short
    return Suggestion(name, entry.title, short, reply, can_be_opened=True)


def _first_line(reply: Reply) -> str:
    """Return the first line that is no heading."""
    lines = [line for line in reply.as_text().split("\n") if line]
    return lines[1] if reply.topics > 1 else lines[0]


def _name(entry: str, slots: Mapping[str, str]) -> str:
    return f"{entry}#{slots.get(PLACE, '')}"


def _region_of(slots: Mapping[str, str]) -> dict[str, str]:
    return {PLACE: slots[PLACE]} if PLACE in slots else {}


def _stands_alone(reply: Reply) -> bool:
    if reply.reason in _SILENT:
        return False
    return reply.status in (Status.ANSWERED, Status.ABSTAINED)

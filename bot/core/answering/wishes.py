"""Tell apart the things that one message asks for: two places, two services, or two aspects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.core.answering.relevance import is_strangers_door
from bot.core.model.entry import Entry
from bot.core.model.pack import Pack
from bot.core.model.question_type import QuestionType
from bot.core.model.understanding import Candidate, Slot, Understanding
from bot.core.model.vocabulary import ASPECT, PLACE, SERVICE

_COMPARING = (QuestionType.WHICH, QuestionType.DIFFERENCE)
"""What asks about two kinds of cards at once, and not about each."""
_SURE, _HALF_AS_LIKELY = 0.9, 0.5
"""Score from which one entry is meant although two aspects are said, and the share of it from which
an entry about the other one speaks against that."""


def _kinds(pack: Pack) -> tuple[str, ...]:
    """The slots of which two values make two things asked, the first one first."""
    return (PLACE, SERVICE, *pack.vocabulary.details, ASPECT)


def wishes_of(pack: Pack, understanding: Understanding) -> Iterator[dict[str, str]]:
    """One set of slots for each thing asked: two regions or two registrations make two."""
    first = understanding.candidates[:1]
    is_compared = understanding.asked in _COMPARING
    for kind in _kinds(pack):
        is_of_one = any(kind in pack.entries[candidate.entry].slots for candidate in first)
        if is_compared and kind in pack.vocabulary.details and not is_of_one:
            continue  # one answer is about both
        said = [s for s in understanding.of(kind) if s.is_listed]
        if kind == ASPECT and not _may_ask_for_a_door(pack, understanding):
            said = [s for s in said if s.value != pack.vocabulary.portal]
        if len(said) > 1:
            for slot in said:
                yield {**understanding.plain_slots, kind: slot.value}
            return
    yield understanding.plain_slots


def _may_ask_for_a_door(pack: Pack, understanding: Understanding) -> bool:
    """Return whether a place is named or a door found: 周三哪些馆开着 asks for no door."""
    doors = (pack.entries[c.entry] for c in understanding.candidates)
    return bool(understanding.of(PLACE)) or any(map(pack.is_about_portal, doors))


def told_apart_by(pack: Pack, wishes: Sequence[Mapping[str, str]]) -> str | None:
    """Return the kind of slots in which wishes differ; none if there is one wish."""
    kinds = _kinds(pack)
    return next((kind for kind in kinds if len({wish.get(kind) for wish in wishes}) > 1), None)


def is_one_thing(pack: Pack, understanding: Understanding) -> bool:
    """Return whether two aspects are said of one thing: 图书证年审去哪个网站办.

    One entry is surely meant, and none that is about another of the aspects comes near.
    """
    aspects = {slot.value for slot in understanding.of(ASPECT) if slot.is_listed}
    best = next(iter(understanding.candidates), None)
    if len(aspects) < 2 or best is None or best.score < _SURE or best.misses_slot:
        return False
    own = pack.entries[best.entry].slots.get(ASPECT)
    near = (c for c in understanding.candidates[1:] if c.score >= best.score * _HALF_AS_LIKELY)
    others = {pack.entries[c.entry].slots.get(ASPECT) for c in near}
    return not (aspects - {own}) & others


def is_overlooked(pack: Pack, said: Understanding, wish: Mapping[str, str]) -> bool:
    """Return whether the door of one place is behind the candidates, which fit the other place.

    Two doors are asked for in the same words, so the second is as clear as the first.
    """
    if not said.candidates:
        return True
    door = pack.portal_of(wish[PLACE]) if PLACE in wish else None
    if door is None or door.slots != wish:
        return False
    found = next((c for c in said.candidates if c.entry == door.id), None)
    if found is None:
        return said.candidates[0].score >= said.thresholds.answer
    is_foreign = found.has_foreign_words or is_strangers_door(pack, said, found)
    return found.score < said.thresholds.answer and not is_foreign


def narrowed(
    pack: Pack, understanding: Understanding, wish: Mapping[str, str], kind: str
) -> Understanding:
    """The understanding as if only this wish had been said."""
    others = tuple(s for s in understanding.slots if s.kind != kind)
    slots = (*others, Slot(kind, (wish[kind],), wish[kind]))
    candidates = tuple(
        _placed(pack, candidate, wish)
        for candidate in understanding.candidates
        if _agrees(pack, pack.entries[candidate.entry], wish)
    )
    return replace(understanding, slots=slots, candidates=candidates)


def _agrees(pack: Pack, entry: Entry, wish: Mapping[str, str]) -> bool:
    """Whether an entry is about the service and the aspect of a wish, or about neither."""
    kinds = pack.vocabulary.judged
    return all(entry.slots.get(kind, wish.get(kind)) == wish.get(kind) for kind in kinds)


def _placed(pack: Pack, candidate: Candidate, wish: Mapping[str, str]) -> Candidate:
    entry, region = pack.entries[candidate.entry], wish.get(PLACE)
    own = (entry.slots[PLACE],) if PLACE in entry.slots else entry.regions
    elsewhere = bool(region and own and region not in own)
    return replace(candidate, signals={**candidate.signals, "elsewhere": float(elsewhere)})

"""Group what was not answered by what it means, and say what would close each group.

Two wordings belong together if the pack takes them for the same entry, or if their vectors in the
table of meaning are close, and they name no different place or service.  What a newcomer would get
wrong: a group of fewer than `FEWEST_PEOPLE` is counted and its words are never shown, because what
one person asked may tell who it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bot.core.model.pack import Pack
from bot.core.model.reply import Status
from bot.core.model.understanding import Understanding
from bot.core.model.vocabulary import PLACE, SERVICE
from bot.core.ports import Missed
from bot.knowledge.scaffold import NewEntry, new_entry
from bot.runtime.replay import Replayer
from bot.storage.last_questions import UNSURE, UNSURE_BELOW
from bot.understanding.semantic.closeness import meant_text
from bot.understanding.semantic.meaning_table import shipped_table, vectors_in

FEWEST_PEOPLE = 3
SHOWN_WORDINGS = 6
ALIKE = 0.7
"""Cosine in the table of meaning: of 19 questions on 6 topics two on one topic lie at 0.54 to 0.85,
two on different ones at 0.68 at most."""
_LIKELY = 0.25
"""Score from which the nearest entry says what is meant, though not surely enough to answer."""
_NOT_YET = "写一句不该由它回答的话"


@dataclass(frozen=True, slots=True)
class Group:
    """Wordings of one question that nobody answered; the one asked by most people comes first."""

    missed: Sequence[Missed]
    nearest: str | None
    """The entry that comes closest to it today."""
    slots: Mapping[str, str]
    answered_by: str | None = None
    """The entry that answers every wording today, so the group is closed."""

    @property
    def people(self) -> int:
        """Return how many people asked it, at least: of very many not all are known by name."""
        named = len(frozenset[str]().union(*(one.persons for one in self.missed)))
        return max(named, *(one.people for one in self.missed))

    @property
    def times(self) -> int:
        return sum(one.times for one in self.missed)

    @property
    def reason(self) -> str:
        """Return the reason given most often."""
        reasons = {one.reason: 0 for one in self.missed}
        for one in self.missed:
            reasons[one.reason] += one.times
        return max(reasons, key=lambda reason: reasons[reason])

    @property
    def wordings(self) -> tuple[str, ...]:
        """Return the words, or nothing if too few people said them."""
        if self.people < FEWEST_PEOPLE:
            return ()
        return tuple(dict.fromkeys(one.words for one in self.missed))[:SHOWN_WORDINGS]

    @property
    def replied(self) -> tuple[str, ...]:
        """Return the entries whose replies were bad."""
        return tuple(dict.fromkeys(one.entry for one in self.missed if one.entry))

    @property
    def is_closed(self) -> bool:
        return self.answered_by is not None


@dataclass(slots=True)
class _Heap:
    """A group that still grows; `centre` is the sum of the vectors."""

    centre: np.ndarray
    missed: list[Missed] = field(default_factory=list)
    understood: list[Understanding] = field(default_factory=list)


def groups_of(found: Sequence[Missed], replayer: Replayer) -> list[Group]:
    """Return the groups, those of most people first."""
    if not found:
        return []
    heaps: list[_Heap] = []
    vectors = vectors_in(shipped_table(), [meant_text(one.words) for one in found])
    for one, vector in zip(found, vectors, strict=True):
        understood = replayer.understand(one.words)
        heap = _home_of(understood, vector, heaps)
        if heap is None:
            heaps.append(heap := _Heap(np.zeros_like(vector)))
        heap.centre = heap.centre + vector
        heap.missed.append(one)
        heap.understood.append(understood)
    groups = [_group(heap, replayer) for heap in heaps]
    return sorted(groups, key=lambda group: (-group.people, -group.times))


def proposal(pack: Pack, group: Group, number: int) -> str:
    """Return a new entry as YAML, its `ask` filled in; empty if the words may not be shown."""
    if not group.wordings:
        return ""
    other = pack.entries[group.nearest].ask if group.nearest else ()
    new = NewEntry(
        id=f"new-{number}",
        title=group.wordings[0],
        ask=group.wordings,
        answer="",
        other=next((line for line in other if line not in group.wordings), _NOT_YET),
    )
    return next(iter(new_entry(pack, new).values()))


def _home_of(understood: Understanding, vector: np.ndarray, heaps: list[_Heap]) -> _Heap | None:
    """Return the heap that the words belong to best, if there is one."""
    best, home = 0.0, None
    for heap in heaps:
        first = heap.understood[0]
        if _names(understood) != _names(first):
            continue
        likeness = float(vector @ heap.centre / (np.linalg.norm(heap.centre) or 1.0))
        if (_entry(understood) or "") == _entry(first):
            likeness += 1.0
        if likeness >= ALIKE and likeness > best:
            best, home = likeness, heap
    return home


def _names(understood: Understanding) -> dict[str, str]:
    """Return what must be the same in a group: an answer for one place is none for another."""
    return {k: v for k, v in understood.plain_slots.items() if k in (PLACE, SERVICE)}


def _entry(understood: Understanding) -> str | None:
    best = next(iter(understood.candidates), None)
    return best.entry if best and best.score >= _LIKELY else None


def _group(heap: _Heap, replayer: Replayer) -> Group:
    first = heap.understood[0]
    nearest = next((candidate.entry for candidate in first.candidates), None)
    answers = set(_answers(heap.missed, replayer))
    by = answers.pop() if len(answers) == 1 else None
    return Group(tuple(heap.missed), nearest, first.plain_slots, by)


def _answers(missed: Sequence[Missed], replayer: Replayer) -> Iterator[str | None]:
    """Yield the entry that answers each wording today, `None` for one that is still open."""
    for one in missed:
        reply = replayer.run((one.words,)).reply
        is_answered = reply.status is Status.ANSWERED and not reply.is_unclear
        by = reply.answers[0].entry if is_answered and reply.answers else None
        is_as_before = by is not None and by == one.entry
        is_surer = one.reason == UNSURE and (reply.score or 0.0) >= UNSURE_BELOW
        yield None if is_as_before and not is_surer else by

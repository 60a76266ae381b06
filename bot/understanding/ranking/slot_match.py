"""How the slots of an utterance agree with those of an entry."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.core.model.entry import Entry
from bot.core.model.understanding import Slot
from bot.core.model.vocabulary import ASPECT, PLACE, SERVICE, SUBJECT, Vocabulary

SlotSets = frozenset[frozenset[tuple[str, str]]]
_PLAIN_KINDS = frozenset((PLACE, SERVICE, ASPECT, SUBJECT))
_MUCH_ELSE = 4.0
"""Information beyond slots from which slots no longer speak for an entry."""
_SECOND_BEST = 0.5
"""How much too much a substitute says."""


@dataclass(frozen=True, slots=True)
class SlotMatch:
    """The slots of one utterance. `said` are the kinds that its own words fill."""

    slots: Mapping[str, frozenset[str]]
    said: frozenset[str]
    subjects: frozenset[str]
    """Other subjects that are meant because ours was not named."""
    substitutes: frozenset[str] = frozenset()
    """Values that were not said and will do, see `Vocabulary.substitutes`."""
    judged: tuple[str, ...] = (SERVICE, ASPECT)
    """The slots in which an entry can contradict; a place is judged by `is_elsewhere`."""
    is_beside: bool = False
    """Something about our own subject that only boundary entries speak of: its exam, say."""
    told_apart: SlotSets = frozenset()
    """The slots of every entry that has a detail."""

    def is_other_subject(self, entry: Entry) -> bool:
        """Another subject is meant than the one the entry speaks about."""
        return bool(self.subjects) and entry.slots.get(SUBJECT) not in self.subjects

    def is_named(self, entry: Entry) -> bool:
        return all(self._has(kind, value) for kind, value in entry.slots.items())

    def is_elsewhere(self, entry: Entry) -> bool:
        """The utterance names regions and the entry speaks about others."""
        asked = self.slots.get(PLACE)
        if not asked:
            return False
        own = (entry.slots[PLACE],) if PLACE in entry.slots else entry.regions
        return bool(own) and asked.isdisjoint(own)

    def has_too_much(self, kind: str, entry: Entry) -> bool:
        """A slot was said that the entry does not have, and another entry may have it besides.

        Which card it is makes no difference where no entry of a service tells cards apart.
        """
        if kind not in self.slots or kind in entry.slots:
            return False
        if kind in (SERVICE, ASPECT):
            return True
        own = entry.slots.items()
        return any({*own, (kind, value)} in self.told_apart for value in self.slots[kind])

    def _has(self, kind: str, value: str) -> bool:
        values = self.slots.get(kind)
        return values is not None and value in values


def agree(
    agreement: SlotMatch, entry: Entry, rest: float, implied: frozenset[str]
) -> dict[str, float]:
    """What agreement says for and against an entry.

    `rest` is the information of the words that fill no slot; slots that are `implied` are not
    missed when they were not said.
    """
    said, slots = agreement.slots, entry.slots
    filled = missing = conflict = against = 0
    extra = 0.0
    for kind, value in slots.items():
        values = said.get(kind)
        if values is None:
            missing += kind not in implied
        elif value in values:
            filled += 1
            extra += _SECOND_BEST * (value in agreement.substitutes)
        elif kind in agreement.judged:
            conflict += 1
            against += kind != ASPECT or not slots.keys() <= _PLAIN_KINDS
    for kind in agreement.judged:
        if kind in said and kind not in slots:
            extra += agreement.has_too_much(kind, entry)
    extra += agreement.is_beside and SUBJECT not in slots
    is_plain = len(slots) > 1 and filled == len(slots) and agreement.said
    is_elsewhere = PLACE in said and agreement.is_elsewhere(entry)
    return {
        "filled": filled / len(slots) if slots else 0.0,
        "plain": max(0.0, 1.0 - rest / _MUCH_ELSE) if is_plain else 0.0,
        "missing": float(missing),
        "extra": float(extra),
        "conflict": float(conflict),
        "against": float(against),
        "elsewhere": float(is_elsewhere),
    }


def slot_match_of(
    slots: Collection[Slot],
    words: Vocabulary,
    *,
    is_ours: bool,
    beside: Collection[str] = (),
    told_apart: SlotSets = frozenset(),
) -> SlotMatch:
    """`beside` are the matters of our own subject that the pack does not cover; `told_apart` the
    slots of the entries that have a detail.
    """
    if not slots:
        return SlotMatch({}, frozenset(), frozenset(), judged=words.judged, told_apart=told_apart)
    values: dict[str, frozenset[str]] = {}
    substitutes = {
        words.substitutes[v] for slot in slots for v in slot.values if v in words.substitutes
    }
    for slot in slots:
        known = {
            *slot.values,
            *(words.substitutes[v] for v in slot.values if v in words.substitutes),
        }
        values[slot.kind] = values.get(slot.kind, frozenset()) | known
    subjects = values.get(SUBJECT, frozenset()) if not is_ours else frozenset()
    said = frozenset(slot.kind for slot in slots if not slot.is_inherited)
    is_beside = not values.get(SUBJECT, frozenset()).isdisjoint(beside)
    exact = {value for slot in slots for value in slot.values}
    unsaid = frozenset(substitutes - exact)
    return SlotMatch(values, said, subjects, unsaid, words.judged, is_beside, told_apart)

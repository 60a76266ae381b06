"""The stored phrasings of a pack, shared among entries that differ in one named slot only.

续期要带啥 belongs to the papers of 延续注册; without its registration it is a way to ask for the
papers of any.  So a phrasing that names the registration or the place of its entry is stored
without it, for all entries that are the same but for that slot.  One that does not name it was
written down on purpose: it implies the slot and stays its entry's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from sys import intern
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.core.model.entry import Entry, EntryKind
from bot.core.model.vocabulary import PLACE, SERVICE
from bot.understanding.arrays.ragged import Ragged
from bot.understanding.arrays.saved import Saved, Writer
from bot.understanding.lexicon.reader import LexiconReader, Reading, joined


class Phrasing(NamedTuple):
    """One row of the index. `entries` are positions in the pack's order."""

    tokens: tuple[str, ...]
    entries: tuple[int, ...]
    shared: str
    """The slot in which these entries differ; empty for an entry's own phrasing."""
    is_bare: bool
    """Stored without its registration, and compared with utterances that leave theirs out."""
    implied: frozenset[str]
    """Slots of its entry that it leaves unsaid, so whoever says it need not say them either."""

    @property
    def text(self) -> str:
        return joined(self.tokens)


@dataclass(frozen=True, slots=True)
class Stock:
    """Phrasings packed into arrays: five thousand of them, of which an answer looks at six."""

    _words: Sequence[str]
    """Every word that some phrasing has."""
    _tokens: Ragged
    _entries: Ragged
    _slots: Sequence[str]
    """The kinds of slots of all entries, 15 at most."""
    _kinds: NDArray[np.int8]
    """`shared` as a place in `_slots`, or -1."""
    _is_bare: NDArray[np.bool_]
    _implied: NDArray[np.int16]
    """A bit for each of `_slots`."""
    _of_entry: Ragged
    """For each entry the places in `_words` of the words of all its phrasings."""
    known: frozenset[str]
    """The words of all entries but small talk."""
    _vocabularies: dict[int, Vocabulary] = field(default_factory=dict, compare=False)
    _implications: dict[int, frozenset[str]] = field(default_factory=dict, compare=False)
    """The kinds of slots for each combination of bits that was met."""

    @classmethod
    def of(cls, phrasings: Sequence[Phrasing], entries: Sequence[Entry]) -> Stock:
        places: dict[str, int] = {}
        tokens = [[places.setdefault(t, len(places)) for t in p.tokens] for p in phrasings]
        said: list[set[int]] = [set() for _ in entries]
        for phrasing, words in zip(phrasings, tokens, strict=True):
            for entry in phrasing.entries:
                said[entry].update(words)
        texts = list(places)
        slots = list(dict.fromkeys(kind for entry in entries for kind in entry.slots))
        kinds = [slots.index(p.shared) if p.shared else -1 for p in phrasings]
        implied = [sum(1 << slots.index(kind) for kind in p.implied) for p in phrasings]
        own = (s for s, e in zip(said, entries, strict=True) if e.kind is not EntryKind.SMALLTALK)
        return cls(
            texts,
            Ragged.of(tokens),
            Ragged.of([p.entries for p in phrasings]),
            slots,
            np.array(kinds, np.int8),
            np.array([p.is_bare for p in phrasings], np.bool_),
            np.array(implied, np.int16),
            Ragged.of([sorted(each) for each in said]),
            frozenset(texts[place] for each in own for place in each),
        )

    def __getitem__(self, number: int) -> Phrasing:
        kind = self._kinds.item(number)
        return Phrasing(
            tuple(map(self._words.__getitem__, self._tokens[number])),
            tuple(self._entries[number]),
            self._slots[kind] if kind >= 0 else "",
            self._is_bare.item(number),
            self._kinds_of(self._implied.item(number)),
        )

    def _kinds_of(self, bits: int) -> frozenset[str]:
        found = self._implications.get(bits)
        if found is None:
            kinds = frozenset(kind for bit, kind in enumerate(self._slots) if bits >> bit & 1)
            found = self._implications[bits] = kinds
        return found

    def vocabulary(self, entry: int) -> Vocabulary:
        """The words and the characters of all phrasings of an entry."""
        found = self._vocabularies.get(entry)
        if found is None:
            words = frozenset(self._words[place] for place in self._of_entry[entry])
            # A Chinese character is a new object of 76 bytes wherever it is taken from a string.
            characters = frozenset(map(intern, "".join(words)))
            found = self._vocabularies[entry] = words, characters
        return found

    def save(self, writer: Writer) -> None:
        writer.table("words", self._words)
        writer.table("known", sorted(self.known))
        self._tokens.save(writer, "tokens")
        self._entries.save(writer, "entries")
        self._of_entry.save(writer, "of-entry")
        writer.table("slots", self._slots)
        writer.array("kinds", self._kinds)
        writer.array("is-bare", self._is_bare)
        writer.array("implied", self._implied)

    @classmethod
    def restored(cls, saved: Saved) -> Stock:
        return cls(
            saved.table("words"),
            Ragged.restored(saved, "tokens"),
            Ragged.restored(saved, "entries"),
            saved.table("slots"),
            saved.array("kinds"),
            saved.array("is-bare"),
            saved.array("implied"),
            Ragged.restored(saved, "of-entry"),
            frozenset(saved.table("known")),
        )


Vocabulary = tuple[frozenset[str], frozenset[str]]
"""Words and characters."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An `ask` as the lexicon reads it. `entry` is a position in the pack's order."""

    entry: int
    reading: Reading


def read_asks(entries: Sequence[Entry], lexicon: LexiconReader) -> list[Asked]:
    """Every `ask` of every entry, in order."""
    return [
        Asked(number, lexicon.read_phrase(ask))
        for number, entry in enumerate(entries)
        for ask in entry.ask
    ]


def phrasings(entries: Sequence[Entry], asks: Iterable[Asked]) -> list[Phrasing]:
    """What is stored for the `ask` lines, in order; those that come to the same are one."""
    families = _families(entries)
    found = (
        phrasing
        for asked in asks
        for phrasing in _stored(asked.entry, entries[asked.entry], asked.reading, families)
    )
    return list(dict.fromkeys(found))


def _stored(
    number: int, entry: Entry, reading: Reading, families: dict[object, list[int]]
) -> Iterator[Phrasing]:
    said = {slot.kind for slot in reading.slots if entry.slots.get(slot.kind) in slot.values}
    implied = frozenset(entry.slots) - said
    for kind in (PLACE, SERVICE):
        family = families.get(_family_key(entry, kind), []) if kind in said else []
        if len(family) > 1:
            is_bare = kind == SERVICE and bool(reading.bare_tokens)
            tokens = reading.bare_tokens if is_bare else reading.tokens
            yield Phrasing(tokens, tuple(family), kind, is_bare, implied)
            return
    yield Phrasing(reading.tokens, (number,), "", is_bare=False, implied=implied)


def _families(entries: Sequence[Entry]) -> dict[object, list[int]]:
    found: dict[object, list[int]] = {}
    for number, entry in enumerate(entries):
        for kind in (PLACE, SERVICE):
            if key := _family_key(entry, kind):
                found.setdefault(key, []).append(number)
    return found


def _family_key(entry: Entry, kind: str) -> object:
    """What entries have in common that differ in one slot; `None` for those that stand alone.

    A registration alone makes no family: entries with nothing else are about different things.
    """
    if kind not in entry.slots or len(entry.slots) < 2:
        return None
    return kind, frozenset((k, v) for k, v in entry.slots.items() if k != kind)

"""The stored phrasings of a pack, shared among entries that differ in one named slot only.

续期要带啥 belongs to the papers of 延续注册; without its registration it is a way to ask for the
papers of any.  So a phrasing that names the registration or the place of its entry is stored
without it, for all entries that are the same but for that slot.  One that does not name it was
written down on purpose: it implies the slot and stays its entry's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.core.pack import Entry
from bot.understanding.lexicon import LexiconReader, Reading, joined


@dataclass(frozen=True, slots=True)
class Phrasing:
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
    for kind in ("region", "registration"):
        family = families.get(_family_key(entry, kind), []) if kind in said else []
        if len(family) > 1:
            is_bare = kind == "registration" and bool(reading.bare_tokens)
            tokens = reading.bare_tokens if is_bare else reading.tokens
            yield Phrasing(tokens, tuple(family), kind, is_bare, implied)
            return
    yield Phrasing(reading.tokens, (number,), "", is_bare=False, implied=implied)


def _families(entries: Sequence[Entry]) -> dict[object, list[int]]:
    found: dict[object, list[int]] = {}
    for number, entry in enumerate(entries):
        for kind in ("region", "registration"):
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

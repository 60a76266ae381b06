"""Say which questions an edit of a pack may touch, the likeliest first.

What a newcomer would get wrong: this only orders.  Any edit changes the weight of every word a
little, so a question far from it may turn too; whoever has the time asks them all (`kb test`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from bot.core.model.entry import Entry
from bot.core.model.pack import Pack
from bot.core.model.shorthand import expand
from bot.runtime.replay import Replayer

CLOSE = 0.5
"""Likeness to a wording that was changed from which a question counts as close."""
_MOST_WORDINGS = 120
"""Wordings that questions are compared with; more change when a whole file does."""
_ASKED = 3
"""Questions of a changed entry that are asked to see which entries come near."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What differs between two versions of a pack."""

    entries: Collection[str]
    """Entries that are new, gone or different."""
    near: Collection[str]
    """These, and the entries that come close to their first questions."""
    forms: Collection[str]
    """Forms of terms that are new, gone or mean something else."""
    wordings: Sequence[str]
    """Wordings that came or went; all of an entry that was changed in other ways."""

    @classmethod
    def between(cls, old: Pack, new: Replayer) -> Edit:
        changed = changed_entries(old, new.brain.pack)
        return cls(
            changed,
            near_entries(changed, new),
            changed_forms(old, new.brain.pack),
            list(_wordings(changed, old, new.brain.pack)),
        )

    def closeness(self, texts: Sequence[str], about: Sequence[Collection[str]]) -> list[float]:
        """Return how likely it is that the edit touches each text, about these entries.

        From 3 on it is about what was changed, from 2 on about what is near; below, from `CLOSE`
        on, it is like a wording that was changed.
        """
        if not texts:
            return []
        likeness = np.zeros(len(texts))
        if self.wordings:
            some = self.wordings[:_MOST_WORDINGS]
            alike = process.cdist(texts, some, scorer=fuzz.ratio, dtype=np.uint8)
            likeness = alike.max(axis=1) / 100
        return [
            self._rank(text, entries) + float(like)
            for text, entries, like in zip(texts, about, likeness, strict=True)
        ]

    def _rank(self, text: str, entries: Collection[str]) -> int:
        if any(name in self.entries for name in entries) or any(f in text for f in self.forms):
            return 3
        return 2 if any(name in self.near for name in entries) else 0


def changed_entries(old: Pack, new: Pack) -> set[str]:
    """Return the ids of entries that are new, gone or different."""
    names = {*old.entries, *new.entries}
    return {name for name in names if old.entries.get(name) != new.entries.get(name)}


def near_entries(changed: set[str], replayer: Replayer) -> set[str]:
    """Return the entries that changed and those that come close to their first questions."""
    entries = replayer.brain.pack.entries
    return changed | {
        candidate.entry
        for name in changed
        for line in (entries[name].ask[:_ASKED] if name in entries else ())
        for candidate in replayer.understand(line).candidates[:3]
    }


def changed_forms(old: Pack, new: Pack) -> set[str]:
    """Return the forms of terms that are new, gone or mean something else."""
    return {form for form, _ in _meanings(old) ^ _meanings(new)}


def _meanings(pack: Pack) -> set[tuple[str, tuple[str | None, ...]]]:
    return {
        (form, (term.word, term.slot, term.value))
        for term in pack.lexicon.terms
        for line in (term.word, *term.forms, *term.hints)
        for form in expand(line)
    }


def _wordings(changed: Collection[str], old: Pack, new: Pack) -> Iterator[str]:
    """Yield the wordings that came or went, then those whose entry was changed in other ways."""
    pairs = [(old.entries.get(name), new.entries.get(name)) for name in sorted(changed)]
    for before, after in pairs:
        yield from sorted({*_asks(before)} ^ {*_asks(after)})
    for before, after in pairs:
        if before and after and _asks(before) == _asks(after):
            yield from (after.title, *after.ask)


def _asks(entry: Entry | None) -> tuple[str, ...]:
    return tuple(entry.ask) if entry else ()

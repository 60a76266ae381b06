"""Find entries for an operator, by their words or as a question would find them."""

from __future__ import annotations

from bot.core.model.entry import Entry
from bot.runtime.replay import Replayer

_UNDERSTOOD = 10


def matching(replayer: Replayer, words: str) -> list[Entry]:
    """Return the entries that have the words, then those that the words as a question find."""
    entries = replayer.brain.pack.entries
    if not words:
        return list(entries.values())
    said = [entry for entry in entries.values() if _has(entry, words)]
    candidates = replayer.understand(words).candidates[:_UNDERSTOOD]
    found = [entries[candidate.entry] for candidate in candidates]
    return list({entry.id: entry for entry in [*said, *found]}.values())


def _has(entry: Entry, words: str) -> bool:
    texts = (entry.id, entry.title, *entry.ask, *(fact.text for fact in entry.facts))
    return any(words in text for text in texts)

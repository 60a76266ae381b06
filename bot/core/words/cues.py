"""Judge whether a text says what a cue of the pack asks for."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.model.calculator import Cue


def matches(text: str, cues: Iterable[Cue]) -> bool:
    """Return whether a cue matches: of each of its groups one word is in the text."""
    says = text.__contains__  # mapped: a generator would cost more than what it looks for
    return any(all(any(map(says, group)) for group in cue) for cue in cues)

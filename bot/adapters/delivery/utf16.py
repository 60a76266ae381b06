"""Measure text in UTF-16 units, as Telegram does: a character beyond the BMP counts twice."""

from __future__ import annotations

MAX_TEXT = 4096
"""Units of one message after its entities are parsed
(https://core.telegram.org/bots/api#sendmessage, read 2026-11).
"""
_ASTRAL = "\U00010000"


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    if not text or max(text) < _ASTRAL:
        return len(text)
    return len(text.encode("utf-16-le")) // 2


def within(text: str, room: int) -> int:
    """Return how many characters from the start fit into `room` units."""
    if not text or max(text) < _ASTRAL:
        return min(room, len(text))
    taken = 0
    for index, character in enumerate(text):
        taken += 2 if character >= _ASTRAL else 1
        if taken > room:
            return index
    return len(text)


def cut_out(text: str, offset: int, length: int) -> tuple[str, str, str]:
    """Return the text before, in and after an entity whose offset and length are in units."""
    start = within(text, offset)
    end = start + within(text[start:], length)
    return text[:start], text[start:end], text[end:]

"""Measure text in UTF-16 units, as Telegram does: a character beyond the BMP counts twice."""

from __future__ import annotations

from bot.plugins.units import Units

MAX_TEXT = 4096
"""Units of one message after its entities are parsed
(https://core.telegram.org/bots/api#sendmessage, read 2026-11).
"""
units, within = Units.UTF16.size, Units.UTF16.within


def cut_out(text: str, offset: int, length: int) -> tuple[str, str, str]:
    """Return the text before, in and after an entity whose offset and length are in units."""
    start = within(text, offset)
    end = start + within(text[start:], length)
    return text[:start], text[start:end], text[end:]

"""Measure and break lines of text without a font.

Chinese characters are as wide as they are high in every font, the others a little over half of it.
That is precise enough for boxes, and the same on every machine.
"""

from __future__ import annotations

import re
import unicodedata

_NARROW = 0.56
"""Width of a Latin letter in em, a little more than in Noto Sans and Arial."""
_PIECE = re.compile(r"(?:(?<!\s)\s++)?+-->\s*+|[A-Za-z0-9_.:/-]+|.", re.DOTALL)
_NOT_FIRST = frozenset("，。、；：！？）」』”》,.;:!?)")
"""Characters that never begin a line."""
_NOT_LAST = frozenset("（「『“《(")
"""Characters that never end a line."""


def width_of(text: str) -> float:
    """Return the width in em."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else _NARROW for c in text)


def break_lines(text: str, most: float) -> list[str]:
    """Break a text into lines of at most `most` em; an arrow of the source (-->) begins one."""
    lines, line = [], ""
    for piece in _PIECE.findall(text):
        is_arrow = "-->" in piece
        word = "→ " if is_arrow else piece
        is_full = width_of(line + word) > most and piece not in _NOT_FIRST
        if line and (is_arrow or is_full):
            opening = line[-1] if line[-1] in _NOT_LAST else ""
            lines.append(line.removesuffix(opening).strip())
            line = opening
        line += word
    return [*lines, line.strip()] if line.strip() else lines


def break_evenly(text: str, most: float) -> list[str]:
    """Break a text into as few lines as `break_lines`, none of them much shorter than the others.

    A text with arrows of the source is broken there.
    """
    lines = break_lines(text, most)
    if len(lines) < 2 or "-->" in text:
        return lines
    even = break_lines(text, width_of(text) / len(lines) + 1)
    return even if len(even) == len(lines) else lines

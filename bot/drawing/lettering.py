"""How wide words are and where they may be broken, without asking a font.

Chinese characters are as wide as they are high in every font, the others a little over half of it.
Good enough for boxes, and the same on every machine.
"""

from __future__ import annotations

import re
import unicodedata

_NARROW = 0.56
"""Width of a Latin letter in em, a little more than that of Noto Sans and Arial."""
_PIECE = re.compile(r"\s*-->\s*|[A-Za-z0-9_.:/-]+|.", re.DOTALL)
_NOT_FIRST = frozenset("，。、；：！？）」』”》,.;:!?)")
"""Never at the beginning of a line."""
_NOT_LAST = frozenset("（「『“《(")
"""Never at its end."""


def width_of(text: str) -> float:
    """In em."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else _NARROW for c in text)


def broken(text: str, most: float) -> list[str]:
    """Lines of at most `most` em; a new one begins at an arrow of the source (-->)."""
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

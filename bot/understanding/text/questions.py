"""Split a message into the questions that it puts one after another.

A question mark, a semicolon, a new line and a number at the head of a line end a question; a comma
does only where nothing else says so, and then what reads the parts has to be sure of each.
"""

from __future__ import annotations

import re

MOST_QUESTIONS = 6
"""Parts that are looked at; who puts more is told which were left."""
_SHORTEST = 3
_NUMBERED = re.compile(
    r"(?:^|(?<=[\s，。；;？?：:]))(?:[（(]?(?:[1-9]|1[0-9]|[一二三四五六七八九十])[)）.、．]|[①-⑩])"
)
_MARKED_ENDS = re.compile(r"[？?；;\n]+")
_COMMAS = re.compile(r"[，,。\s]+")


def marked_questions(text: str) -> tuple[str, ...]:
    """Return the parts that marks or numbers keep apart; empty for a single one."""
    return _parts(_MARKED_ENDS.split(_NUMBERED.sub("\n", text)))


def listed_questions(text: str) -> tuple[str, ...]:
    """Return the parts between commas, full stops or blanks; empty for a single one."""
    return _parts(_COMMAS.split(text))


def _parts(found: list[str]) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in found if len(part.strip()) >= _SHORTEST)
    return parts[:MOST_QUESTIONS] if len(parts) > 1 else ()

"""Suggest the right word for one that is nearly right: by its characters, their sound and shape."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

_NEAR = 0.5
_HEARD = 0.8
"""What a character counts that only sounds or looks like the right one."""
_SEPARATORS = "，、；"


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return `；是不是“x”？` with the most similar of `choices`, or an empty string."""
    known = sorted(set(choices))
    if len(word) > 100 or len(known) > 5000:  # comparing would take too long
        return ""
    if parts := _several(word, known):
        return f"；这是 {len(parts)} 项，要用英文逗号加空格隔开：{', '.join(parts)}"
    if heard := _heard(word, known):
        return f"；是不是“{heard}”？"
    near = difflib.get_close_matches(word, known, n=1, cutoff=_NEAR)
    return f"；是不是“{near[0]}”？" if near else ""


def _several(word: str, known: list[str]) -> list[str]:
    """Return the words, if several were joined by a comma of the wrong width."""
    for mark in _SEPARATORS:
        word = word.replace(mark, ",")
    parts = [part.strip() for part in word.split(",") if part.strip()]
    return parts if len(parts) > 1 and all(part in known for part in parts) else []


def _heard(word: str, known: list[str]) -> str | None:
    """Return the word of the same length whose characters all look or sound like those."""
    if word.isascii():
        return None
    rated = [(_likeness(word, other), other) for other in known if len(other) == len(word)]
    best = max(rated, default=(0.0, ""))
    return best[1] if best[0] > 0 else None


def _likeness(word: str, other: str) -> float:
    """Return how many characters are right or nearly right; 0 if one is quite another."""
    likeness = 0.0
    for written, meant in zip(word, other, strict=True):
        if written == meant:
            likeness += 1
        elif _sounds().get(written, frozenset()) & _sounds().get(meant, frozenset()) or (
            written in _shapes().get(meant, "")
        ):
            likeness += _HEARD
        else:
            return 0.0
    return likeness


@cache
def _sounds() -> Mapping[str, frozenset[str]]:
    """Map each character to its toneless readings, 南 and 楠 to one and the same."""
    found: dict[str, frozenset[str]] = {}
    for line in _table("pinyin.txt"):
        syllable, _, characters = line.partition(" ")
        for character in characters.replace("|", ""):
            found[character] = found.get(character, frozenset()) | {syllable}
    return found


@cache
def _shapes() -> Mapping[str, str]:
    """Map each character to those that look like it."""
    found: dict[str, str] = {}
    for line in _table("lookalikes.txt"):
        for character in "" if line.startswith("#") else line:
            found[character] = found.get(character, "") + line
    return found


def _table(name: str) -> list[str]:
    """Return the lines of a table that `bot.understanding` compiles; its code is not needed."""
    return (files("bot") / "understanding" / "data" / name).read_text("utf-8").splitlines()

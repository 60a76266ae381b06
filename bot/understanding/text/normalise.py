"""Normalise everything that is compared: stored phrasings and utterances alike.

`normalise` is idempotent and knows no pack.  What depends on a pack (synonyms, fillers, places)
follows in `bot.understanding.lexicon.reader`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from opencc import OpenCC

MAX_CHARACTERS = 500
"""Longer texts keep their first and last halves: a rambling story ends in its question."""

_REMEMBERED = 128
"""Texts whose form is kept: a turn asks for the same one several times."""

_REWORDED = (
    ("帐号", "账号"),
    ("软体", "软件"),
    ("网路", "网络"),
    ("登陆", "登录"),
    ("线上", "网上"),
)
"""Words that differ across the strait; OpenCC's t2s keeps them, its tw2sp ruins 程序 and 资料."""

_DROPPED = {"Cf", "Cs", "Co", "Cn", "Mn", "Me", "So", "Sk"}
"""Unicode categories of invisible, private, combining and pictorial characters: removed."""

_PLAIN = re.compile(r"[\u4e00-\u9fa5a-z0-9，。？！：；、 ]*")
"""What most people type: one pass normalises it completely."""
_BARE = re.compile(r"[\u4e00-\u9fa5a-z0-9]*")
"""The part of it that width, case and punctuation do not change: only OpenCC may change it."""
_SPACE = re.compile(r"\s+")
_DRAWN_OUT = re.compile(r"([一-鿿])\1{3,}")
"""A Han character four times or more in a row."""
_GAPS = re.compile(r"(?<=[^a-z0-9]) | (?=[^a-z0-9])")


class _Table(dict[int, str | None]):
    """A `str.translate` table that decides about each character once."""

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        category = unicodedata.category(character)
        if category in _DROPPED:
            found: str | None = None
        elif category[0] in "LN":
            found = character
        else:
            found = " "
        self[code] = found
        return found


_TABLE = _Table()
_STILL: set[str] = set()
_MOVED: set[str] = set()
"""Characters that OpenCC keeps as they are, wherever they stand, and all others met so far."""
_ONLY_IN_WORDS = frozenset("沈坏哩瞭藉衹覆甦")
"""Characters that it keeps by themselves and changes in words (反覆, 瞭解)."""


@cache
def _t2s() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(_REMEMBERED)
def normalise(text: str) -> str:
    """Return the matching form: simplified, lower case, half width, letters and digits only.

    A character drawn out (啊啊啊啊) counts once.  Punctuation and space separate Latin words and
    vanish between Han characters.  At most `MAX_CHARACTERS` long; empty if the text has neither a
    letter nor a digit.
    """
    seen = _once(shorten(text))
    if _PLAIN.fullmatch(text):
        return seen
    while (again := _once(seen)) != seen:
        seen = again
    return seen


def _once(text: str) -> str:
    if not _BARE.fullmatch(text):
        text = unicodedata.normalize("NFKC", text).lower().translate(_TABLE)
    if not text.isascii():
        text = close_gaps(_simplified(text))
        for word, usual in _REWORDED:
            if word in text:
                text = text.replace(word, usual)
    return shorten(_DRAWN_OUT.sub(r"\1", close_gaps(text)))


def _simplified(text: str) -> str:
    """The text in simplified characters; OpenCC is asked only where it could change something."""
    if not _STILL.issuperset(text):
        for character in {*text} - _STILL - _MOVED:
            is_still = _t2s().convert(character) == character and character not in _ONLY_IN_WORDS
            (_STILL if is_still else _MOVED).add(character)
        if not _MOVED.isdisjoint(text):
            return str(_t2s().convert(text))
    return text


def close_gaps(text: str) -> str:
    """Remove space that separates no Latin words or digits; reduce any other to one blank."""
    if " " not in text:
        return text
    return _GAPS.sub("", _SPACE.sub(" ", text).strip())


def shorten(text: str) -> str:
    """Return the text, or the first and last half of `MAX_CHARACTERS` of a longer one."""
    if len(text) <= MAX_CHARACTERS:
        return text
    half = MAX_CHARACTERS // 2
    return text[:half] + text[-half:]


def is_han(character: str) -> bool:
    return "一" <= character <= "鿿" or "㐀" <= character <= "䶿" or character == "〇"

"""Tell which of several dates is meant: the one at which something begins, or ends, or was done."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.core.model.spans import SaidDate

_ENDS = re.compile(r"到期|届满|期满|截止|过期|失效|有效期")
_BEGINS = re.compile(r"签发|发证|取得|拿到|开始|生效|起")
_IDLE = re.compile(r"的|日期|日子|时间|那天|日$")
_SENTENCE_MARKS = re.compile(r"[，。？！；,.?!;]")
_LISTING = ("和", "跟", "与", "或", "或者", "还是", "、")
_NEAR = 6
"""Characters behind a date that say what happened on it (11月3号借的书)."""
_AT_LEAST = 2
"""Characters of the date's name that have to be there, the first of them counted twice."""


def meant(dates: Sequence[SaidDate], asked: str, text: str = "") -> Sequence[SaidDate]:
    """Return the one date that is called what was asked for; else all.

    `asked` is a noun for it (借书的日期); `text` are the words, if what stands behind the dates may
    tell them apart.
    """
    role = "end" if _ENDS.search(asked) else "start" if _BEGINS.search(asked) else ""
    fitting = [said for said in dates if role and said.role == role]
    if len(fitting) == 1:
        return fitting
    if len(dates) == 1 or not text:
        return dates
    name = _IDLE.sub("", asked)
    shared = [len(set(name) & set(w)) + (name[:1] in w) for w in _behind(dates, text)]
    most = max(shared)
    is_clear = most >= _AT_LEAST and shared.count(most) == 1
    return [dates[shared.index(most)]] if is_clear else dates


def _behind(dates: Sequence[SaidDate], text: str) -> Iterator[str]:
    """Yield what stands behind each date; dates that are listed (3号和5号借的) share it."""
    ends: list[int] = []
    for said in dates:
        ends.append(text.find(said.surface, ends[-1] if ends else 0) + len(said.surface))
    found: list[str] = []
    for number in reversed(range(len(dates))):
        is_last = number + 1 == len(dates)
        until = None if is_last else ends[number + 1] - len(dates[number + 1].surface)
        words = text[ends[number] : until]
        found.append(found[-1] if words in _LISTING else _SENTENCE_MARKS.split(words)[0][:_NEAR])
    yield from reversed(found)

"""Divide a reply into texts by bytes of UTF-8, which is how WeChat and WeCom count."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from bot.adapters.tencent.xml import clean
from bot.core.model.reply import Choices, Part, part_as_text

GAP = "\n\n"
_BORDERS = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"[。！？；!?;]"),
    re.compile(r"[，、,\s]"),
)


def size(text: str) -> int:
    """Return the bytes of a text."""
    return len(text.encode())


@lru_cache(maxsize=1024)
def texts_of(parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Return the text of each part that has one."""
    return tuple(filter(None, (clean(part_as_text(part)) for part in parts)))


def pages_of(texts: Sequence[str], limit: int) -> list[str]:
    """Return texts that each have at most `limit` bytes; divided between the parts if possible."""
    pages: list[str] = []
    for text in texts:
        if pages and size(pages[-1]) + size(GAP + text) <= limit:
            pages[-1] += GAP + text
        else:
            pages += _pieces(text, limit)
    return pages


def shortened(parts: Sequence[Part], line: str, limit: int) -> str:
    """Return as much of the reply as fits above the line, and the choices if there is room."""
    choices = texts_of(tuple(part for part in parts if isinstance(part, Choices)))
    others = texts_of(tuple(part for part in parts if not isinstance(part, Choices)))
    end = GAP.join((line, *choices))
    if size(end) > limit // 2:
        end = line
    head = pages_of(others, limit - size(GAP + end))[:1]
    return GAP.join((*head, end))


def _pieces(text: str, limit: int) -> Iterator[str]:
    while size(text) > limit:
        at = _border(text, len(text.encode()[:limit].decode(errors="ignore")))
        if text[:at].strip():
            yield text[:at]
        text = text[at:]
    if text.strip():
        yield text


def _border(text: str, fits: int) -> int:
    """Return the best place to divide in the first `fits` characters; never before the middle."""
    for border in _BORDERS:
        ends = [found.end() for found in border.finditer(text, fits // 2, fits)]
        if ends:
            return ends[-1]
    return max(fits, 1)

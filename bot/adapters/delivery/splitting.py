"""Split a reply into messages: between blocks, else at the best place inside one.

A block is a sequence of runs, each a stretch of text in at most one tag.  A run that must stay
whole (a link) is not split unless it fills a message on its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

from bot.adapters.delivery.utf16 import MAX_TEXT, units, within

GAP = "\n\n"
"""Text between blocks, as in `Reply.as_text`."""
_BORDERS = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"[。！？；!?;]"),
    re.compile(r"[，、,\s]"),
)
"""Where a text may be split, best first; the split is after the match."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of plain text and the tags round it; text is escaped here and nowhere else."""

    text: str
    opening: str = ""
    closing: str = ""
    is_whole: bool = False

    def as_html(self) -> str:
        return self.opening + escape(self.text, quote=False) + self.closing


Block = Sequence[Run]


def cut(blocks: Sequence[Block], limit: int = MAX_TEXT) -> list[str]:
    """Return the HTML of each message; none exceeds the limit once parsed, and none is empty."""
    pages: list[list[Run]] = []
    room = 0
    for block in blocks:
        if not "".join(run.text for run in block).strip():
            continue
        size = _size(block)
        if pages and size + len(GAP) <= room:
            pages[-1] += [Run(GAP), *block]
            room -= size + len(GAP)
            continue
        for page in _pages_of(block, limit):
            pages.append(page)
            room = limit - _size(page)
    return ["".join(run.as_html() for run in page) for page in pages]


def _size(runs: Sequence[Run]) -> int:
    return sum(units(run.text) for run in runs)


def _pages_of(block: Block, limit: int) -> Iterator[list[Run]]:
    """Yield the block on as few pages as it needs."""
    page: list[Run] = []
    room = limit
    for run in block:
        for piece in _pieces(run, room, limit):
            size = units(piece.text)
            if size > room and _has_text(page):
                yield page
                page, room = [], limit
            page.append(piece)
            room -= size
    if _has_text(page):
        yield page


def _has_text(page: Sequence[Run]) -> bool:
    return any(run.text.strip() for run in page)


def _pieces(run: Run, room: int, limit: int) -> Iterator[Run]:
    """Split the run so that its first piece fits into the room and the others into a page each."""
    if run.is_whole and units(run.text) > room:
        room = limit
    text = run.text
    while units(text) > room:
        at = _border(text, within(text, room))
        if text[:at].strip():
            yield replace(run, text=text[:at])
        text, room = text[at:], limit
    if text:
        yield replace(run, text=text)


def _border(text: str, fits: int) -> int:
    """Return the best place to split in the first `fits` characters; never before the middle."""
    for border in _BORDERS:
        ends = [found.end() for found in border.finditer(text, fits // 2, fits)]
        if ends:
            return ends[-1]
    return max(fits, 1)

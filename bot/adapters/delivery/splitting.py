"""Split a reply into messages: between blocks, else at the best place inside one.

A block is a sequence of runs, each a stretch of text in at most one tag.  A run that must stay
whole (a link) is not split unless it fills a message on its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

from bot.plugins.units import Units

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
Page = Sequence[Run]


@dataclass(frozen=True, slots=True)
class Room:
    """How much a message of a platform holds."""

    longest: int
    units: Units = Units.CHARACTERS
    counts_tags: bool = False
    """Tags count as well: the platform measures what is sent, not what is shown."""

    def size(self, runs: Sequence[Run]) -> int:
        return sum(self.units.size(run.text) + self.around(run) for run in runs)

    def around(self, run: Run) -> int:
        """Return what the tags of a run count."""
        return self.units.size(run.opening + run.closing) if self.counts_tags else 0


def cut(blocks: Sequence[Block], room: Room) -> list[Page]:
    """Return the messages; none exceeds the room, and none is empty."""
    pages: list[list[Run]] = []
    left = 0
    for block in blocks:
        if not "".join(run.text for run in block).strip():
            continue
        size = room.size([Run(GAP), *block])
        if pages and size <= left:
            pages[-1] += [Run(GAP), *block]
            left -= size
            continue
        for page in _pages_of(block, room):
            pages.append(page)
            left = room.longest - room.size(page)
    return list(pages)


def as_html(page: Page) -> str:
    return "".join(run.as_html() for run in page)


def as_text(page: Page) -> str:
    return "".join(run.text for run in page)


def _pages_of(block: Block, room: Room) -> Iterator[list[Run]]:
    """Yield the block on as few pages as it needs."""
    page: list[Run] = []
    left = room.longest
    for run in block:
        for piece in _pieces(run, left, room):
            size = room.size([piece])
            if size > left and _has_text(page):
                yield page
                page, left = [], room.longest
            page.append(piece)
            left -= size
    if _has_text(page):
        yield page


def _has_text(page: Sequence[Run]) -> bool:
    return any(run.text.strip() for run in page)


def _pieces(run: Run, left: int, room: Room) -> Iterator[Run]:
    """Split the run so that its first piece fits into what is left and the others into pages."""
    most = room.longest - room.around(run)
    left -= room.around(run)
    size = room.units.size(run.text)
    if left <= 0 or (run.is_whole and size > left):
        left = most
    text = run.text
    while room.units.size(text) > left:
        at = _border(text, room.units.within(text, left))
        if text[:at].strip():
            yield replace(run, text=text[:at])
        text, left = text[at:], most
    if text:
        yield replace(run, text=text)


def _border(text: str, fits: int) -> int:
    """Return the best place to split in the first `fits` characters; never before the middle."""
    for border in _BORDERS:
        ends = [found.end() for found in border.finditer(text, fits // 2, fits)]
        if ends:
            return ends[-1]
    return max(fits, 1)

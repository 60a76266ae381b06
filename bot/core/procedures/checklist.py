"""The papers of a registration as a list to tick off.

They are the numbered lines of the entry that the procedure names for them, word for word.  A tick
is kept by these words: when a paper is worded anew, it has to be looked at anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from zlib import crc32

from bot.core.model.pack import Entry, EntryKind, Procedure
from bot.core.model.reply import ListPart, Part, Text
from bot.core.model.scope import Scope
from bot.core.model.session import Walk

HAVE, LACK = "✓ ", "□ "
"""Before a paper on its button; in running text it is said in words."""
_LINE = re.compile(r"\d{1,2}\. (.+)")
_FEWEST = 2
_LABEL = 18
"""Characters of a paper on a button."""


@dataclass(frozen=True, slots=True)
class Papers:
    """What the pack knows about the papers of one registration; `names` may be empty."""

    entry: Entry
    step: str
    """Where they are handed in; ticks are kept under it."""
    names: tuple[str, ...]

    def ticked(self, walk: Walk | None) -> tuple[str, ...]:
        """The papers that are at hand, in the order of the list."""
        ticks = walk.ticks.get(self.step, ()) if walk else ()
        return tuple(name for name in self.names if name in ticks)

    def missing(self, walk: Walk | None) -> tuple[str, ...]:
        have = self.ticked(walk)
        return tuple(name for name in self.names if name not in have)


def papers_of(scope: Scope, procedure: Procedure, registration: str) -> Papers | None:
    """The papers of a registration; `None` where the procedure says nothing about any."""
    entry = scope.pack.entries.get(procedure.materials.get(registration, ""))
    if entry is None:
        return None
    steps = [step.id for step in procedure.steps.values() if step.has_papers]
    return Papers(entry, steps[0] if steps else procedure.start, _names(scope, entry))


def _names(scope: Scope, entry: Entry) -> tuple[str, ...]:
    """The numbered lines of the first fact that has some and may be shown."""
    if entry.kind is not EntryKind.FACT:
        return ()
    for fact in entry.facts_on(scope.day, scope.region):
        lines = [
            found[1].rstrip("；。;")
            for found in map(_LINE.fullmatch, fact.text.split("\n"))
            if found
        ]
        if len(lines) >= _FEWEST:
            return tuple(dict.fromkeys(lines))
    return ()


def code_of(name: str) -> str:
    """A paper's name as short as a button needs it."""
    return f"{crc32(name.encode()):08x}"


def label_of(name: str, *, is_ticked: bool) -> str:
    short = name if len(name) <= _LABEL else name[: _LABEL - 1] + "…"
    return (HAVE if is_ticked else LACK) + short


def papers_part(scope: Scope, papers: Papers, walk: Walk | None) -> Part:
    """The list with what is at hand and what is not, or the admission that there is none."""
    if not papers.names:
        return Text(papers.entry.short)
    have = papers.ticked(walk)
    items = [
        scope.phrase("paper_have" if name in have else "paper_lack", paper=name)
        for name in papers.names
    ]
    title = scope.phrase("papers_title", done=len(have), total=len(papers.names))
    return ListPart(tuple(items), title)

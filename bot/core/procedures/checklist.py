"""Read the papers of a registration as a list to tick off.

The papers are the numbered lines of the entry that the procedure names for the registration, word
for word.  A tick is stored under these words, so a reworded paper counts as not ticked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from zlib import crc32

from bot.core.model.entry import Entry, EntryKind
from bot.core.model.procedure import Procedure
from bot.core.model.reply import ListPart, Part, Text
from bot.core.model.scope import Scope
from bot.core.model.session import Walk

HAVE, LACK = "✓ ", "□ "
"""Prefixes of a paper's label on its button; running text uses phrases instead."""
_LINE = re.compile(r"\d{1,2}\. (.+)")
_FEWEST = 2
_LABEL = 18
"""Maximum length of a paper's label on a button, in characters."""


@dataclass(frozen=True, slots=True)
class Papers:
    """The papers of one registration, as far as the pack lists them; `names` may be empty."""

    entry: Entry
    step: str
    """Id of the step where they are handed in; ticks are stored under it."""
    names: tuple[str, ...]

    def ticked(self, walk: Walk | None) -> tuple[str, ...]:
        """Return the papers ticked in the walk, in the order of the list."""
        ticks = walk.ticks.get(self.step, ()) if walk else ()
        return tuple(name for name in self.names if name in ticks)

    def missing(self, walk: Walk | None) -> tuple[str, ...]:
        have = self.ticked(walk)
        return tuple(name for name in self.names if name not in have)


def papers_of(scope: Scope, procedure: Procedure, registration: str) -> Papers | None:
    """Return the papers of a registration, or `None` if the procedure names no entry for them."""
    entry = scope.pack.entries.get(procedure.materials.get(registration, ""))
    if entry is None:
        return None
    steps = [step.id for step in procedure.steps.values() if step.has_papers]
    return Papers(entry, steps[0] if steps else procedure.start, _names(scope, entry))


def _names(scope: Scope, entry: Entry) -> tuple[str, ...]:
    """Return the numbered lines of the first valid fact that has at least two."""
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
    """Return the CRC-32 of a paper's words in hexadecimal, short enough for a button's value."""
    return f"{crc32(name.encode()):08x}"


def label_of(name: str, *, is_ticked: bool) -> str:
    short = name if len(name) <= _LABEL else name[: _LABEL - 1] + "…"
    return (HAVE if is_ticked else LACK) + short


def papers_part(
    scope: Scope, papers: Papers, walk: Walk | None, *, is_numbered: bool = False
) -> Part:
    """Return the list with a mark on each paper, or the entry's short text if it lists none."""
    if not papers.names:
        return Text(papers.entry.short)
    have = papers.ticked(walk)
    items = [
        scope.phrase("paper_have" if name in have else "paper_lack", paper=name)
        for name in papers.names
    ]
    title = scope.phrase("papers_title", done=len(have), total=len(papers.names))
    return ListPart(tuple(items), title, is_numbered)


def papers_left(scope: Scope, papers: Papers, walk: Walk) -> Text:
    """Say in a line what is left, with the numbers of the list."""
    missing = papers.missing(walk)
    if not missing:
        return Text(scope.phrase("papers_complete"))
    numbered = (f"{n}. {name}" for n, name in enumerate(papers.names, 1) if name in missing)
    done, total = len(papers.names) - len(missing), len(papers.names)
    return Text(scope.phrase("papers_left", done=done, total=total, papers="；".join(numbered)))

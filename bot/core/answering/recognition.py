"""Recognise an answer of the bot's own in the text of a message, in whatever form it was shown.

Nothing is kept of what was sent: a reply may point to an answer of weeks ago, or to one that
somebody else got.  The facts of the pack are found again by how they begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from string import Formatter

from bot.core.model.entry import Entry, EntryKind
from bot.core.model.pack import Pack

_SAYING_WHOM = (
    ("perspective", "region"),
    ("perspective_partly", "region"),
    ("general", "region"),
    ("assumed", "words"),
)
"""Phrases behind or before an answer, and what in them names the place."""
_BESIDE_WORDS = re.compile(r"\W+")
_OPENING = 40
"""Characters, marks left out, by which a statement is found."""
_FILLED = ".{1,60}?"
"""What fills a name in a phrase; bounded, so that no text takes long to be searched."""
_TOO_LITTLE = 8
"""Characters that may stand in any text."""


def entry_told_in(pack: Pack, text: str) -> Entry | None:
    """Return the entry whose statement stands first in the text; `None` if there is none."""
    told = _words_of(text)
    found = [
        (place, -len(opening), entry.id)
        for entry in pack.entries.values()
        if entry.kind is not EntryKind.SMALLTALK
        for opening in _openings(entry)
        if (place := told.find(opening)) >= 0
    ]
    return pack.entries[min(found)[2]] if found else None


def reader_named_in(pack: Pack, text: str) -> str:
    """Return the words of an answer that say whom it was for: a place above all.

    Other names in it may be those of sources.  Without such words it is the first line, which
    begins with the place where the answer is about one.
    """
    for phrase, name in _SAYING_WHOM:
        if found := re.search(_shape_of(pack.phrase(phrase), name), text):
            return found[1]
    return text.partition("\n")[0]


def _shape_of(phrase: str, name: str) -> str:
    """Return a pattern for a phrase that is filled in, with the value of `name` as its group."""
    pieces = Formatter().parse(phrase)
    return "".join(
        re.escape(fixed) + ("" if field is None else f"({_FILLED})" if field == name else _FILLED)
        for fixed, field, _, _ in pieces
    )


def _openings(entry: Entry) -> Iterator[str]:
    for text in _statements(entry):
        opening = _opening_of(text)
        if len(opening) > _TOO_LITTLE:
            yield opening


@lru_cache(maxsize=4096)
def _opening_of(text: str) -> str:
    return _words_of(text)[:_OPENING]


def _statements(entry: Entry) -> Iterator[str]:
    yield entry.short
    for verdict in entry.verdicts:
        yield verdict.fact.text
        yield verdict.turned or ""
    for fact in entry.facts:
        yield fact.text


def _words_of(text: str) -> str:
    return _BESIDE_WORDS.sub("", text)

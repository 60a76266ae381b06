"""Write facts with what belongs beside them: unsure, old, of another region, and their sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.core.model.entry import Citation, Entry, Fact, Source
from bot.core.model.reply import (
    ARROW,
    ClickPath,
    Link,
    Part,
    SourceNote,
    Sources,
    Text,
)
from bot.core.model.scope import Scope
from bot.core.model.vocabulary import PLACE
from bot.core.words.hedges import admits_gap

_ARROWS = re.compile(r"(?:(?<!\s)\s++)?+(?:-->|→)\s*+")
"""How a path to click along is written down."""


def depends_on_region(entry: Entry) -> bool:
    """Return whether the answer differs by region."""
    is_own = bool(entry.regions) or PLACE in entry.slots
    return is_own or any(fact.regions for fact in entry.all_facts)


def fact_text(scope: Scope, fact: Fact) -> str:
    if fact.confidence.is_publishable:
        return fact.text
    return scope.phrase("unverified", text=fact.text)


def fact_parts(scope: Scope, fact: Fact) -> list[Part]:
    """Return a fact as it is shown: running text, or a path to click along, and its link."""
    text = fact_text(scope, fact)
    steps = tuple(step.strip() for step in _ARROWS.split(text))
    is_path = len(steps) > 1 and "\n" not in text
    parts: list[Part] = [ClickPath(steps) if is_path else Text(_ARROWS.sub(ARROW, text))]
    if fact.link:
        parts.append(Link(fact.link.name, fact.link.url))
    return parts


def _age_mark(scope: Scope, citations: Sequence[Citation]) -> str:
    """Return a few words if the oldest source was not looked at for longer than the pack allows."""
    oldest = min(citation.checked_on for citation in citations)
    if (scope.day - oldest).days <= scope.pack.review_after_days:
        return ""
    return scope.phrase("aged", year=oldest.year)


def perspective(scope: Scope, entry: Entry, facts: Sequence[Fact]) -> str | None:
    """Whose practice the facts describe, if it is not that of the region asked about."""
    is_local = bool(entry.regions) or PLACE in entry.slots or any(fact.regions for fact in facts)
    return None if is_local else perspective_of(scope, facts)


def perspective_of(scope: Scope, facts: Sequence[Fact]) -> str | None:
    """Whose practice the facts describe; where some hold everywhere, that it is that of some."""
    away = [fact for fact in facts if origin_elsewhere(scope, fact)]
    partly = [origin for fact in facts if (origin := _origin_named(scope, fact))]
    if not (away or partly):
        return None
    key = "perspective" if len(away) == len(facts) else "perspective_partly"
    origin = origin_elsewhere(scope, away[0]) if away else partly[0]
    return scope.phrase(key, origin=origin, region=scope.region)


def origin_elsewhere(scope: Scope, fact: Fact) -> str | None:
    """Return the region whose practice a fact is, if it is not that of the region asked about.

    What a source about no one region says as well holds everywhere; that nothing is written, and
    whom to ask, is nobody's practice.
    """
    origins = _origins(scope, fact)
    if not origins or None in origins:
        return None
    return None if admits_gap(fact.text) else origins[0]


def _origin_named(scope: Scope, fact: Fact) -> str | None:
    """Return the region whose practice a fact tells by its name beside what holds everywhere."""
    origins = [origin for origin in _origins(scope, fact) if origin]
    return next((origin for origin in origins if origin in fact.text), None)


def _origins(scope: Scope, fact: Fact) -> list[str | None]:
    """Return the region of each source, `None` for those about no one region.

    Empty where no region is asked about, or one of the sources is about it.
    """
    origins = [citation.source.perspective for citation in fact.citations]
    return [] if not scope.region or scope.region in origins else origins


def is_of_elsewhere(scope: Scope, fact: Fact) -> bool:
    """Return whether a fact names the region whose practice it is, and that is another one."""
    origins = {c.source.perspective for c in fact.citations if c.source.perspective}
    return any(origin in fact.text for origin in origins - {scope.region})


def sources_part(scope: Scope, facts: Iterable[Fact]) -> Sources:
    return cited_part(scope, [c for fact in facts for c in fact.citations])


def cited_part(scope: Scope, citations: Sequence[Citation]) -> Sources:
    """Return one line for all citations; each document is named once, by its first article."""
    notes: dict[str, SourceNote] = {}
    for citation in citations:
        notes.setdefault(citation.source.id, source_note(citation))
    return Sources(
        tuple(notes.values()),
        scope.phrase("source_label"),
        scope.pack.phrase("source_checked"),
        scope.pack.phrase("source_more"),
        _age_mark(scope, citations),
    )


def source_note(citation: Citation) -> SourceNote:
    source = citation.source
    return SourceNote(source.title, source.checked_on, citation.article, source.url, source.short)


def source_line(scope: Scope, source: Source) -> str:
    """Return a line on a document: the day it was checked, and remarks."""
    checked = scope.pack.phrase("source_checked").format(date=source.checked_on.isoformat())
    line = f"{source.title}（{checked}）"
    return f"{line}：{source.note}" if source.note else line

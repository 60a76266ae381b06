"""Facts with what has to stand beside them: unsure, old, of another region, and their sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.core.model.pack import Citation, Entry, Fact, Pack
from bot.core.model.reply import (
    SourceNote,
    Sources,
)
from bot.core.model.scope import Scope
from bot.core.model.vocabulary import PLACE


def _depends_on_region(entry: Entry) -> bool:
    return bool(entry.regions) or PLACE in entry.slots


def fact_text(scope: Scope, fact: Fact) -> str:
    if fact.confidence.is_publishable:
        return fact.text
    return scope.phrase("unverified", text=fact.text)


def aged(scope: Scope, facts: Sequence[Fact]) -> list[str]:
    """One sentence if the oldest source was not looked at for longer than the pack allows."""
    oldest = min(c.checked_on for f in facts for c in f.citations)
    limit = scope.pack.review_after_days
    if (scope.day - oldest).days <= limit:
        return []
    return [scope.phrase("aged", date=oldest.isoformat(), days=limit)]


def perspective(scope: Scope, entry: Entry, facts: Sequence[Fact]) -> str | None:
    """Whose practice the facts describe, if it is not that of the region asked about."""
    return None if _depends_on_region(entry) else perspective_of(scope, facts)


def perspective_of(scope: Scope, facts: Sequence[Fact]) -> str | None:
    origins = [c.source.perspective for f in facts for c in f.citations if c.source.perspective]
    region = scope.region
    if not region or not origins or region in origins:
        return None
    return scope.phrase("perspective", origin=origins[0], region=region)


def sources_part(pack: Pack, facts: Iterable[Fact]) -> Sources:
    return cited_part(pack, [c for fact in facts for c in fact.citations])


def cited_part(pack: Pack, citations: Iterable[Citation]) -> Sources:
    """One line for all citations; each document is named once, with its first-cited article."""
    notes: dict[str, SourceNote] = {}
    for citation in citations:
        notes.setdefault(citation.source.id, source_note(citation))
    label, checked = pack.phrase("source_label"), pack.phrase("source_checked")
    return Sources(tuple(notes.values()), label, checked)


def source_note(citation: Citation) -> SourceNote:
    source = citation.source
    return SourceNote(source.title, source.checked_on, citation.article, source.url)

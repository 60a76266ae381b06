"""Shorten an answer for places where many people read along.

It says less and nothing else: what it took from the conversation, the short answer of the entry,
whose practice it is, and the sources with their dates.  What may not be shown in full is not shown
in short either.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.core.answering.citations import fact_parts, fact_text, perspective
from bot.core.answering.entry_replies import assumptions_in
from bot.core.model.pack import Pack
from bot.core.model.reply import Answer, Choices, Part, Reply, Sources, Status, Text, part_as_text
from bot.core.model.scope import Scope

BRIEF_FROM = 140
"""Characters from which a reply is worth shortening, its sources not counted."""


def shorten(pack: Pack, reply: Reply, day: date) -> Reply | None:
    """Return the reply in short, without choices; `None` if it is no answer or short already.

    An answer with the card of a procedure under it stays whole: the card is the way on.
    """
    if reply.status not in (Status.ANSWERED, Status.ABSTAINED) or not reply.answers:
        return None
    if any(answer.entry not in pack.entries for answer in reply.answers):
        return None
    if _length(reply) < BRIEF_FROM or not _is_all_answered(reply) or reply.has_card:
        return None
    parts = [part for answer in reply.answers for part in _short(pack, reply, answer, day)]
    if not parts:
        return None
    parts = [*assumptions_in(pack, reply), *parts]
    sources = [part for part in reply.parts if isinstance(part, Sources)]
    if len(sources) > 1:
        notes = tuple(dict.fromkeys(note for part in sources for note in part.notes))
        sources = [replace(sources[0], notes=notes)]
    return replace(reply, parts=(*parts, *sources))


def _is_all_answered(reply: Reply) -> bool:
    """Not so where one of several things was met with a gap, which has to stay."""
    return reply.topics in (1, len(reply.answers))


def _length(reply: Reply) -> int:
    kept = [part for part in reply.parts if not isinstance(part, Choices | Sources)]
    return sum(len(part_as_text(part)) for part in kept)


def _short(pack: Pack, reply: Reply, answer: Answer, day: date) -> list[Part]:
    scope = Scope(pack, day, answer.slots)
    entry = pack.entries[answer.entry]
    facts = entry.facts_on(day, scope.region)
    parts: list[Part] = []
    if len(reply.answers) > 1:
        parts.append(Text(scope.phrase("for_topic", topic=scope.region or entry.title)))
    if verdict := entry.verdict_on(day, scope.region, reply.question_type):
        parts += fact_parts(scope, verdict.fact)
        facts = (verdict.fact,)
    elif facts == entry.facts and all(fact.confidence.is_publishable for fact in facts):
        parts.append(Text(entry.short))
    elif facts:
        parts.append(Text(fact_text(scope, facts[0])))
    whose = perspective(scope, entry, facts)
    return [*parts, Text(whose)] if whose else parts

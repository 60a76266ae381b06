"""Replies put together from entries and phrases: what is shown, with which sources and choices.

Nothing here decides *what* to answer (see `bot.core.answering.free_text`); it only keeps the
promises of wording: sources and dates under every fact, 待核实 before unsure ones, ageing said in
words, and never a portal of another region.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from bot.core.answering.citations import (
    _depends_on_region,
    aged,
    fact_text,
    perspective,
    sources_part,
)
from bot.core.answering.regions import no_data_for_region
from bot.core.answering.replies import outdated_reply
from bot.core.model.choices import Calculate, ClearContext, ShowEntry, ShowRegions, StartWalk
from bot.core.model.pack import Entry, EntryKind, Fact, Pack
from bot.core.model.reply import (
    Answer,
    Choice,
    Choices,
    Part,
    Reason,
    Reply,
    Sources,
    Status,
    Text,
)
from bot.core.model.scope import Scope
from bot.core.model.vocabulary import PLACE, SERVICE

_ASSUMED = (PLACE, SERVICE)
"""What an answer may take from the conversation so far, and then says so."""
MAX_RELATED = 2

_VERDICTS: dict[EntryKind, tuple[Status, Reason | None]] = {
    EntryKind.FACT: (Status.ANSWERED, None),
    EntryKind.NO_DATA: (Status.ABSTAINED, Reason.NO_DATA),
    EntryKind.BOUNDARY: (Status.ABSTAINED, Reason.BOUNDARY),
    EntryKind.SMALLTALK: (Status.SMALLTALK, None),
}


def entry_reply(scope: Scope, entry: Entry, score: float | None, rule: str) -> Reply:
    """The whole answer of an entry, or the abstention that it is by its kind or by its dates."""
    if entry.kind in (EntryKind.BOUNDARY, EntryKind.SMALLTALK):
        return _worded(scope, entry, score, rule)
    inherited = frozenset(k for k in scope.inherited if _depends_on(entry, k))
    shown = _shown(scope.pack, entry.id, scope.day, scope.region, inherited)
    if shown is None:
        return _silent_reply(scope, entry, score)
    parts, answer = shown
    status, reason = _VERDICTS[entry.kind]
    return Reply(
        status=status,
        reason=reason,
        parts=parts,
        answers=(answer,),
        slots=scope.slots,
        score=score,
        rule=rule,
    )


@lru_cache(maxsize=4096)
def _shown(
    pack: Pack, entry_id: str, day: date, region: str | None, inherited: frozenset[str]
) -> tuple[tuple[Part, ...], Answer] | None:
    """What an entry shows on a day to somebody in a region; `None` if it has nothing to show.

    Kept, because most questions are asked again and again; a pack counts by identity.
    """
    slots = {PLACE: region} if region else {}
    entry = pack.entries[entry_id]
    scope = Scope(pack, day, {**entry.slots, **slots}, inherited)
    facts = entry.facts_on(day, region)
    if not facts:
        return None
    parts = (*_answer_parts(scope, entry, facts), *_follow_ups(scope, entry))
    sources = next(part.notes for part in parts if isinstance(part, Sources))
    return parts, Answer(entry.id, {**entry.slots, **slots}, sources)


def _worded(scope: Scope, entry: Entry, score: float | None, rule: str) -> Reply:
    status, reason = _VERDICTS[entry.kind]
    is_smalltalk = entry.kind is EntryKind.SMALLTALK
    return Reply(
        status=status,
        reason=reason,
        parts=(Text(entry.short),),
        answers=(Answer(entry.id),),
        slots={} if is_smalltalk else scope.slots,
        score=None if is_smalltalk else score,
        rule=rule,
    )


def _answer_parts(scope: Scope, entry: Entry, facts: Sequence[Fact]) -> list[Part]:
    parts: list[Part] = []
    if scope.inherited:
        words = "、".join(scope.slots[kind] for kind in _ASSUMED if kind in scope.inherited)
        parts.append(Text(scope.phrase("assumed", words=words)))
    parts += [Text(fact_text(scope, fact)) for fact in facts]
    parts += [Text(caveat) for caveat in _caveats(scope, entry, facts)]
    parts.append(sources_part(scope.pack, facts))
    return parts


def _depends_on(entry: Entry, kind: str) -> bool:
    """Whether an answer would have been another one with another place or registration."""
    if kind == PLACE:
        return _depends_on_region(entry)
    return kind in _ASSUMED and kind in entry.slots


def _caveats(scope: Scope, entry: Entry, facts: Sequence[Fact]) -> list[str]:
    """What a careful clerk would add: whose practice this is, and how old the source is."""
    whose = perspective(scope, entry, facts)
    caveats = [whose] if whose else []
    return [*caveats, *aged(scope, facts)]


def _follow_ups(scope: Scope, entry: Entry) -> tuple[Part, ...]:
    """Choices under an answer: the step-by-step way and related entries of no other region."""
    options: list[Choice] = []
    if entry.procedure:
        options.append(Choice(scope.phrase("step_by_step"), str(StartWalk(entry.procedure))))
    options += calculations(scope, entry)
    if PLACE in scope.inherited:
        options.append(Choice(scope.phrase("other_region"), str(ShowRegions(1))))
    options += [Choice(other.title, str(ShowEntry(other.id))) for other in _related(scope, entry)]
    if scope.inherited:
        options.append(Choice(scope.phrase("not_as_before"), str(ClearContext())))
    return (Choices(tuple(options)),) if options else ()


def calculations(scope: Scope, entry: Entry) -> list[Choice]:
    """What may be worked out for somebody who was told this."""
    found = [c for c in scope.pack.calculators.values() if entry.id in c.entries]
    if len(found) == 1:
        return [Choice(scope.phrase("calculate"), str(Calculate(found[0].id)))]
    return [
        Choice(scope.phrase("calculate_one", title=c.title), str(Calculate(c.id))) for c in found
    ]


def _related(scope: Scope, entry: Entry) -> list[Entry]:
    others = (scope.pack.entries[other] for other in entry.related)
    own = scope.region or entry.slots.get(PLACE)
    return [o for o in others if PLACE not in o.slots and o.covers(own)][:MAX_RELATED]


def _silent_reply(scope: Scope, entry: Entry, score: float | None) -> Reply:
    """No fact of the entry may be shown: all are about other regions, or out of their dates."""
    region = scope.pack.regions.get(scope.region or "")
    if region and entry.facts_on(scope.day):
        return replace(no_data_for_region(scope, region, entry.title, ()), score=score)
    return expired_reply(scope, entry, score)


def expired_reply(scope: Scope, entry: Entry, score: float | None) -> Reply:
    """Every fact of the entry is out of its dates on this day."""
    return outdated_reply(scope, entry.id, entry.title, entry.facts, score)


def with_answer(scope: Scope, reply: Reply, entry: Entry) -> Reply:
    """A reply that goes on with what an entry does say; the choices stay last."""
    shown = _shown(scope.pack, entry.id, scope.day, scope.region, frozenset())
    if shown is None:
        return reply
    answer = [part for part in shown[0] if not isinstance(part, Choices)]
    choices = [part for part in reply.parts if isinstance(part, Choices)]
    others = [part for part in reply.parts if not isinstance(part, Choices)]
    return replace(reply, parts=(*others, *answer, *choices))

"""Build replies from entries and phrases: what is shown, with which sources and choices.

Nothing here decides *what* to answer (see `bot.core.answering.free_text`); it only keeps the
promises of wording: sources and dates under every fact, 待核实 before unsure ones, ageing said in
words, and never a portal of another region.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import combinations, islice, pairwise

from bot.core.answering.choices_under_answers import (
    choices_part,
    follow_ups,
    topic_choices,
    ways_on,
)
from bot.core.answering.citations import (
    depends_on_region,
    fact_parts,
    is_of_elsewhere,
    origin_elsewhere,
    perspective,
    source_line,
    source_note,
    sources_part,
)
from bot.core.answering.limits import MAX_GROUND, MAX_GROUNDS, SAID_AGAIN
from bot.core.answering.phrase_replies import outdated_reply
from bot.core.answering.regions import has_offices, no_data_for_region
from bot.core.model.choices import (
    ShowEntry,
)
from bot.core.model.entry import Confidence, Entry, EntryKind, Fact, Verdict
from bot.core.model.pack import Pack
from bot.core.model.question_type import QuestionType
from bot.core.model.reply import (
    Answer,
    Choice,
    Choices,
    ListPart,
    Part,
    Reason,
    Reply,
    Sources,
    Status,
    Text,
)
from bot.core.model.scope import Scope
from bot.core.model.vocabulary import ASPECT, PLACE, SERVICE
from bot.core.words.hedges import leaves_open


def _assumable(pack: Pack) -> tuple[str, ...]:
    """Return the slots that an answer may take from the conversation so far, and then says so."""
    return (PLACE, SERVICE, *pack.vocabulary.details)


SHOWN_AGAIN = 1_024
"""Entries of which is kept what they show, on a day and in a region; about 2 KiB each.  What is
shown on one day is not asked for on the next, so all of them are in use sooner or later.
"""
_STUCK = (QuestionType.REFUSAL, QuestionType.UNDO)
"""What somebody asks who cannot go on: it is refused, or has to be undone."""

_VERDICTS: dict[EntryKind, tuple[Status, Reason | None]] = {
    EntryKind.FACT: (Status.ANSWERED, None),
    EntryKind.NO_DATA: (Status.ABSTAINED, Reason.NO_DATA),
    EntryKind.BOUNDARY: (Status.ABSTAINED, Reason.BOUNDARY),
    EntryKind.SMALLTALK: (Status.SMALLTALK, None),
}


def entry_reply(scope: Scope, entry: Entry, score: float | None, rule: str) -> Reply:
    """Return the answer of an entry, or an abstention if its kind or its dates demand one."""
    if entry.kind in (EntryKind.BOUNDARY, EntryKind.SMALLTALK):
        return _worded(scope, entry, score, rule)
    inherited = frozenset(k for k in scope.inherited if _depends_on(scope.pack, entry, k))
    how = (scope.asked, scope.is_turned, scope.is_brief)
    shown = _shown(scope.pack, entry.id, scope.day, scope.region, inherited, *how)
    if shown is None:
        return _silent_reply(scope, entry, score)
    parts, answer = shown
    return _reply(scope, entry, parts, answer, score=score, rule=rule)


def pair_reply(scope: Scope, entry: Entry, other: Entry, score: float | None) -> Reply | None:
    """Return what two entries say in a line each: a message that touches both may mean either.

    Return `None` if one of them has no line to tell. Details and sources are behind choices.
    """
    verdict = entry.verdict_on(scope.day, scope.region, scope.asked)
    beside = other.verdict_on(scope.day, scope.region, scope.asked)
    if verdict is None or beside is None or _names_elsewhere(scope, beside):
        return None
    shown = _shown_facts(replace(scope, is_brief=True), entry, verdict)
    told = (verdict.fact, *shown, beside.fact)
    inherited = frozenset(k for k in scope.inherited if _depends_on(scope.pack, entry, k))
    parts = (
        *_assumption(replace(scope, inherited=inherited)),
        *_untold(scope, entry),
        *_opening(scope, verdict),
        *(part for fact in shown for part in fact_parts(scope, fact)),
        *_under_title(scope, other, beside.fact),
        *_whom_to_ask(scope, entry, told),
        *_caveats(scope, entry, told),
        sources := sources_part(scope, told),
        *choices_part(_ways_on_from(scope, entry, other)),
    )
    answers = _answers_of(scope, (entry, other), sources)
    reply = _reply(scope, entry, parts, answers[0], score=score, rule="pair")
    return replace(reply, answers=answers)


def _ways_on_from(scope: Scope, entry: Entry, other: Entry) -> list[Choice]:
    """Return the choices under the first of two answers, with the second behind its details."""
    options = follow_ups(scope, entry, ())
    shown = Choice(other.title, str(ShowEntry(other.id)))
    return list({option.value: option for option in (*options[:1], shown, *options[1:])}.values())


def near_reply(
    scope: Scope,
    entry: Entry,
    others: Sequence[Entry],
    score: float,
    beside: Entry | None = None,
) -> Reply | None:
    """Admit that nothing answers the question itself, then tell the nearest entry in a line.

    `beside` is as near and told as well; `others` are offered as choices. Return `None` if the
    entry has no line to tell.
    """
    verdict = entry.verdict_on(scope.day, scope.region, scope.asked)
    if verdict is None or entry.kind is not EntryKind.FACT or _names_elsewhere(scope, verdict):
        return None
    second = beside.verdict_on(scope.day, scope.region, scope.asked) if beside else None
    if second and _names_elsewhere(scope, second):
        second = None
    told = (verdict.fact, *([second.fact] if second else []))
    options = [Choice(e.title, str(ShowEntry(e.id))) for e in (entry, *others)]
    parts: tuple[Part, ...] = (
        *_led(scope.phrase("near"), _opening(scope, verdict)),
        *(_under_title(scope, beside, second.fact) if beside and second else []),
        *([] if _names_whom_to_ask(scope, told) else [Text(scope.phrase("near_ask"))]),
        *_caveats(scope, entry, told),
        sources := sources_part(scope, told),
        *choices_part(options),
    )
    entries = (entry, *([beside] if beside and second else []))
    return Reply(
        status=Status.ABSTAINED,
        reason=Reason.NO_DATA,
        parts=parts,
        answers=_answers_of(scope, entries, sources),
        slots=scope.slots,
        score=score,
        rule="near",
        question_type=scope.asked,
        topic=entry.title,
        is_unclear=True,
    )


def _led(lead: str, parts: Sequence[Part]) -> list[Part]:
    """Return the parts with some words before them, in one paragraph if the first is text."""
    first, *rest = parts
    return [*([Text(lead + first.text)] if isinstance(first, Text) else [Text(lead), first]), *rest]


def _under_title(scope: Scope, entry: Entry, fact: Fact) -> list[Part]:
    return _led(scope.phrase("for_topic", topic=entry.title), fact_parts(scope, fact))


def _answers_of(scope: Scope, entries: Iterable[Entry], sources: Sources) -> tuple[Answer, ...]:
    place = _place(scope.region)
    return tuple(Answer(e.id, {**e.slots, **place}, sources.notes) for e in entries)


def led_by(scope: Scope, entry: Entry, reply: Reply) -> Reply:
    """Return a reply about a door, with a line before it on what somebody goes there for."""
    verdict = entry.verdict_on(scope.day, scope.region, scope.asked)
    if verdict is None or entry.kind is not EntryKind.FACT or _names_elsewhere(scope, verdict):
        return reply
    whose = perspective(scope, entry, (verdict.fact,))
    cited = [part for part in reply.parts if isinstance(part, Sources)]
    own = sources_part(scope, (verdict.fact,))
    notes = {note.title: note for part in (own, *cited) for note in part.notes}
    mark = next((part.mark for part in (own, *cited) if part.mark), "")
    others = [part for part in reply.parts if not isinstance(part, (Sources, Choices))]
    choices = [part for part in reply.parts if isinstance(part, Choices)]
    parts = (
        *_opening(scope, verdict),
        *([Text(whose)] if whose else []),
        *others,
        sources := replace(own, notes=tuple(notes.values()), mark=mark),
        *choices,
    )
    answers = (*reply.answers, *_answers_of(scope, (entry,), sources))
    return replace(reply, parts=parts, answers=answers)


def _names_elsewhere(scope: Scope, verdict: Verdict) -> bool:
    """Whether a verdict tells somebody in one region of another's door."""
    others = (e for e in scope.pack.portals if scope.region not in (None, e.slots[PLACE]))
    doors = (fact.link.name for entry in others for fact in entry.all_facts if fact.link)
    return any(name in verdict.fact.text for name in doors)


def details_reply(scope: Scope, entry: Entry) -> Reply:
    """Show all of an entry: the words of its sources, the notes on them, what is doubtful."""
    facts = entry.facts_on(scope.day, scope.region) or tuple(
        v.fact for v in entry.verdicts if v.fact.holds_on(scope.day)
    )
    if not facts:
        return _silent_reply(scope, entry, None)
    citations = [citation for fact in facts for citation in fact.citations]
    sources = tuple(dict.fromkeys(citation.source for citation in citations))
    items = [source_line(scope, source) for source in sources]
    whose = perspective(scope, entry, facts)
    parts = (
        *(part for fact in facts for part in fact_parts(scope, fact)),
        *([Text(whose)] if whose else []),
        ListPart(tuple(items), scope.phrase("sources_title")),
        *choices_part(ways_on(scope, entry)),
    )
    notes = tuple(map(source_note, citations))
    answer = Answer(entry.id, {**entry.slots, **_place(scope.region)}, tuple(dict.fromkeys(notes)))
    return _reply(scope, entry, parts, answer, score=None, rule="details")


def _untold(scope: Scope, entry: Entry) -> list[Part]:
    """Admit that nothing is known of the region that was named, before what others do is told."""
    if not entry.is_untold_in(scope.region, scope.day):
        return []
    return [Text(scope.phrase("untold_there", region=scope.region, topic=entry.title))]


def _reply(
    scope: Scope,
    entry: Entry,
    parts: tuple[Part, ...],
    answer: Answer,
    *,
    score: float | None,
    rule: str,
) -> Reply:
    status, reason = _VERDICTS[entry.kind]
    is_untold = entry.is_untold_in(scope.region, scope.day)
    if is_untold:
        status, reason = Status.ABSTAINED, Reason.NO_DATA_FOR_REGION
    return Reply(
        status=status,
        reason=reason,
        parts=parts,
        answers=(answer,),
        slots=scope.slots,
        score=score,
        rule=rule,
        question_type=scope.asked,
        topic=entry.title if is_untold else None,
    )


@lru_cache(SHOWN_AGAIN)
def _shown(
    pack: Pack,
    entry_id: str,
    day: date,
    region: str | None,
    inherited: frozenset[str] = frozenset(),
    asked: QuestionType | None = None,
    is_turned: bool = False,
    is_brief: bool = False,
) -> tuple[tuple[Part, ...], Answer] | None:
    """Return what an entry shows on a day to somebody in a region; `None` if it is nothing.

    Kept, because most questions are asked again and again; a pack counts by identity.
    """
    entry = pack.entries[entry_id]
    slots = {**entry.slots, **_place(region)}
    scope = Scope(pack, day, slots, inherited, asked, is_turned, is_brief)
    verdict = entry.verdict_on(day, region, asked)
    facts = _shown_facts(scope, entry, verdict)
    if not facts and verdict is None:
        return None
    door = _door(scope, entry, verdict)
    told = (*([verdict.fact] if verdict else []), *facts, *door)
    parts = (
        *_assumption(scope),
        *_untold(scope, entry),
        *(_opening(scope, verdict) if verdict else []),
        *(part for fact in (*facts, *door) for part in fact_parts(scope, fact)),
        *_whom_to_ask(scope, entry, told),
        *_caveats(scope, entry, told),
        sources := sources_part(scope, told),
        *choices_part(follow_ups(scope, entry, told)),
    )
    return parts, Answer(entry.id, slots, sources.notes)


def _shown_facts(scope: Scope, entry: Entry, verdict: Verdict | None) -> tuple[Fact, ...]:
    """Return the facts under the verdict; they are the whole answer if there is none.

    Under a verdict a line about some regions only is nothing for who named no region.
    """
    facts = entry.facts_on(scope.day, scope.region)
    shown = tuple(fact for fact in facts if not fact.is_detail)
    if verdict is None:
        return shown or facts
    grounds = () if scope.is_brief else islice(_grounds(facts, verdict.fact.text), 1)
    told = shown or tuple(grounds)
    if not shown and not origin_elsewhere(scope, verdict.fact):
        told = tuple(fact for fact in told if not origin_elsewhere(scope, fact))
    if scope.region in verdict.fact.regions:
        told = tuple(fact for fact in told if not is_of_elsewhere(scope, fact))
    return tuple(fact for fact in told if scope.region or not fact.regions)


def _door(scope: Scope, entry: Entry, verdict: Verdict | None) -> tuple[Fact, ...]:
    """Return where a service is done in the place named, under how it is done everywhere."""
    is_how = entry.procedure and entry.slots.get(ASPECT) != scope.pack.vocabulary.materials
    portal = scope.pack.portal_of(scope.region) if scope.region and is_how else None
    if portal is None or (verdict and verdict.fact.regions):
        return ()
    opening = portal.opening_on(scope.day, scope.region)
    return (opening,) if opening else ()


def _grounds(facts: Sequence[Fact], said: str) -> Iterator[Fact]:
    """Yield the first facts that fit under a verdict and do not merely say it again."""
    pairs = set(pairwise(said))
    for fact in facts[:MAX_GROUNDS]:
        own = set(pairwise(fact.text))
        is_short = len(fact.text) <= MAX_GROUND and "\n" not in fact.text
        is_sure = fact.confidence is not Confidence.LOW
        if is_short and is_sure and len(own & pairs) < SAID_AGAIN * len(own):
            yield fact


def _opening(scope: Scope, verdict: Verdict) -> list[Part]:
    fact = verdict.fact
    if scope.is_turned and verdict.turned:
        fact = replace(fact, text=verdict.turned)
    return fact_parts(scope, fact)


def _place(region: str | None) -> dict[str, str]:
    return {PLACE: region} if region else {}


def _worded(scope: Scope, entry: Entry, score: float | None, rule: str) -> Reply:
    status, reason = _VERDICTS[entry.kind]
    is_smalltalk = entry.kind is EntryKind.SMALLTALK
    options = () if is_smalltalk else ways_on(scope, entry) or topic_choices(scope)
    return Reply(
        status=status,
        reason=reason,
        parts=(Text(entry.short), *choices_part(options)),
        answers=(Answer(entry.id),),
        slots={} if is_smalltalk else scope.slots,
        score=None if is_smalltalk else score,
        rule=rule,
    )


def _assumption(scope: Scope) -> list[Part]:
    kinds = tuple(kind for kind in _assumable(scope.pack) if kind in scope.inherited)
    return [_assumed(scope.pack, scope.slots, kinds)] if kinds else []


def _assumed(pack: Pack, slots: Mapping[str, str], kinds: Sequence[str]) -> Text:
    return Text(pack.phrase("assumed", words="、".join(slots[kind] for kind in kinds)))


def assumptions_in(pack: Pack, reply: Reply) -> list[Part]:
    """Return the lines of a reply that say what it took from the conversation so far."""
    slots = [{**reply.slots, **answer.slots} for answer in reply.answers]
    lines = {
        _assumed(pack, known, kinds)
        for known in slots
        for kinds in _choices_of(_assumable(pack))
        if all(kind in known for kind in kinds)
    }
    return [part for part in dict.fromkeys(reply.parts) if part in lines]


def _choices_of(kinds: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield every choice of one or more of some kinds, each in their order."""
    for many in range(1, len(kinds) + 1):
        yield from combinations(kinds, many)


def _depends_on(pack: Pack, entry: Entry, kind: str) -> bool:
    """Return whether the answer differs by place, registration or detail."""
    if kind == PLACE:
        return depends_on_region(entry)
    return kind in _assumable(pack) and kind in entry.slots


def _whom_to_ask(scope: Scope, entry: Entry, facts: Sequence[Fact]) -> list[Part]:
    """Say who knows more, unless it is said: at a gap, an open end, or where somebody is stuck."""
    if entry.is_untold_in(scope.region, scope.day):
        return []  # said with the admission
    is_open = any(leaves_open(fact.text) for fact in facts[:1])
    is_stuck = is_open or entry.kind is EntryKind.NO_DATA or scope.asked in _STUCK
    is_said = _names_whom_to_ask(scope, facts) or perspective(scope, entry, facts)
    is_wanted = is_stuck and scope.pack.vocabulary.authorities and not is_said
    if not is_wanted:
        return []
    region = scope.pack.regions.get(scope.region or "")
    key = "ask_whom_there" if region and has_offices(scope, region) else "ask_whom"
    return [Text(scope.phrase(key, region=scope.region))]


def _names_whom_to_ask(scope: Scope, facts: Sequence[Fact]) -> bool:
    words = scope.pack.vocabulary.authorities
    return any(word in fact.text for fact in facts for word in words)


def _caveats(scope: Scope, entry: Entry, facts: Sequence[Fact]) -> list[Part]:
    """Say whose practice this is, or that a place may differ, as a careful clerk would."""
    if entry.is_untold_in(scope.region, scope.day):
        return []  # admitted before
    if whose := perspective(scope, entry, facts):
        return [Text(whose)]
    own = {c.source.perspective for fact in facts for c in fact.citations}
    is_local = PLACE in entry.slots or any(own) or any(fact.regions for fact in facts)
    if scope.region is None or PLACE in scope.inherited or is_local or _is_of_two(scope, facts):
        return []
    return [Text(scope.phrase("general", region=scope.region))]


def _is_of_two(scope: Scope, facts: Sequence[Fact]) -> bool:
    """Return whether what is said first is about two places, so that neither has to be named."""
    elsewhere = scope.pack.vocabulary.elsewhere
    return bool(elsewhere) and any(elsewhere in fact.text for fact in facts[:1])


def _silent_reply(scope: Scope, entry: Entry, score: float | None) -> Reply:
    """Reply that no fact may be shown: all are about other regions, or out of date."""
    region = scope.pack.regions.get(scope.region or "")
    if region and (entry.facts_on(scope.day) or entry.verdict_on(scope.day)):
        return replace(no_data_for_region(scope, region, entry.title, ()), score=score)
    return expired_reply(scope, entry, score)


def expired_reply(scope: Scope, entry: Entry, score: float | None) -> Reply:
    """Reply that every fact of the entry is out of date on this day."""
    return outdated_reply(scope, entry.id, entry.title, entry.all_facts, score)


def with_answer(scope: Scope, reply: Reply, entry: Entry) -> Reply:
    """Append what an entry does say to a reply; the choices stay last."""
    shown = _shown(scope.pack, entry.id, scope.day, scope.region)
    if shown is None:
        return reply
    answer = [part for part in shown[0] if not isinstance(part, Choices)]
    choices = [part for part in reply.parts if isinstance(part, Choices)]
    others = [part for part in reply.parts if not isinstance(part, Choices)]
    return replace(reply, parts=(*others, *answer, *choices))

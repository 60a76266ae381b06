"""Replies put together from entries and phrases: what is shown, with which sources and choices.

Nothing here decides *what* to answer (see `bot.core.answering.free_text`); it only keeps the
promises of wording: sources and dates under every fact, 待核实 before unsure ones, ageing said in
words, and never a portal of another region.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from bot.core.model.pack import Citation, Entry, EntryKind, Fact, Pack, Region
from bot.core.model.reply import (
    Answer,
    Choice,
    Choices,
    Link,
    Part,
    Reason,
    Reply,
    SourceNote,
    Sources,
    Status,
    Text,
)
from bot.core.ports import WriteCalendar

PORTAL = "入口"
"""The aspect whose entries differ by region."""
MATERIALS = "材料"
CLEAR_CONTEXT = "context:clear"
"""The choice that forgets what was said before."""
CALCULATE = "d"
"""The kind of choice that works out a date: `d:<calculator>`, `d:<calculator>:<span>`, and with
`:ics` behind it the file for a calendar."""
_ASSUMED = ("region", "registration")
"""What an answer may take from the conversation so far, and then says so."""
REGIONS_PER_PAGE = 8
MAX_RELATED = 2

_VERDICTS: dict[EntryKind, tuple[Status, Reason | None]] = {
    EntryKind.FACT: (Status.ANSWERED, None),
    EntryKind.NO_DATA: (Status.ABSTAINED, Reason.NO_DATA),
    EntryKind.BOUNDARY: (Status.ABSTAINED, Reason.BOUNDARY),
    EntryKind.SMALLTALK: (Status.SMALLTALK, None),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What every reply depends on: the pack, the day it speaks on, and what is known so far."""

    pack: Pack
    day: date
    slots: Mapping[str, str]
    inherited: frozenset[str] = frozenset()
    """Kinds of slots that come from the conversation so far."""
    notices: tuple[str, ...] = ()
    """What has to be said before a card, because the procedure is not what it was."""
    calendar: WriteCalendar | None = None

    @property
    def region(self) -> str | None:
        return self.slots.get("region")

    def phrase(self, key: str, **values: object) -> str:
        return self.pack.phrase(key, "zh", **values)


def entry_reply(setting: Setting, entry: Entry, score: float | None, rule: str) -> Reply:
    """The whole answer of an entry, or the abstention that it is by its kind or by its dates."""
    if entry.kind in (EntryKind.BOUNDARY, EntryKind.SMALLTALK):
        return _worded(setting, entry, score, rule)
    inherited = frozenset(k for k in setting.inherited if _depends_on(entry, k))
    shown = _shown(setting.pack, entry.id, setting.day, setting.region, inherited)
    if shown is None:
        return _silent_reply(setting, entry, score)
    parts, answer = shown
    status, reason = _VERDICTS[entry.kind]
    return Reply(
        status=status,
        reason=reason,
        parts=parts,
        answers=(answer,),
        slots=setting.slots,
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
    slots = {"region": region} if region else {}
    entry = pack.entries[entry_id]
    setting = Setting(pack, day, {**entry.slots, **slots}, inherited)
    facts = entry.facts_on(day, region)
    if not facts:
        return None
    parts = (*_answer_parts(setting, entry, facts), *_follow_ups(setting, entry))
    sources = next(part.notes for part in parts if isinstance(part, Sources))
    return parts, Answer(entry.id, {**entry.slots, **slots}, sources)


def _worded(setting: Setting, entry: Entry, score: float | None, rule: str) -> Reply:
    status, reason = _VERDICTS[entry.kind]
    is_smalltalk = entry.kind is EntryKind.SMALLTALK
    return Reply(
        status=status,
        reason=reason,
        parts=(Text(entry.short),),
        answers=(Answer(entry.id),),
        slots={} if is_smalltalk else setting.slots,
        score=None if is_smalltalk else score,
        rule=rule,
    )


def joined_reply(replies: Sequence[Reply]) -> Reply:
    """Several things answered at once, each under its own heading; choices are left out.

    What could be answered comes first, and its verdict is that of the whole.
    """
    replies = sorted(replies, key=lambda reply: reply.status is not Status.ANSWERED)
    kept = (part for reply in replies for part in reply.parts if not isinstance(part, Choices))
    return replace(
        replies[0],
        parts=tuple(kept),
        answers=tuple(answer for reply in replies for answer in reply.answers),
        rule="several:" + ",".join(reply.rule for reply in replies),
    )


def headed(setting: Setting, reply: Reply, topic: str) -> Reply:
    return replace(reply, parts=(Text(setting.phrase("for_topic", topic=topic)), *reply.parts))


def _answer_parts(setting: Setting, entry: Entry, facts: Sequence[Fact]) -> list[Part]:
    parts: list[Part] = []
    if setting.inherited:
        words = "、".join(setting.slots[kind] for kind in _ASSUMED if kind in setting.inherited)
        parts.append(Text(setting.phrase("assumed", words=words)))
    parts += [Text(fact_text(setting, fact)) for fact in facts]
    parts += [Text(caveat) for caveat in _caveats(setting, entry, facts)]
    parts.append(sources_part(setting.pack, facts))
    return parts


def _depends_on(entry: Entry, kind: str) -> bool:
    """Whether an answer would have been another one with another place or registration."""
    if kind == "region":
        return _depends_on_region(entry)
    return kind in _ASSUMED and kind in entry.slots


def _depends_on_region(entry: Entry) -> bool:
    return bool(entry.regions) or "region" in entry.slots


def fact_text(setting: Setting, fact: Fact) -> str:
    if fact.confidence.is_publishable:
        return fact.text
    return setting.phrase("unverified", text=fact.text)


def _caveats(setting: Setting, entry: Entry, facts: Sequence[Fact]) -> list[str]:
    """What a careful clerk would add: whose practice this is, and how old the source is."""
    whose = perspective(setting, entry, facts)
    caveats = [whose] if whose else []
    return [*caveats, *aged(setting, facts)]


def aged(setting: Setting, facts: Sequence[Fact]) -> list[str]:
    """One sentence if the oldest source was not looked at for longer than the pack allows."""
    oldest = min(c.checked_on for f in facts for c in f.citations)
    limit = setting.pack.review_after_days
    if (setting.day - oldest).days <= limit:
        return []
    return [setting.phrase("aged", date=oldest.isoformat(), days=limit)]


def perspective(setting: Setting, entry: Entry, facts: Sequence[Fact]) -> str | None:
    """Whose practice the facts describe, if it is not that of the region asked about."""
    return None if _depends_on_region(entry) else perspective_of(setting, facts)


def perspective_of(setting: Setting, facts: Sequence[Fact]) -> str | None:
    origins = [c.source.perspective for f in facts for c in f.citations if c.source.perspective]
    region = setting.region
    if not region or not origins or region in origins:
        return None
    return setting.phrase("perspective", origin=origins[0], region=region)


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


def _follow_ups(setting: Setting, entry: Entry) -> tuple[Part, ...]:
    """Choices under an answer: the step-by-step way and related entries of no other region."""
    options: list[Choice] = []
    if entry.procedure:
        options.append(Choice(setting.phrase("step_by_step"), f"p:{entry.procedure}"))
    options += calculations(setting, entry)
    if "region" in setting.inherited:
        options.append(Choice(setting.phrase("other_region"), "regions:1"))
    options += [Choice(other.title, f"e:{other.id}") for other in _related(setting, entry)]
    if setting.inherited:
        options.append(Choice(setting.phrase("not_as_before"), CLEAR_CONTEXT))
    return (Choices(tuple(options)),) if options else ()


def calculations(setting: Setting, entry: Entry) -> list[Choice]:
    """What may be worked out for somebody who was told this."""
    found = [c for c in setting.pack.calculators.values() if entry.id in c.entries]
    if len(found) == 1:
        return [Choice(setting.phrase("calculate"), f"{CALCULATE}:{found[0].id}")]
    return [
        Choice(setting.phrase("calculate_one", title=c.title), f"{CALCULATE}:{c.id}") for c in found
    ]


def _related(setting: Setting, entry: Entry) -> list[Entry]:
    others = (setting.pack.entries[other] for other in entry.related)
    own = setting.region or entry.slots.get("region")
    return [o for o in others if "region" not in o.slots and o.covers(own)][:MAX_RELATED]


def _silent_reply(setting: Setting, entry: Entry, score: float | None) -> Reply:
    """No fact of the entry may be shown: all are about other regions, or out of their dates."""
    region = setting.pack.regions.get(setting.region or "")
    if region and entry.facts_on(setting.day):
        return replace(no_data_for_region(setting, region, entry.title, ()), score=score)
    return expired_reply(setting, entry, score)


def expired_reply(setting: Setting, entry: Entry, score: float | None) -> Reply:
    """Every fact of the entry is out of its dates on this day."""
    return outdated_reply(setting, entry.id, entry.title, entry.facts, score)


def outdated_reply(
    setting: Setting, name: str, title: str, facts: Iterable[Fact], score: float | None
) -> Reply:
    """All facts of something are out of their dates; `name` is its id."""
    facts = tuple(facts)
    ended = [f.valid_until for f in facts if f.valid_until and f.valid_until < setting.day]
    started = [f.valid_from for f in facts if f.valid_from]
    key, day = ("expired", max(ended)) if ended else ("not_yet_valid", min(started))
    return Reply(
        status=Status.ABSTAINED,
        reason=Reason.EXPIRED,
        parts=(Text(setting.phrase(key, title=title, date=day.isoformat())),),
        answers=(Answer(name),),
        slots=setting.slots,
        score=score,
        rule="expired",
    )


def no_data_for_region(
    setting: Setting, region: Region, topic: str, options: Sequence[Choice]
) -> Reply:
    """Admits the gap; at most the region's own general portal is named, marked as that."""
    parts: list[Part] = [
        Text(setting.phrase("no_data_for_region", region=region.short, topic=topic))
    ]
    if site := region.gov_portal:
        is_sure = site.confidence.is_publishable
        note = setting.phrase("gov_portal_note" if is_sure else "gov_portal_note_weak")
        parts.append(Link(site.name, site.url, note))
    if options:
        parts.append(Choices(tuple(options)))
    return Reply(
        status=Status.ABSTAINED,
        reason=Reason.NO_DATA_FOR_REGION,
        parts=tuple(parts),
        slots=setting.slots,
        rule="region_without_data",
    )


def with_answer(setting: Setting, reply: Reply, entry: Entry) -> Reply:
    """A reply that goes on with what an entry does say; the choices stay last."""
    shown = _shown(setting.pack, entry.id, setting.day, setting.region, frozenset())
    if shown is None:
        return reply
    answer = [part for part in shown[0] if not isinstance(part, Choices)]
    choices = [part for part in reply.parts if isinstance(part, Choices)]
    others = [part for part in reply.parts if not isinstance(part, Choices)]
    return replace(reply, parts=(*others, *answer, *choices))


def question(
    setting: Setting, key: str, options: Sequence[Choice], rule: str, **values: str
) -> Reply:
    """One question back, with its choices."""
    return Reply(
        status=Status.CLARIFY,
        reason=Reason.AMBIGUOUS,
        parts=(Text(setting.phrase(key, **values)), Choices(tuple(options))),
        slots=setting.slots,
        rule=rule,
    )


def portal_choice(setting: Setting) -> Choice:
    return Choice(setting.phrase("choice_portal"), "regions:1")


def region_page(setting: Setting, page: int) -> tuple[Choice, ...]:
    """One page, from 1, of the regions that have a portal; the pack's order."""
    portals = [e for e in setting.pack.entries.values() if e.slots.get("aspect") == PORTAL]
    options = [Choice(e.slots["region"], f"e:{e.id}") for e in portals if "region" in e.slots]
    start = (page - 1) * REGIONS_PER_PAGE
    shown = options[start : start + REGIONS_PER_PAGE]
    if len(options) > start + REGIONS_PER_PAGE:
        shown.append(Choice(setting.phrase("more_regions"), f"regions:{page + 1}"))
    return tuple(shown)


def plain(setting: Setting, key: str, status: Status, reason: Reason | None, rule: str) -> Reply:
    """One of the bot's own sentences and nothing else."""
    return Reply(
        status=status,
        reason=reason,
        parts=(Text(setting.phrase(key)),),
        slots=setting.slots,
        rule=rule,
    )

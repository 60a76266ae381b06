"""Say which knowledge is growing old: sources to compare again, facts that end or begin.

What a newcomer would get wrong: a day is a day in China, and a fact holds on both its first and
its last day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.core.model.entry import Entry, Fact
from bot.core.model.pack import Pack
from bot.core.model.reminder import Reminder
from bot.core.model.reply import Reason
from bot.core.model.spans import ZONE
from bot.core.ports import Rated
from bot.runtime.links import Link


class What(StrEnum):
    """What has to be done, in the order of urgency."""

    EXPIRED = "expired"
    REPORTED = "reported"
    BROKEN = "broken"
    OVERDUE = "overdue"
    EXPIRES = "expires"
    REVIEW = "review"
    BEGAN = "began"
    BEGINS = "begins"


@dataclass(frozen=True, slots=True)
class Due:
    """A source or a fact, and the day that counts: its last day, its first, or that of a review."""

    what: What
    day: date
    name: str
    """Id of the source or of the entry."""
    text: str
    uses: int = 1
    """Number of facts that rest on the source, or of people who reported the fact."""
    owner: str = ""


def due(
    pack: Pack,
    today: date,
    days: int,
    rated: Sequence[Rated] = (),
    links: Sequence[Link] = (),
) -> list[Due]:
    """Return what is due by `today` or within some days, the most urgent first.

    `rated` is what people said of answers, `links` the addresses with what is recorded of them.
    """
    found = [
        *_sources(pack, today, days),
        *_facts(pack, today, days),
        *_reported(pack, today, rated),
        *_broken(pack, links),
    ]
    order = list(What)
    return sorted(found, key=lambda one: (order.index(one.what), one.day, one.name))


def review_day(pack: Pack, checked_on: date) -> date:
    """Return the last day on which a source that was compared then is not marked as old."""
    return checked_on + timedelta(days=pack.review_after_days)


def reminders(pack: Pack, found: list[Due], today: date) -> list[Reminder]:
    """Return the reviews and endings as reminders; what is overdue is for today."""
    return [
        Reminder(
            uid=f"{pack.id}-{one.what}-{one.name}-{one.day}",
            day=max(one.day, today),
            title=f"{TITLES[one.what]}：{one.text}",
            text=f"{one.name}，{one.day}",
            written_on=today,
        )
        for one in found
    ]


TITLES = {
    What.EXPIRED: "已经过期，不再当作现行的回答",
    What.REPORTED: "有人说过期，还没有人复核",
    What.BROKEN: "网址上次没有打开",
    What.OVERDUE: "过了复核期，回答里已经标着“未复核”",
    What.EXPIRES: "快要过期",
    What.REVIEW: "快到复核期",
    What.BEGAN: "刚刚生效",
    What.BEGINS: "快要生效",
}


def _sources(pack: Pack, today: date, days: int) -> Iterator[Due]:
    uses = dict.fromkeys(pack.sources, 0)
    for _, fact in _all_facts(pack):
        for name in {citation.source.id for citation in fact.citations}:
            uses[name] = uses.get(name, 0) + 1
    for source in pack.sources.values():
        day = review_day(pack, source.checked_on)
        if day - timedelta(days=days) <= today:
            what = What.OVERDUE if day < today else What.REVIEW
            owner = source.owner or pack.owner
            yield Due(what, day, source.id, source.title, uses[source.id], owner)


def _facts(pack: Pack, today: date, days: int) -> Iterator[Due]:
    span = timedelta(days=days)
    for entry, fact in _all_facts(pack):
        if fact.valid_until and fact.valid_until - span <= today:
            what = What.EXPIRED if fact.valid_until < today else What.EXPIRES
            yield Due(what, fact.valid_until, entry.id, fact.text, owner=_owner(pack, fact))
        if fact.valid_from and today - span <= fact.valid_from <= today + span:
            what = What.BEGAN if fact.valid_from <= today else What.BEGINS
            yield Due(what, fact.valid_from, entry.id, fact.text, owner=_owner(pack, fact))


def _reported(pack: Pack, today: date, rated: Sequence[Rated]) -> Iterator[Due]:
    """Yield what people called out of date, until its sources were compared again."""
    for one in rated:
        entry = pack.entries.get(one.entry)
        if entry is None or one.outdated_at is None:
            continue
        day = one.outdated_at.astimezone(ZONE).date()
        verdict = entry.verdict_on(today, one.region or None)
        told = [*([verdict.fact] if verdict else []), *entry.facts_on(today, one.region or None)]
        checked = [citation.checked_on for fact in told for citation in fact.citations]
        if not told or max(checked, default=date.min) >= day:
            continue
        where = f"（{one.region}）" if one.region else ""
        people = one.ratings.get(Reason.OUTDATED, 0)
        text = f"{entry.title}{where}：{told[0].text}"
        yield Due(What.REPORTED, day, entry.id, text, people, _owner(pack, told[0]))


def _broken(pack: Pack, links: Sequence[Link]) -> Iterator[Due]:
    for link in links:
        if link.opened and not link.opened.is_good:
            text = f"{link.url}（{'、'.join(link.places)}）"
            name = link.places[0]
            source = pack.sources.get(name)
            owner = (source.owner if source else "") or pack.owner
            yield Due(What.BROKEN, link.opened.on, name, text, len(link.places), owner)


def _owner(pack: Pack, fact: Fact) -> str:
    """Return who looks after the sources of a fact."""
    owners = (citation.source.owner for citation in fact.citations)
    return next(filter(None, owners), pack.owner)


def _all_facts(pack: Pack) -> Iterator[tuple[Entry, Fact]]:
    return ((entry, fact) for entry in pack.entries.values() for fact in entry.all_facts)

"""Define what the journal asks of its tables for reports, summed up by the database.

What a newcomer would get wrong: the tables may hold a million rows, so nothing here fetches more
than it returns, and every sum follows an index.  The functions need an open transaction.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from hashlib import blake2b
from itertools import islice

from sqlalchemy import (
    ColumnElement,
    Connection,
    Label,
    bindparam,
    case,
    delete,
    func,
    insert,
    select,
    update,
)

from bot.core.model.reply import FAULTS, Reason, Status
from bot.core.ports import Missed, Rated, Usage
from bot.storage import sql_tables as tables
from bot.storage.sql_tables import feedback, tallies, unanswered
from bot.storage.timestamps import as_moment, as_number

BY = ":"
"""Between reason and entry in the column `reason`, where an entry replied badly."""
MOST_NAMED = 200
"""Pseudonyms that are fetched of those who said the same."""
_SAME = (unanswered.c.digest, unanswered.c.reason)
"""What is the same where the same words were missed for the same reason."""
_ONE_BATCH = 1000
_ONE_QUERY = 500
"""Values in one `IN`; databases limit the parameters of a statement."""
_COUNTED = ("status", "reason", "platform", "entry", "region")
RATINGS = (Reason.LIKED, Reason.DISLIKED, *FAULTS)


def digest_of(words: str) -> int:
    """Return a number for words, to group them by; never 0, nor negative."""
    return int.from_bytes(blake2b(words.encode(), digest_size=8).digest()) >> 1 or 1


def tallied(day: str, said: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield the key of each tally that a reply adds to; empty values add to none."""
    return ((what, value, day) for what, value in said if value)


def add_tallies(connection: Connection, found: Counter[tuple[str, str, str]]) -> None:
    """Add to the tallies, always in the same order, so that two processes do not lock each other.

    If two processes insert the same row, its primary key makes one of them fail and run again.
    """
    for (what, value, day), times in sorted(found.items()):
        line = {"what": what, "value": value, "day": day}
        row = update(tallies).where(*(tallies.c[name] == known for name, known in line.items()))
        if connection.execute(row.values(times=tallies.c.times + times)).rowcount == 0:
            connection.execute(insert(tallies).values(**line, times=times))


def take_over(connection: Connection) -> int:
    """Move some counts of versions before into the tallies, and give some words their digest.

    Return how many; 0 if none are left.
    """
    counts = connection.execute(select(tables.usage).limit(_ONE_BATCH).with_for_update()).all()
    found = Counter[tuple[str, str, str]]()
    for row in counts:
        said = ((what, getattr(row, what, "")) for what in _COUNTED)
        found.update(dict.fromkeys(tallied(row.day, said), row.times))
    add_tallies(connection, found)
    key = tables.usage.primary_key.columns
    if counts:
        this = (column == bindparam(f"its_{column.name}") for column in key)
        names = [{f"its_{c.name}": getattr(row, c.name) for c in key} for row in counts]
        connection.execute(delete(tables.usage).where(*this), names)
    words = connection.execute(
        select(unanswered.c.seq, unanswered.c.words)
        .where(unanswered.c.digest == 0)
        .limit(_ONE_BATCH)
    ).all()
    if words:
        known = update(unanswered).where(unanswered.c.seq == bindparam("its_seq"))
        connection.execute(
            known.values(digest=bindparam("made")),
            [{"its_seq": row.seq, "made": digest_of(row.words)} for row in words],
        )
    return len(counts) + len(words)


def usage(connection: Connection, since: date) -> Usage:
    """Return the counts, see `bot.core.ports.Journal.usage`."""
    times, is_recent = func.sum(tallies.c.times), tallies.c.day >= since.isoformat()
    by: dict[str, dict[str, int]] = {what: {} for what in _COUNTED}
    for what, value, number in connection.execute(
        select(tallies.c.what, tallies.c.value, times)
        .where(is_recent)
        .group_by(tallies.c.what, tallies.c.value)
    ):
        by.setdefault(what, {})[value] = int(number)
    missed_times = func.sum(case((tallies.c.value == Status.ABSTAINED.value, tallies.c.times)))
    daily = connection.execute(
        select(tallies.c.day, times, missed_times)
        .where(is_recent, tallies.c.what == "status")
        .group_by(tallies.c.day)
        .order_by(tallies.c.day)
    ).all()
    days = {date.fromisoformat(day): int(number) for day, number, _ in daily}
    missed = {date.fromisoformat(day): int(number) for day, _, number in daily if number}
    ranked = {
        what: dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))
        for what, found in by.items()
    }
    return Usage(
        sum(by["status"].values()),
        days,
        missed,
        ranked,
    )


def rated(connection: Connection, since: datetime) -> list[Rated]:
    """Return what was said of answers, see `bot.core.ports.Journal.rated`."""
    sums = [func.sum(case((feedback.c.rating == one.value, 1), else_=0)) for one in RATINGS]
    outdated = case((feedback.c.rating == Reason.OUTDATED.value, feedback.c.at))
    rows = connection.execute(
        select(feedback.c.entry, feedback.c.region, func.max(outdated), *sums)
        .where(feedback.c.at >= as_number(since))
        .group_by(feedback.c.entry, feedback.c.region)
    )
    found = [
        Rated(
            entry,
            region,
            {one: int(people) for one, people in zip(RATINGS, people, strict=True) if people},
            as_moment(last) if last else None,
        )
        for entry, region, last, *people in rows
    ]
    return sorted(found, key=lambda one: (-one.bad, one.entry, one.region))


def missed(connection: Connection, since: datetime, limit: int) -> list[Missed]:
    """Return words without a good answer, see `bot.core.ports.Journal.missed`."""
    people = func.count(unanswered.c.person.distinct()).label("people")
    times, last = func.count().label("times"), func.max(unanswered.c.at).label("last")
    asked = (
        select(*_SAME, times, last, people)
        .where(unanswered.c.at >= as_number(since))
        .group_by(*_SAME)
        .order_by(people.desc(), times.desc(), last.desc())
        .limit(limit)
        .subquery()
    )
    ranked = asked.c.people.desc(), asked.c.times.desc(), asked.c.last.desc()
    rows = connection.execute(select(asked, _words_of(asked.c.digest)).order_by(*ranked)).all()
    persons = _persons(connection, {(r.digest, r.reason): r.times for r in rows}, as_number(since))
    return [
        Missed(
            row.words,
            row.reason.partition(BY)[0],
            row.times,
            frozenset(persons[row.digest, row.reason]),
            as_moment(row.last),
            row.reason.partition(BY)[2],
            row.people,
        )
        for row in rows
    ]


def _words_of(digest: ColumnElement[int]) -> Label[str]:
    """Return a look at one row of a digest; the order is that of the index, which finds it."""
    one = unanswered.alias()
    order = one.c.digest, one.c.reason, one.c.person, one.c.at
    return (
        select(one.c.words)
        .where(one.c.digest == digest)
        .order_by(*order)
        .limit(1)
        .scalar_subquery()
        .label("words")
    )


def _persons(
    connection: Connection, said: Mapping[tuple[int, str], int], since: int
) -> Mapping[tuple[int, str], Collection[str]]:
    """Return who said what, of each at most `MOST_NAMED`; what was said seldom is asked together.

    `said` has the number of times of each digest and reason.
    """
    found = defaultdict[tuple[int, str], set[str]](set)
    is_recent = unanswered.c.at >= since
    who = select(*_SAME, unanswered.c.person).where(is_recent).distinct()
    often = [one for one, times in said.items() if times > MOST_NAMED]
    for digest, reason in often:
        these = unanswered.c.digest == digest, unanswered.c.reason == reason
        for row in connection.execute(who.where(*these).limit(MOST_NAMED)):
            found[digest, reason].add(row.person)
    seldom = iter(sorted(said.keys() - {*often}))
    while several := list(islice(seldom, _ONE_QUERY)):
        digests = {digest for digest, _ in several}
        for row in connection.execute(who.where(unanswered.c.digest.in_(digests))):
            if said.get((row.digest, row.reason), math.inf) <= MOST_NAMED:
                found[row.digest, row.reason].add(row.person)
    return found

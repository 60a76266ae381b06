"""Define what the journal asks of its tables for reports, summed up by the database.

What a newcomer would get wrong: the tables may hold a million rows, so nothing here fetches more
than it returns, and every sum follows an index.  The functions need an open transaction.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from itertools import islice

from sqlalchemy import ColumnElement, Connection, Label, case, func, select

from bot.core.model.reply import FAULTS, Reason, Status
from bot.core.ports import Missed, Rated, Usage
from bot.storage.sql_tables import feedback, tallies, unanswered
from bot.storage.tallies import BY
from bot.storage.timestamps import as_moment, as_number

MOST_NAMED = 200
"""Pseudonyms that are fetched of those who said the same."""
_SAME = (unanswered.c.digest, unanswered.c.reason)
"""What is the same where the same words were missed for the same reason."""
_ONE_QUERY = 500
"""Values in one `IN`; databases limit the parameters of a statement."""
_COUNTED = ("status", "reason", "platform", "entry", "region")
RATINGS = (Reason.LIKED, Reason.DISLIKED, *FAULTS)


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

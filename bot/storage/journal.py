"""Store the journal in an SQL database.

Answered updates are only counted.  The words of those that were not answered, or badly, are kept
for 30 days, scrubbed and with a salted hash in place of the person.  Everything is written in
batches: a process that is killed loses the last seconds of the journal and nothing else.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from itertools import islice
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from bot.core.model.reply import Reply, Status
from bot.core.model.spans import ZONE
from bot.core.model.update import Update
from bot.core.ports import Counted, Missed
from bot.errors import StoreError
from bot.storage.last_questions import LastQuestions
from bot.storage.retention import CLAIM_LIFE, COUNTS_LIFE, WORDS_LIFE
from bot.storage.scrubbing import scrub
from bot.storage.sql_backup import OF_JOURNAL, SqlCopier
from bot.storage.sql_store import Database
from bot.storage.sql_tables import forgotten, salts, unanswered, usage
from bot.storage.timestamps import as_moment, as_number

log = logging.getLogger(__name__)

MOST_WAITING = 1000
"""While the database is out, the oldest notes are dropped beyond this number."""
_CLOCKS_DIFFER = timedelta(minutes=1) // timedelta(microseconds=1)
"""How far the clock of another process may be ahead: what it has queued has its times."""
_HOLD_ALL = select(salts.c.salt).with_for_update()
_HOLD_WRITERS = select(salts.c.salt).with_for_update(read=True)
"""Locks of the one row that always is there, so that writing and forgetting take turns."""
_BY = ":"
"""Between reason and entry in the column `reason`, where an entry replied badly."""
_ONE_QUERY = 500
"""Values in one `IN`; databases limit the parameters of a statement."""


@dataclass(frozen=True, slots=True)
class _Note:
    """One reply; `words`, scrubbed, are kept only if it was no answer, or a bad one.

    Without a `status` it is a complaint about an earlier reply, which was counted then.
    """

    at: datetime
    platform: str
    user: str
    status: str
    reason: str
    entry: str
    words: str | None

    @property
    def counted(self) -> tuple[str, str, str, str, str]:
        day = self.at.astimezone(ZONE).date().isoformat()
        return day, self.platform, self.status, self.reason, self.entry


class SqlJournal:
    """Implements `bot.core.ports.Journal`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._waiting: list[_Note] = []
        self._writing: asyncio.Task[None] | None = None
        self._salt: bytes | None = None
        self._seen: dict[str, int] = {}
        """When each person was forgotten last, as far as this process knows."""
        self._last = LastQuestions()

    def copier(self) -> SqlCopier:
        """Return what copies everything for a backup."""
        return SqlCopier(self.database, OF_JOURNAL)

    def record(self, update: Update, reply: Reply, now: datetime) -> None:
        self._note_complaint(update, reply, now)
        said = update.text if reply.status is Status.ABSTAINED else None
        note = _Note(
            now,
            update.key.platform,
            update.key.user,
            reply.status.value,
            reply.reason.value if reply.reason else "",
            reply.answers[0].entry if reply.answers else "",
            scrub(said) if said else None,
        )
        self._keep([*self._waiting, note])

    def _note_complaint(self, update: Update, reply: Reply, now: datetime) -> None:
        """Queue the words of an answer that was bad; it counts as no reply."""
        found = self._last.judge(update, reply, now)
        if found:
            reason = f"{found.reason}{_BY}{found.entry}"
            note = _Note(
                now, update.key.platform, update.key.user, "", reason, "", scrub(found.words)
            )
            self._keep([*self._waiting, note])

    async def flush(self) -> None:
        """Write the queued notes; after an outage a batch may be counted twice."""
        notes, self._waiting = self._waiting, []
        if notes:
            self._writing = asyncio.create_task(self._write_out(notes))
            # Cancelling the caller does not cancel the writing: the notes would be written twice.
            await asyncio.shield(self._writing)

    async def _write_out(self, notes: list[_Note]) -> None:
        try:
            self._seen |= await self.database.run(lambda c: self._write(c, notes))
        except StoreError:
            self._keep([*notes, *self._waiting])
            raise

    async def forget(self, platform: str, user: str, now: datetime) -> None:
        self._last.forget(platform, user)
        await self.flush()
        self._seen |= await self.database.run(lambda c: self._forget(c, platform, user, now))
        await self.database.tidy()

    async def expire(self, now: datetime) -> None:
        await self.database.run(lambda c: _expire(c, now))
        await self.database.tidy()
        oldest = as_number(now - CLAIM_LIFE)
        self._seen = {person: at for person, at in self._seen.items() if at >= oldest}

    async def missed(self, since: datetime, limit: int) -> Sequence[Missed]:
        await self.flush()
        return await self.database.run(lambda c: _missed(c, since, limit))

    async def counted(self, since: date) -> Sequence[Counted]:
        await self.flush()
        return await self.database.run(lambda c: _counted(c, since))

    async def close(self) -> None:
        try:
            if self._writing is not None:
                await asyncio.wait({self._writing})
            await self.flush()
        except StoreError:
            log.exception("the last of the journal could not be written")
        await self.database.close()

    def _keep(self, notes: list[_Note]) -> None:
        if len(notes) > MOST_WAITING:
            log.warning("the journal cannot be written and drops its oldest notes")
        self._waiting = notes[-MOST_WAITING:]

    def _write(self, connection: Connection, notes: Sequence[_Note]) -> dict[str, int]:
        """Write notes, but no words of people who were forgotten; return when these were."""
        for counted, times in Counter(n.counted for n in notes if n.status).items():
            _count(connection, counted, times)
        missed = [self._missed(connection, note) for note in notes if note.words]
        if not missed:
            return {}
        connection.execute(_HOLD_WRITERS)
        marks = _marks(connection, {str(row["person"]) for row in missed})
        kept = [row for row in missed if self._may_stay(row, marks)]
        if kept:
            connection.execute(insert(unanswered), kept)
        return marks

    def _missed(self, connection: Connection, note: _Note) -> dict[str, Any]:
        return {
            "at": as_number(note.at),
            "platform": note.platform,
            "person": self._hash(connection, note.platform, note.user),
            "reason": note.reason,
            "words": note.words,
        }

    def _may_stay(self, row: Mapping[str, Any], marks: Mapping[str, int]) -> bool:
        mark = marks.get(row["person"])
        if mark is None:
            return True
        # Of a mark that is new here, the notes may be older than their times say.
        is_new = self._seen.get(row["person"]) != mark
        return bool(row["at"] >= mark) and not (is_new and row["at"] <= mark + _CLOCKS_DIFFER)

    def _forget(
        self, connection: Connection, platform: str, user: str, now: datetime
    ) -> dict[str, int]:
        """Delete the words and leave a mark for the other processes; return it."""
        connection.execute(_HOLD_ALL)
        mark = {"person": self._hash(connection, platform, user), "at": as_number(now)}
        for table in (unanswered, forgotten):
            connection.execute(delete(table).where(table.c.person == mark["person"]))
        connection.execute(insert(forgotten), mark)
        return {str(mark["person"]): as_number(now)}

    def _hash(self, connection: Connection, platform: str, user: str) -> str:
        """Return the pseudonym of a person, which cannot be traced back without the salt."""
        if self._salt is None:
            self._salt = bytes.fromhex(connection.scalars(select(salts.c.salt)).one())
        return blake2b(f"{platform}\0{user}".encode(), key=self._salt, digest_size=16).hexdigest()


def _marks(connection: Connection, people: Collection[str]) -> dict[str, int]:
    found = connection.execute(
        select(forgotten.c.person, forgotten.c.at).where(forgotten.c.person.in_(people))
    )
    return {row.person: row.at for row in found}


def _count(connection: Connection, counted: tuple[str, ...], times: int) -> None:
    """Add to a row of counts.

    If two processes insert the same row, its primary key makes one of them fail and run again.
    """
    line = dict(zip(("day", "platform", "status", "reason", "entry"), counted, strict=True))
    found = update(usage).where(*(usage.c[name] == value for name, value in line.items()))
    if connection.execute(found.values(times=usage.c.times + times)).rowcount == 0:
        connection.execute(insert(usage).values(**line, times=times))


def _expire(connection: Connection, now: datetime) -> None:
    oldest = as_number(now - WORDS_LIFE)
    connection.execute(delete(unanswered).where(unanswered.c.at < oldest))
    marks = as_number(now - CLAIM_LIFE)
    connection.execute(delete(forgotten).where(forgotten.c.at < marks))
    day = (now - COUNTS_LIFE).astimezone(ZONE).date().isoformat()
    connection.execute(delete(usage).where(usage.c.day < day))


def _missed(connection: Connection, since: datetime, limit: int) -> list[Missed]:
    times, last = func.count().label("times"), func.max(unanswered.c.at).label("last")
    people = func.count(unanswered.c.person.distinct())
    is_recent = unanswered.c.at >= as_number(since)
    rows = connection.execute(
        select(unanswered.c.words, unanswered.c.reason, times, last)
        .where(is_recent)
        .group_by(unanswered.c.words, unanswered.c.reason)
        .order_by(people.desc(), times.desc(), last.desc())
        .limit(limit)
    ).all()
    persons: dict[tuple[str, str], set[str]] = {}
    for several in _batched({row.words for row in rows}):
        said = connection.execute(
            select(unanswered.c.words, unanswered.c.reason, unanswered.c.person)
            .where(is_recent, unanswered.c.words.in_(several))
            .distinct()
        )
        for words, reason, person in said:
            persons.setdefault((words, reason), set()).add(person)
    return [
        Missed(
            row.words,
            row.reason.partition(_BY)[0],
            row.times,
            frozenset(persons.get((row.words, row.reason), ())),
            as_moment(row.last),
            row.reason.partition(_BY)[2],
        )
        for row in rows
    ]


def _batched(words: Iterable[str]) -> Iterator[list[str]]:
    """Yield at most `_ONE_QUERY` words at a time."""
    waiting = iter(words)
    while several := list(islice(waiting, _ONE_QUERY)):
        yield several


def _counted(connection: Connection, since: date) -> list[Counted]:
    rows = connection.execute(
        select(usage).where(usage.c.day >= since.isoformat()).order_by(*usage.primary_key.columns)
    )
    return [
        Counted(
            date.fromisoformat(row.day), row.platform, row.status, row.reason, row.entry, row.times
        )
        for row in rows
    ]

"""Store the journal in an SQL database.

Answered updates are only counted.  The words of those that were not answered, or badly, and what
people said of answers are kept for 30 days, scrubbed and with a salted hash in place of the person.
Everything is written in batches: a process that is killed loses the last seconds of the journal and
nothing else.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, insert, select

from bot.core.model.reply import Reply, Status
from bot.core.model.spans import ZONE
from bot.core.model.update import Update
from bot.core.model.vocabulary import PLACE
from bot.core.ports import Missed, Rated, Usage
from bot.errors import StoreError
from bot.storage import journal_reports
from bot.storage.journal_reports import BY
from bot.storage.last_questions import LastQuestions
from bot.storage.retention import CLAIM_LIFE, COUNTS_LIFE, WORDS_LIFE
from bot.storage.scrubbing import scrub
from bot.storage.sql_backup import OF_JOURNAL, SqlCopier
from bot.storage.sql_store import Database
from bot.storage.sql_tables import feedback, forgotten, salts, tallies, unanswered, usage
from bot.storage.timestamps import as_number

T = TypeVar("T")
log = logging.getLogger(__name__)

MOST_WAITING = 1000
"""While the database is out, the oldest notes are dropped beyond this number."""
_CLOCKS_DIFFER = timedelta(minutes=1) // timedelta(microseconds=1)
"""How far the clock of another process may be ahead: what it has queued has its times."""
_HOLD_ALL = select(salts.c.salt).with_for_update()
_HOLD_WRITERS = select(salts.c.salt).with_for_update(read=True)
"""Locks of the one row that always is there, so that writing and forgetting take turns."""


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
    region: str = ""

    @property
    def tallied(self) -> Iterator[tuple[str, str, str]]:
        """Yield the key of each tally that it adds to."""
        if not self.status:
            return iter(())
        day = self.at.astimezone(ZONE).date().isoformat()
        names = ("status", "reason", "platform", "entry", "region")
        return journal_reports.tallied(day, ((name, getattr(self, name)) for name in names))

    @property
    def is_rating(self) -> bool:
        return bool(self.status and self.entry) and self.reason in journal_reports.RATINGS


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
            _region_of(reply),
        )
        self._keep([*self._waiting, note])

    def _note_complaint(self, update: Update, reply: Reply, now: datetime) -> None:
        """Queue the words of an answer that was bad; it counts as no reply."""
        found = self._last.judge(update, reply, now)
        if found:
            reason = f"{found.reason}{BY}{found.entry}"
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
        await self._take_over()
        await self.database.run(lambda c: _expire(c, now))
        await self.database.tidy()
        oldest = as_number(now - CLAIM_LIFE)
        self._seen = {person: at for person, at in self._seen.items() if at >= oldest}

    async def missed(self, since: datetime, limit: int) -> Sequence[Missed]:
        await self._take_over()
        return await self._report(lambda c: journal_reports.missed(c, since, limit))

    async def usage(self, since: date) -> Usage:
        await self._take_over()
        return await self._report(lambda c: journal_reports.usage(c, since))

    async def rated(self, since: datetime) -> Sequence[Rated]:
        return await self._report(lambda c: journal_reports.rated(c, since))

    async def _take_over(self) -> None:
        while await self.database.run(journal_reports.take_over):
            pass

    async def _report(self, unit: Callable[[Connection], T]) -> T:
        await self.flush()
        return await self.database.read(unit)

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
        tallied = Counter(key for note in notes for key in note.tallied)
        journal_reports.add_tallies(connection, tallied)
        missed = [self._missed(connection, note) for note in notes if note.words]
        ratings = [self._rating(connection, note) for note in notes if note.is_rating]
        if not missed and not ratings:
            return {}
        connection.execute(_HOLD_WRITERS)
        marks = _marks(connection, {str(row["person"]) for row in (*missed, *ratings)})
        kept = [row for row in missed if self._may_stay(row, marks)]
        if kept:
            connection.execute(insert(unanswered), kept)
        for row in ratings:
            if self._may_stay(row, marks):
                _keep_rating(connection, row)
        return marks

    def _missed(self, connection: Connection, note: _Note) -> dict[str, Any]:
        words = note.words or ""
        return {
            "at": as_number(note.at),
            "platform": note.platform,
            "person": self._hash(connection, note.platform, note.user),
            "reason": note.reason,
            "words": words,
            "digest": journal_reports.digest_of(words),
        }

    def _rating(self, connection: Connection, note: _Note) -> dict[str, Any]:
        return {
            "entry": note.entry,
            "region": note.region,
            "person": self._hash(connection, note.platform, note.user),
            "at": as_number(note.at),
            "rating": note.reason,
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
        """Delete words and ratings and leave a mark for the other processes; return it."""
        connection.execute(_HOLD_ALL)
        mark = {"person": self._hash(connection, platform, user), "at": as_number(now)}
        for table in (unanswered, feedback, forgotten):
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


def _region_of(reply: Reply) -> str:
    """Return the region that the reply is for; empty if it is for none."""
    slots = reply.answers[0].slots if reply.answers else reply.slots
    return slots.get(PLACE, "")


def _keep_rating(connection: Connection, row: Mapping[str, Any]) -> None:
    """Keep what a person said last of an answer."""
    key = (feedback.c[name] == row[name] for name in ("entry", "region", "person"))
    connection.execute(delete(feedback).where(*key))
    connection.execute(insert(feedback), row)


def _expire(connection: Connection, now: datetime) -> None:
    oldest = as_number(now - WORDS_LIFE)
    for table in (unanswered, feedback):
        connection.execute(delete(table).where(table.c.at < oldest))
    marks = as_number(now - CLAIM_LIFE)
    connection.execute(delete(forgotten).where(forgotten.c.at < marks))
    day = (now - COUNTS_LIFE).astimezone(ZONE).date().isoformat()
    for counts in (usage, tallies):
        connection.execute(delete(counts).where(counts.c.day < day))

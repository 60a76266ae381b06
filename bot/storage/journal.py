"""Store the journal in an SQL database.

Answered updates are only counted.  The words of those that were not answered, or badly, and what
people said of answers are kept for 30 days, scrubbed and with a salted hash in place of the person.
Everything is written in batches: a process that is killed loses the last seconds of the journal and
nothing else.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from bot.core.model.reply import RATINGS, Reply, Status
from bot.core.model.spans import ZONE
from bot.core.model.update import Update
from bot.core.model.vocabulary import PLACE
from bot.core.ports import Missed, Rated, Usage
from bot.errors import StoreError
from bot.storage.last_questions import LastQuestions
from bot.storage.links import Link, Statement
from bot.storage.retention import CLAIM_LIFE, COUNTS_LIFE, WORDS_LIFE
from bot.storage.scrubbing import scrub
from bot.storage.sql_store import Database
from bot.storage.tallies import BY, Tally, add_tallies, digest_of, take_over, tallied
from bot.storage.timestamps import as_number

if TYPE_CHECKING:
    from bot.storage.sql_backup import SqlCopier

log = logging.getLogger(__name__)

MOST_WAITING = 1000
"""While the database is out, the oldest notes are dropped beyond this number."""
_CLOCKS_DIFFER = timedelta(minutes=1) // timedelta(microseconds=1)
"""How far the clock of another process may be ahead: what it has queued has its times."""
_HOLD_ALL = Statement("SELECT salt FROM zhuce_salt {to_change}")
_HOLD_WRITERS = Statement("SELECT salt FROM zhuce_salt {to_write}")
"""Locks of the one row that always is there, so that writing and forgetting take turns."""
_FIND_MARKS = Statement("SELECT person, at FROM zhuce_forgotten WHERE person IN ({people})")
_ADD_MISSED = Statement(
    "INSERT INTO zhuce_unanswered (at, platform, person, reason, words, digest)"
    " VALUES (:at, :platform, :person, :reason, :words, :digest)"
)
_KEEP_RATING = Statement(
    "INSERT INTO zhuce_feedback (entry, region, person, at, rating)"
    " VALUES (:entry, :region, :person, :at, :rating)"
    " ON CONFLICT (entry, region, person) DO UPDATE SET at = excluded.at, rating = excluded.rating"
)
"""Keeps what a person said last of an answer."""
_FORGET = (
    Statement("DELETE FROM zhuce_unanswered WHERE person = :person"),
    Statement("DELETE FROM zhuce_feedback WHERE person = :person"),
    Statement("DELETE FROM zhuce_forgotten WHERE person = :person"),
    Statement("INSERT INTO zhuce_forgotten (person, at) VALUES (:person, :at)"),
)
_EXPIRE = (
    Statement("DELETE FROM zhuce_unanswered WHERE at < :words_from"),
    Statement("DELETE FROM zhuce_feedback WHERE at < :words_from"),
    Statement("DELETE FROM zhuce_forgotten WHERE at < :marks_from"),
    Statement("DELETE FROM zhuce_usage WHERE day < :counts_from"),
    Statement("DELETE FROM zhuce_tallies WHERE day < :counts_from"),
)


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
    def tallied(self) -> Iterator[Tally]:
        """Yield the key of each tally that it adds to."""
        if not self.status:
            return iter(())
        day = self.at.astimezone(ZONE).date().isoformat()
        names = ("status", "reason", "platform", "entry", "region")
        return tallied(day, ((name, getattr(self, name)) for name in names))

    @property
    def is_rating(self) -> bool:
        return bool(self.status and self.entry) and self.reason in RATINGS


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
        from bot.storage.sql_backup import OF_JOURNAL, SqlCopier

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
        self._queue(note)

    def _note_complaint(self, update: Update, reply: Reply, now: datetime) -> None:
        """Queue the words of an answer that was bad; it counts as no reply."""
        found = self._last.judge(update, reply, now)
        if found:
            reason = f"{found.reason}{BY}{found.entry}"
            note = _Note(
                now, update.key.platform, update.key.user, "", reason, "", scrub(found.words)
            )
            self._queue(note)

    async def flush(self) -> None:
        """Write the queued notes; after an outage a batch may be counted twice."""
        notes, self._waiting = self._waiting, []
        if notes:
            self._writing = asyncio.create_task(self._write_out(notes))
            # Cancelling the caller does not cancel the writing: the notes would be written twice.
            await asyncio.shield(self._writing)

    async def _write_out(self, notes: list[_Note]) -> None:
        try:
            self._seen |= await self.database.run(lambda link: self._write(link, notes))
        except StoreError:
            self._keep([*notes, *self._waiting])
            raise

    async def forget(self, platform: str, user: str, now: datetime) -> None:
        self._last.forget(platform, user)
        await self.flush()
        self._seen |= await self.database.run(lambda link: self._forget(link, platform, user, now))
        await self.database.tidy()

    async def expire(self, now: datetime) -> None:
        await self._take_over()
        await self.database.run(lambda link: _expire(link, now))
        await self.database.tidy()
        oldest = as_number(now - CLAIM_LIFE)
        self._seen = {person: at for person, at in self._seen.items() if at >= oldest}

    async def missed(self, since: datetime, limit: int) -> Sequence[Missed]:
        from bot.storage import journal_reports

        await self._come_up_to_date()
        return await self.database.read(lambda c: journal_reports.missed(c, since, limit))

    async def usage(self, since: date) -> Usage:
        from bot.storage import journal_reports

        await self._come_up_to_date()
        return await self.database.read(lambda c: journal_reports.usage(c, since))

    async def rated(self, since: datetime) -> Sequence[Rated]:
        from bot.storage import journal_reports

        await self.flush()
        return await self.database.read(lambda c: journal_reports.rated(c, since))

    async def _come_up_to_date(self) -> None:
        await self._take_over()
        await self.flush()

    async def _take_over(self) -> None:
        while await self.database.run(take_over):
            pass

    async def close(self) -> None:
        try:
            if self._writing is not None:
                await asyncio.wait({self._writing})
            await self.flush()
        except StoreError:
            log.exception("the last of the journal could not be written")
        await self.database.close()

    def _queue(self, note: _Note) -> None:
        self._waiting.append(note)
        self._keep(self._waiting)

    def _keep(self, notes: list[_Note]) -> None:
        if len(notes) > MOST_WAITING:
            log.warning("the journal cannot be written and drops its oldest notes")
            del notes[:-MOST_WAITING]
        self._waiting = notes

    def _write(self, link: Link, notes: Sequence[_Note]) -> dict[str, int]:
        """Write notes, but no words of people who were forgotten; return when these were."""
        add_tallies(link, Counter(key for note in notes for key in note.tallied))
        missed = [self._missed(link, note) for note in notes if note.words]
        ratings = [self._rating(link, note) for note in notes if note.is_rating]
        if not missed and not ratings:
            return {}
        link.run(_HOLD_WRITERS, {})
        marks = _marks(link, {row["person"] for row in (*missed, *ratings)})
        link.run_each(_ADD_MISSED, [row for row in missed if self._may_stay(row, marks)])
        link.run_each(_KEEP_RATING, [row for row in ratings if self._may_stay(row, marks)])
        return marks

    def _missed(self, link: Link, note: _Note) -> dict[str, Any]:
        words = note.words or ""
        return {
            "at": as_number(note.at),
            "platform": note.platform,
            "person": self._hash(link, note.platform, note.user),
            "reason": note.reason,
            "words": words,
            "digest": digest_of(words),
        }

    def _rating(self, link: Link, note: _Note) -> dict[str, Any]:
        return {
            "entry": note.entry,
            "region": note.region,
            "person": self._hash(link, note.platform, note.user),
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

    def _forget(self, link: Link, platform: str, user: str, now: datetime) -> dict[str, int]:
        """Delete words and ratings and leave a mark for the other processes; return it."""
        link.run(_HOLD_ALL, {})
        person, at = self._hash(link, platform, user), as_number(now)
        for statement in _FORGET:
            link.run(statement, {"person": person, "at": at})
        return {person: at}

    def _hash(self, link: Link, platform: str, user: str) -> str:
        """Return the pseudonym of a person, which cannot be traced back without the salt."""
        if self._salt is None:
            [(salt,)] = link.run(_HOLD_WRITERS, {}).fetchall()
            self._salt = bytes.fromhex(salt)
        return blake2b(f"{platform}\0{user}".encode(), key=self._salt, digest_size=16).hexdigest()


def _marks(link: Link, people: Collection[str]) -> dict[str, int]:
    found = link.run(_FIND_MARKS, {"people": json.dumps(list(people))}).fetchall()
    return {str(person): int(at) for person, at in found}


def _region_of(reply: Reply) -> str:
    """Return the region that the reply is for; empty if it is for none."""
    slots = reply.answers[0].slots if reply.answers else reply.slots
    return slots.get(PLACE, "")


def _expire(link: Link, now: datetime) -> None:
    known = {
        "words_from": as_number(now - WORDS_LIFE),
        "marks_from": as_number(now - CLAIM_LIFE),
        "counts_from": (now - COUNTS_LIFE).astimezone(ZONE).date().isoformat(),
    }
    for statement in _EXPIRE:
        link.run(statement, known)

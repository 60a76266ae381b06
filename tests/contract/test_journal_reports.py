"""Reports on a journal that holds much: a million rows in each table with BOT_TEST_SOAK=1."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any, cast

import pytest
from sqlalchemy import Connection, delete, text

from bot.core.model.reply import Reason
from bot.core.ports import Journal
from bot.storage import open_journal
from bot.storage.journal import SqlJournal
from bot.storage.sql_tables import feedback, tallies, unanswered
from bot.storage.timestamps import as_number
from tests.contract.test_journal import NOW, url

pytestmark = pytest.mark.asyncio
IS_LONG = bool(os.environ.get("BOT_TEST_SOAK"))
ROWS = 1_000_000 if IS_LONG else 2_000
DAYS, RECENT, ENTRIES, WORDINGS = 11 * 28, 28 + 8, 450, 100
"""Counts are kept for about a year; those of `RECENT` days are of the last thirty."""
SINCE = NOW - timedelta(days=30)
_AT = as_number(NOW)
_NUMBERS = (
    "WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {end})"
)
_AT_ONCE = 50_000
_FILL = [
    (
        f"INSERT INTO zhuce_tallies (what, value, day, times) {_NUMBERS}"
        f" SELECT CASE i / {DAYS} % 2 WHEN 0 THEN 'status' ELSE 'entry' END, 'v' || (i / {DAYS}),"
        f" '2026-' || substr(CAST(101 + i % {DAYS} / 28 AS TEXT), 2) || '-'"
        " || substr(CAST(101 + i % 28 AS TEXT), 2), 2 FROM n"
    ),
    (
        f"INSERT INTO zhuce_feedback (entry, region, person, at, rating) {_NUMBERS}"
        f" SELECT 'entry-' || (i % {ENTRIES}), '', 'person-' || i, {_AT},"
        " CASE i % 2 WHEN 0 THEN 'liked' ELSE 'outdated' END FROM n"
    ),
    (
        f"INSERT INTO zhuce_unanswered (at, platform, person, reason, words, digest) {_NUMBERS}"
        f" SELECT {_AT} - i, 'web', 'person-' || (i / {WORDINGS} % 5000), 'no_data',"
        f" 'words-' || (i % {WORDINGS}), 1 + i % {WORDINGS} FROM n"
    ),
]
__all__ = ["url"]


async def fill(url: str, journal: Journal) -> None:
    database = cast("SqlJournal", journal).database
    await empty(journal)
    for statement in _FILL:
        for first in range(0, ROWS, _AT_ONCE):
            end = min(first + _AT_ONCE, ROWS)
            await database.replace(partial(_run, statement.format(first=first, end=end)))
    if IS_LONG and url.startswith("postgresql"):
        # Its autovacuum does it within a minute; until then it takes the tables for small ones.
        asyncpg = pytest.importorskip("asyncpg")
        connection = await asyncpg.connect(url)
        for table in (tallies, feedback, unanswered):
            await connection.execute(f"VACUUM ANALYZE {table.name}")
        await connection.close()


def _run(statement: str, connection: Connection) -> None:
    connection.execute(text(statement))


async def timed(report: Callable[[], Awaitable[Any]]) -> tuple[Any, str]:
    began, busy = time.perf_counter(), time.process_time()
    found = await report()
    taken = time.perf_counter() - began, time.process_time() - busy
    return found, "{:.2f} s ({:.2f} s of CPU here)".format(*taken)


async def test_reports_sum_up_all_there_is(url: str, figures: Callable[[str], None]) -> None:
    async with open_journal(url) as journal:
        await fill(url, journal)
        usage, usage_s = await timed(lambda: journal.usage(SINCE.date()))
        rated, rated_s = await timed(lambda: journal.rated(SINCE))
        missed, missed_s = await timed(lambda: journal.missed(SINCE, 500))
        await empty(journal)
    counted = Counter(i // DAYS % 2 for i in range(ROWS) if i % DAYS >= DAYS - RECENT)
    assert (usage.replies, sum(usage.by["entry"].values())) == (2 * counted[0], 2 * counted[1])
    assert sum(one.ratings[Reason.OUTDATED] for one in rated if one.bad) == ROWS // 2
    assert (len(missed), sum(one.times for one in missed)) == (WORDINGS, ROWS)
    kind = url.partition(":")[0]
    shown = f"usage {usage_s}, feedback {rated_s}, unanswered {missed_s}"
    figures(f"{kind}, {ROWS:,} rows a table: {shown}")


async def empty(journal: Journal) -> None:
    def work(connection: Connection) -> None:
        for table in (tallies, feedback, unanswered):
            connection.execute(delete(table))

    await cast("SqlJournal", journal).database.replace(work)

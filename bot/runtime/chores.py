"""What is kept, and for how long: store and journal of the settings, tended while they are open."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot import storage
from bot.core.conversation import Conversation
from bot.core.model.spans import ZONE
from bot.core.ports import Clock, Counted, Journal, Missed, SessionStore
from bot.errors import SettingsError, StoreError
from bot.storage import open_store

if TYPE_CHECKING:
    from bot.settings import Settings

log = logging.getLogger(__name__)

EXPIRY_INTERVAL_S = 3600.0
LOOK_INTERVAL_S = 3.0
FLUSH_INTERVAL_S = 2.0


@contextlib.asynccontextmanager
async def open_journal(url: str | None) -> AsyncIterator[Journal | None]:
    """The journal, if there is to be one. Raises as `bot.storage.open_journal`."""
    if url is None:
        yield None
        return
    async with storage.open_journal(url) as journal:
        yield journal


@contextlib.asynccontextmanager
async def tended(
    conversation: Conversation, store: SessionStore, journal: Journal | None
) -> AsyncIterator[None]:
    """Chores beside the work: deleting what is old, writing the journal, looking at the store."""
    clock = conversation.clock
    chores = [_expire_regularly(store, clock), _look_regularly(conversation)]
    if journal is not None:
        chores += [_expire_regularly(journal, clock), _flush_regularly(journal)]
    # No task group: it would wrap what keeps a door from opening.
    tending = {asyncio.create_task(chore) for chore in chores}
    try:
        yield
    finally:
        for task in tending:
            task.cancel()
        await asyncio.wait(tending)


async def _expire_regularly(kept: SessionStore | Journal, clock: Clock) -> None:
    name = type(kept).__name__
    while True:
        try:
            gone = await kept.expire(clock.now())
            log.info("what had expired is deleted", extra={"kept_by": name, "sessions": gone})
        except StoreError:
            log.exception("what has expired could not be deleted", extra={"kept_by": name})
        await asyncio.sleep(EXPIRY_INTERVAL_S)


async def _flush_regularly(journal: Journal) -> None:
    while True:
        await asyncio.sleep(FLUSH_INTERVAL_S)
        try:
            await journal.flush()
        except StoreError as error:
            log.warning("the journal cannot be written and waits: %s", error)


async def _look_regularly(conversation: Conversation) -> None:
    """So that readiness tells of an outage, and of its end, when nobody says anything."""
    while True:
        await conversation.look()
        await asyncio.sleep(LOOK_INTERVAL_S)


async def migrate(settings: Settings, revision: str) -> list[str]:
    """Move the tables of every SQL database there is; the names of their settings.

    Raises:
        SettingsError, StoreError: one cannot be used, or its tables are a newer program's.
    """
    from bot.storage.journal import SqlJournal
    from bot.storage.sql_store import SqlStore

    moved = []
    async with open_store(settings.store) as store, open_journal(settings.journal) as journal:
        for name, kept in (("BOT_STORE", store), ("BOT_JOURNAL", journal)):
            if isinstance(kept, SqlStore | SqlJournal):
                await kept.database.migrate(revision)
                moved.append(name)
    return moved


async def missed(settings: Settings, now: datetime, days: int, limit: int) -> Sequence[Missed]:
    """What was asked in vain in the last days, what most people asked first.

    Raises:
        SettingsError, StoreError: there is no journal, or it cannot be read.
    """
    async with open_journal(settings.journal) as journal:
        since = now - timedelta(days=days)
        return await _there(journal).missed(since, limit)


async def counted(settings: Settings, now: datetime, days: int) -> Sequence[Counted]:
    """How often what was the reply in the last days, today included. Raises as `missed`."""
    async with open_journal(settings.journal) as journal:
        today = now.astimezone(ZONE).date()
        return await _there(journal).counted(today - timedelta(days=days - 1))


def _there(journal: Journal | None) -> Journal:
    if journal is None:
        raise SettingsError(
            "BOT_JOURNAL", None, "没有记录就没有报告；写上 sqlite:///data/journal.db"
        )
    return journal

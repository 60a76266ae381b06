"""Answer an operator's requests to store and journal from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.core.model.reply import Reply
from bot.core.model.spans import ZONE
from bot.core.model.update import Update
from bot.core.ports import Journal, Missed, Rated, Usage
from bot.errors import SettingsError
from bot.extras import is_installed
from bot.runtime.chores import open_journal
from bot.storage import open_store

if TYPE_CHECKING:
    from bot.settings import Settings


async def migrate(settings: Settings, revision: str) -> list[str]:
    """Move the tables of every SQL database in the settings; return the names of these settings.

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
    """Return what was not answered in the last days, what most people asked first.

    Raises:
        SettingsError, StoreError: there is no journal, or it cannot be read.
    """
    async with open_journal(settings.journal) as journal:
        since = now - timedelta(days=days)
        return await _required(journal).missed(since, limit)


async def usage(settings: Settings, now: datetime, days: int) -> Usage:
    """Return the counts of replies in the last days, today included.  Raises as `missed`."""
    async with open_journal(settings.journal) as journal:
        today = now.astimezone(ZONE).date()
        return await _required(journal).usage(today - timedelta(days=days - 1))


async def rated(settings: Settings, now: datetime, days: int) -> Sequence[Rated]:
    """Return what was said about answers in the last days.  Raises as `missed`."""
    async with open_journal(settings.journal) as journal:
        return await _required(journal).rated(now - timedelta(days=days))


def has_journal(settings: Settings) -> bool:
    """Return whether there is a journal to read; a file that does not exist is not made."""
    url = settings.journal
    if url is None or not is_installed("sql"):
        return False
    from bot.storage.sqlite import read_address

    scheme, _, address = url.partition("://")
    return scheme != "sqlite" or read_address(address, "BOT_JOURNAL")[0].exists()


async def keep_ratings(settings: Settings, said: Sequence[tuple[Update, Reply]]) -> None:
    """Write what was said about answers outside a running bot.  Raises as `missed`."""
    async with open_journal(settings.journal) as journal:
        for update, reply in said:
            _required(journal).record(update, reply, update.at)


def _required(journal: Journal | None) -> Journal:
    if journal is None:
        first = "" if is_installed("sql") else "装 zhuce[sql]，再"
        expected = f"没有记录就没有报告；{first}写上 sqlite:///data/journal.db"
        raise SettingsError("BOT_JOURNAL", None, expected)
    return journal

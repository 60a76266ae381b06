"""Read every row of the tables for a backup, and put rows back, inside one transaction each.

Left out are the processes that run now.  Replies come back as sent: they may have been sent since,
and a reply of yesterday is better not sent than sent twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Table, delete, insert, select, tuple_

from bot.storage import sql_tables as tables
from bot.storage.sqlite_file import HEAD

T = TypeVar("T")
Row = tuple[str, Mapping[str, Any]]
"""The name of a table and a row of it."""
OF_STORE = (tables.sessions, tables.updates, tables.tombstones)
OF_JOURNAL = (tables.unanswered, tables.forgotten, tables.usage, tables.salts)
PAGE = 500
_NUMBER = "seq"
"""Numbers that the database gives; rows get new ones in the same order."""


class Database(Protocol):
    """The part of `bot.storage.sql_store.Database` that copying needs."""

    async def read(self, unit: Callable[[Connection], T]) -> T: ...

    async def replace(self, unit: Callable[[Connection], T]) -> T: ...


@dataclass(frozen=True, slots=True)
class SqlCopier:
    """Implements `bot.storage.backups.Copier`."""

    database: Database
    which: Sequence[Table]

    @property
    def form(self) -> str:
        return f"SQL {HEAD}"

    async def read(self, write: Callable[[Row], object]) -> None:
        await self.database.read(lambda c: read_all(c, self.which, write))

    async def replace(self, records: Iterable[Row]) -> None:
        await self.database.replace(lambda c: replace_all(c, self.which, records))


def read_all(
    connection: Connection, which: Sequence[Table], write: Callable[[Row], object]
) -> None:
    """Hand over every row, in pages, so that none but one page is in memory."""
    for table in which:
        key, last = tuple_(*table.primary_key.columns), None
        while True:
            page = select(table).order_by(*table.primary_key.columns).limit(PAGE)
            rows = connection.execute(page if last is None else page.where(key > last)).mappings()
            found = [dict(row) for row in rows]
            for row in found:
                write((table.name, row))
            if len(found) < PAGE:
                break
            last = tuple(found[-1][column.name] for column in table.primary_key.columns)


def replace_all(connection: Connection, which: Sequence[Table], rows: Iterable[Row]) -> None:
    """Delete what the tables hold, and insert these rows."""
    named = {table.name: table for table in which}
    for table in which:
        connection.execute(delete(table))
    for name, some in _by_table(rows):
        connection.execute(insert(named[name]), [_as_new(row) for row in some])


def _as_new(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name != _NUMBER}
    return kept | {"is_sent": True, "holder": "", "is_begun": False} if "is_sent" in kept else kept


def _by_table(rows: Iterable[Row]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Yield rows that stand together and are of one table, at most a page of them."""
    left = iter(rows)
    while page := list(islice(left, PAGE)):
        for name in dict.fromkeys(name for name, _ in page):
            yield name, [row for table, row in page if table == name]

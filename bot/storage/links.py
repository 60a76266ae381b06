"""Run plain SQL on a database: the way of everything that a person waits for.

What a newcomer would get wrong: SQLAlchemy is not on it.  Its import takes 0.2 s and 13 MiB, and a
turn on SQLite through it twice the CPU time; so it serves migrations, reports, copies and
PostgreSQL, and whoever needs it imports it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

_ON_SQLITE = {
    "now": "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)",
    "is_unsent": "is_sent = 0",
    "to_change": "",
    "not_taken": "",
    "to_write": "",
    "people": "SELECT value FROM json_each(:people)",
}
_ON_POSTGRES = {
    "now": "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
    "is_unsent": "NOT is_sent",
    "to_change": "FOR UPDATE",
    "not_taken": "FOR UPDATE SKIP LOCKED",
    "to_write": "FOR SHARE",
    "people": "SELECT json_array_elements_text(CAST(CAST(:people AS TEXT) AS JSON))",
}
"""What each database writes in its own way.  `now` is its own time in microseconds: the clocks of
processes may differ by minutes.  `is_unsent` is as in the index, or SQLite does not use it.
"""
_PARAMETER = re.compile(r"(?<!:):([a-z_]+)")


class Statement:
    """A statement with parameters as `:name`, ready for each database."""

    def __init__(self, text: str) -> None:
        self.on_sqlite = text.format_map(_ON_SQLITE)
        on_postgres = text.format_map(_ON_POSTGRES)
        names = list(dict.fromkeys(_PARAMETER.findall(on_postgres)))
        self.names: Sequence[str] = names
        """The parameters in the order of their numbers on PostgreSQL."""
        self.on_postgres = _PARAMETER.sub(lambda m: f"${names.index(m[1]) + 1}", on_postgres)


class Cursor(Protocol):
    """The common part of a driver's cursor and SQLAlchemy's result."""

    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Sequence[Any] | None: ...
    def fetchall(self) -> Sequence[Sequence[Any]]: ...


class Link(Protocol):
    """A connection with an open transaction; the caller commits or rolls back."""

    def run(self, statement: Statement, values: Mapping[str, Any]) -> Cursor: ...

    def run_each(self, statement: Statement, values: Iterable[Mapping[str, Any]]) -> None:
        """Run a statement once for each of these; at once, if the database can."""
        ...


class SqliteLink:
    """Implements `Link`; raises `sqlite3.Error`."""

    def __init__(self, driver: sqlite3.Connection) -> None:
        self.driver = driver

    def run(self, statement: Statement, values: Mapping[str, Any]) -> Cursor:
        return self.driver.execute(statement.on_sqlite, values)

    def run_each(self, statement: Statement, values: Iterable[Mapping[str, Any]]) -> None:
        self.driver.executemany(statement.on_sqlite, values)

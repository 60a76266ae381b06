"""Give an SQLite file to what is written for SQLAlchemy: migrations, reports and copies.

Each gets a connection of its own, so that nobody who writes through ours waits for a reader.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, NullPool, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

T = TypeVar("T")


def run_once(path: Path, busy_timeout_s: float, begin: str, unit: Callable[[Connection], T]) -> T:
    """Run a unit in a transaction that begins with `begin`.

    Raises:
        sqlite3.Error: any error of the database.
    """
    engine = create_engine(
        URL.create("sqlite", database=str(path.absolute())),
        hide_parameters=True,  # they are people's words
        poolclass=NullPool,
    )

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: sqlite3.Connection, _: object) -> None:
        set_up(connection, busy_timeout_s)

    try:
        with engine.connect() as connection, connection.begin():
            connection.exec_driver_sql(begin)
            return unit(connection)
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise error.orig from error
        raise
    finally:
        engine.dispose()


def set_up(connection: sqlite3.Connection, busy_timeout_s: float) -> None:
    """Set what SQLite does not keep from one connection to the next."""
    connection.isolation_level = None  # the driver sends no BEGIN of its own
    connection.execute(f"PRAGMA busy_timeout = {int(busy_timeout_s * 1000)}")
    connection.execute("PRAGMA secure_delete = ON")

"""Migrations: what they leave is what the statements expect, and there is a way back."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.core.model.update import ConversationKey
from bot.errors import StoreError
from bot.storage import open_store, schema, statements
from bot.storage.sql_tables import metadata
from bot.storage.sqlite import open_sqlite
from bot.storage.sqlite_file import HEAD, VERSION_TABLE
from tests.contract.test_session_store import NOW, count, refuse
from tests.servers import POSTGRES, server


@pytest.fixture
def connection() -> Iterator[Connection]:
    """An empty SQLite database."""
    engine = create_engine("sqlite://")
    with engine.begin() as opened:
        yield opened
    engine.dispose()


def differences(connection: Connection) -> list[object]:
    """Between the tables there are and `bot.storage.sql_tables`; other programs' are left out."""
    options = {
        "version_table": VERSION_TABLE,
        "include_name": lambda name, kind, _: kind != "table" or name.startswith("zhuce_"),
    }
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, metadata))


def ours(connection: Connection) -> list[str]:
    return [name for name in inspect(connection).get_table_names() if name.startswith("zhuce_")]


def go_down_and_up(connection: Connection) -> None:
    for revision in [*reversed(schema.revisions()[:-1]), "base"]:
        schema.migrate(connection, revision)
    assert ours(connection) == [VERSION_TABLE]
    for revision in schema.revisions():
        schema.migrate(connection, revision)
        assert schema.found(connection) == revision
    assert differences(connection) == []


async def on_postgres(unit: Callable[[Connection], None]) -> None:
    """Run it on the server, and take back all it did."""
    with server(POSTGRES) as url:
        read_address = pytest.importorskip("bot.storage.postgres").read_address
        engine = create_async_engine(read_address(url))
        async with engine.connect() as connection:
            await connection.run_sync(unit)
            await connection.rollback()
        await engine.dispose()


def test_the_head_is_the_newest_migration() -> None:
    assert schema.revisions()[-1] == HEAD


def test_migrations_make_the_tables_that_statements_expect(connection: Connection) -> None:
    schema.prepare(connection)
    assert differences(connection) == []


def test_every_migration_goes_down_and_up_again(connection: Connection) -> None:
    schema.prepare(connection)
    go_down_and_up(connection)


@pytest.mark.asyncio
async def test_on_postgres_too() -> None:
    def unit(connection: Connection) -> None:
        schema.prepare(connection)
        go_down_and_up(connection)

    await on_postgres(unit)


def test_what_is_up_to_date_is_left_alone(connection: Connection) -> None:
    schema.prepare(connection)
    changes = connection.exec_driver_sql("PRAGMA schema_version").scalar()
    schema.prepare(connection)
    assert connection.exec_driver_sql("PRAGMA schema_version").scalar() == changes


def test_tables_of_a_newer_program_name_the_way_down(connection: Connection) -> None:
    schema.prepare(connection)
    connection.exec_driver_sql("UPDATE zhuce_schema SET version_num = '9999'")
    with pytest.raises(StoreError, match=f"第 9999 版.*zhuce store migrate --to {HEAD}"):
        schema.prepare(connection)


def test_unsent_replies_are_found_by_their_index(connection: Connection) -> None:
    schema.prepare(connection)
    values = {"platform": "telegram", "v": 1, "most": 10}
    query = text("EXPLAIN QUERY PLAN " + statements.FIND_UNSENT.on_sqlite)
    plan = connection.execute(query, values)
    assert "zhuce_updates_unsent" in plan.one().detail


OLD = """
CREATE TABLE schema_versions (part TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (part));
INSERT INTO schema_versions VALUES ('sessions', 1);
CREATE TABLE sessions (
    platform TEXT NOT NULL, user TEXT NOT NULL, chat TEXT NOT NULL, version INTEGER NOT NULL,
    touched_at BIGINT NOT NULL, v INTEGER NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (platform, user, chat)
) WITHOUT ROWID;
CREATE TABLE updates (
    seq INTEGER NOT NULL, platform TEXT NOT NULL, user TEXT NOT NULL, chat TEXT NOT NULL,
    update_id TEXT NOT NULL, claimed_at BIGINT NOT NULL, version INTEGER NOT NULL,
    v INTEGER NOT NULL, reply TEXT NOT NULL, is_sent BOOLEAN NOT NULL,
    PRIMARY KEY (seq), UNIQUE (platform, user, chat, update_id)
);
CREATE INDEX ix_updates_claimed_at ON updates (claimed_at);
CREATE INDEX ix_updates_unsent ON updates (platform, seq) WHERE is_sent = 0;
"""
"""The tables of a file from the time before migrations."""


def make_old(path: Path) -> None:
    """A file of the old form with the sessions and updates of `path`, which is replaced."""
    with closing(sqlite3.connect(path)) as new:
        rows = {
            name: new.execute(f"SELECT * FROM zhuce_{name}").fetchall()
            for name in ("sessions", "updates")
        }
    path.unlink()
    with closing(sqlite3.connect(path)) as old:
        old.executescript(OLD)
        for name, found in rows.items():
            lines = [line[:10] for line in found]  # what was added later is not there
            old.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(lines[0]))})", lines)
        old.commit()


@pytest.mark.asyncio
async def test_a_file_from_before_migrations_is_taken_over(tmp_path: Path) -> None:
    path, key = tmp_path / "bot.db", ConversationKey("telegram", "chat", "user")
    async with open_store(f"sqlite:///{path}") as store:
        for update_id in ("a", "b"):
            await store.transact(key, update_id, NOW, count)
    make_old(path)
    async with open_store(f"sqlite:///{path}") as store:
        assert (await store.transact(key, "b", NOW, refuse)).is_repeat
        assert (await store.transact(key, "c", NOW, count)).version == 3
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert differences(connection) == []
    engine.dispose()


def tables_of(connection: Connection) -> list[str]:
    """How the tables and indices are made, but for spaces and the order in which they came."""
    rows = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
    return sorted("".join(sql.split()) for (sql,) in rows)


@pytest.mark.asyncio
async def test_a_new_file_is_as_all_migrations_leave_it(
    tmp_path: Path, connection: Connection
) -> None:
    database = await open_sqlite(tmp_path / "bot.db")
    made, salts = await database.read(
        lambda c: (tables_of(c), c.exec_driver_sql("SELECT * FROM zhuce_salt").scalars().all())
    )
    await database.close()
    schema.prepare(connection)
    assert made == tables_of(connection)
    assert [len(salt) for salt in salts] == [64]


def test_a_new_file_needs_no_sqlalchemy(tmp_path: Path) -> None:
    program = (
        "import asyncio, sys\n"
        "from bot.storage import open_journal, open_store\n"
        "async def main():\n"
        "    async with open_store('sqlite:///s.db') as s, open_journal('sqlite:///j.db') as j:\n"
        "        await s.ping()\n"
        "        await j.flush()\n"
        "asyncio.run(main())\n"
        "print([name for name in ('sqlalchemy', 'alembic') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.asyncio
@pytest.mark.parametrize("revision", schema.revisions())
async def test_a_store_is_moved_there_and_back(tmp_path: Path, revision: str) -> None:
    database = await open_sqlite(tmp_path / "bot.db")
    await database.migrate(revision)
    assert await database.read(schema.found) == revision
    await database.close()
    database = await open_sqlite(tmp_path / "bot.db")
    assert await database.read(schema.found) == HEAD
    await database.close()

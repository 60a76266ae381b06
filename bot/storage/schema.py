"""Which migration the tables of a database stand at, and the way from one to another.

Migrations are alembic's, in `bot/storage/migrations`.  A store moves up by itself when it is
opened; only `zhuce store migrate` moves down.  alembic takes 0.1 s to import, so it is imported
when there is something to move.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Text, column, inspect, select, table

from bot.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0002"
"""The migration that `bot.storage.sql_tables` shows; a test compares it with the newest file."""
VERSION_TABLE = "zhuce_schema"
_FIND = select(column("version_num", Text)).select_from(table(VERSION_TABLE))


def prepare(connection: Connection) -> None:
    """Make or renew the tables, in the transaction that is open.

    Raises:
        StoreError: the tables are those of a newer program.
    """
    if found(connection) != HEAD:
        migrate(connection, HEAD)


def found(connection: Connection) -> str | None:
    """The migration the tables stand at; `None` when there are none of ours."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.scalar(_FIND)


def migrate(connection: Connection, target: str) -> None:
    """Move up or down to one of `revisions()`, or down to `base`, where nothing is left.

    Raises:
        StoreError: the tables are those of a newer program, which alone knows the way down.
    """
    from alembic import command

    order = ["base", *revisions()]
    here = found(connection) or "base"
    if here not in order:
        raise StoreError(
            f"表的结构是第 {here} 版，本程序只到第 {HEAD} 版；请升级程序，"
            f"或先用那个新程序执行 zhuce store migrate --to {HEAD}"
        )
    config = _config()
    config.attributes["connection"] = connection
    move = command.upgrade if order.index(target) > order.index(here) else command.downgrade
    move(config, target)


def revisions() -> Sequence[str]:
    """Every migration, oldest first."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_config())
    return [script.revision for script in scripts.walk_revisions()][::-1]


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "bot.storage:migrations")
    return config

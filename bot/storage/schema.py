"""Move the tables of a database from one migration to another.

The migrations are alembic's, in `bot/storage/migrations`.  A store is upgraded when it is opened;
only `zhuce store migrate` downgrades.  alembic takes 0.1 s to import, so it is imported only if
there is something to do; a new SQLite file gets its tables from `newest.sql`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Text, column, inspect, select, table

from bot.errors import StoreError
from bot.storage.sqlite_file import HEAD, VERSION_TABLE

if TYPE_CHECKING:
    from alembic.config import Config

_FIND = select(column("version_num", Text)).select_from(table(VERSION_TABLE))


def prepare(connection: Connection) -> None:
    """Create or upgrade the tables, in the open transaction.

    Raises:
        StoreError: the tables are those of a newer program.
    """
    if found(connection) != HEAD:
        migrate(connection, HEAD)


def found(connection: Connection) -> str | None:
    """Return the migration of the tables; `None` if there are none of ours."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.scalar(_FIND)


def migrate(connection: Connection, target: str) -> None:
    """Upgrade or downgrade to one of `revisions()`; `base` removes every table.

    Raises:
        StoreError: the tables are those of a newer program, which alone can downgrade them.
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
    """Return every migration, oldest first."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_config())
    return [script.revision for script in scripts.walk_revisions()][::-1]


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "bot.storage:migrations")
    return config

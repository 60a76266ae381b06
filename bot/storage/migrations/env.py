"""Run the migrations on the caller's connection, in the caller's transaction.

alembic executes this file for every command.
"""

from __future__ import annotations

from alembic import context

from bot.storage.sqlite_file import VERSION_TABLE

context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
context.run_migrations()

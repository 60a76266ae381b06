"""Migrations of the SQL stores, run by alembic; `bot.storage.schema` is the way in."""

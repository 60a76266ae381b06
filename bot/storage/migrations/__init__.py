"""Hold the migrations of the SQL stores; alembic runs them, called by `bot.storage.schema`."""

"""Describe the tables of every SQL store, as the newest migration leaves them.

A table that changes here needs a migration in `bot/storage/migrations`; a test compares the two.
Names begin with `zhuce_`, because a database on a server is often shared.  Times are whole
microseconds since 1970 in UTC: they compare as numbers in every database and are exact.  `user`
stands before `chat` in the keys, so that `forget` finds a person by a prefix.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
)

metadata = MetaData()

sessions = Table(
    "zhuce_sessions",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("user", Text, primary_key=True),
    Column("chat", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("touched_at", BigInteger, nullable=False),
    Column("v", Integer, nullable=False),
    Column("record", Text, nullable=False),
    sqlite_with_rowid=False,
)

updates = Table(
    "zhuce_updates",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("platform", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("chat", Text, nullable=False),
    Column("update_id", Text, nullable=False),
    Column("claimed_at", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("v", Integer, nullable=False),
    Column("reply", Text, nullable=False),
    Column("is_sent", Boolean, nullable=False),
    Column("holder", Text, nullable=False, server_default=""),
    Column("is_begun", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("platform", "user", "chat", "update_id"),
)
is_unsent = ~updates.c.is_sent
Index("zhuce_updates_by_age", updates.c.claimed_at)
Index(
    "zhuce_updates_unsent",
    updates.c.platform,
    updates.c.seq,
    sqlite_where=is_unsent,
    postgresql_where=is_unsent,
)

tombstones = Table(
    "zhuce_tombstones",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("claimed_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
Index("zhuce_tombstones_by_age", tombstones.c.claimed_at)

processes = Table(
    "zhuce_processes",
    metadata,
    Column("holder", Text, primary_key=True),
    Column("seen_at", BigInteger, nullable=False),
)
"""When each process that sends replies was last heard of, by the clock of the database."""

shared = Table(
    "zhuce_shared",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
)
"""What processes share for a while; whoever keeps a secret here has sealed it."""

unanswered = Table(
    "zhuce_unanswered",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("platform", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("digest", BigInteger, nullable=False, server_default="0"),
)
"""`digest` is one of the words, which may be too long to be grouped by; 0 if nobody made it yet."""
Index(
    "zhuce_unanswered_by_words",
    unanswered.c.digest,
    unanswered.c.reason,
    unanswered.c.person,
    unanswered.c.at,
)
Index("zhuce_unanswered_by_age", unanswered.c.at)
Index("zhuce_unanswered_by_person", unanswered.c.person)

forgotten = Table(
    "zhuce_forgotten",
    metadata,
    Column("person", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""When the words of a person were deleted last, for processes that have some of them queued."""

usage = Table(
    "zhuce_usage",
    metadata,
    Column("day", Text, primary_key=True),
    Column("platform", Text, primary_key=True),
    Column("status", Text, primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("entry", Text, primary_key=True),
    Column("times", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""What versions before 0006 counted and may still be counting; moved to `tallies`."""

tallies = Table(
    "zhuce_tallies",
    metadata,
    Column("what", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("times", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""Replies of a day by one thing at a time: `what` is status, reason, platform, entry or region."""
Index("zhuce_tallies_by_day", tallies.c.day)

feedback = Table(
    "zhuce_feedback",
    metadata,
    Column("entry", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("rating", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""What each person said last of an answer; a person counts once."""
Index("zhuce_feedback_by_age", feedback.c.at)
Index("zhuce_feedback_by_person", feedback.c.person)

salts = Table("zhuce_salt", metadata, Column("salt", Text, primary_key=True))
"""Has one row, inserted by the migration."""

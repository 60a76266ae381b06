"""Create the tables of sessions and of answered updates.

A file from before migrations, when the names had no prefix, is taken over with its content.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("schema_versions"):
        _take_over()
    else:
        _create()
    op.create_index("zhuce_updates_by_age", "zhuce_updates", ["claimed_at"])
    op.create_index(
        "zhuce_updates_unsent",
        "zhuce_updates",
        ["platform", "seq"],
        sqlite_where=sa.text("is_sent = 0"),  # as written in the queries, or it goes unused
        postgresql_where=sa.text("NOT is_sent"),
    )


def _take_over() -> None:
    for name in ("sessions", "updates"):
        op.rename_table(name, f"zhuce_{name}")
    for name in ("ix_updates_claimed_at", "ix_updates_unsent"):
        op.drop_index(name)
    op.drop_table("schema_versions")


def _create() -> None:
    op.create_table(
        "zhuce_sessions",
        sa.Column("platform", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, primary_key=True),
        sa.Column("chat", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("touched_at", sa.BigInteger, nullable=False),
        sa.Column("v", sa.Integer, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "zhuce_updates",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("update_id", sa.Text, nullable=False),
        sa.Column("claimed_at", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("v", sa.Integer, nullable=False),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("is_sent", sa.Boolean, nullable=False),
        sa.UniqueConstraint("platform", "user", "chat", "update_id"),
    )


def downgrade() -> None:
    op.drop_table("zhuce_updates")
    op.drop_table("zhuce_sessions")

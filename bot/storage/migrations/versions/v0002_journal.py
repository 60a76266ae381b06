"""Create the tables of the journal: unanswered words, counts, and the salt of the pseudonyms."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "zhuce_unanswered",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
    )
    op.create_index("zhuce_unanswered_by_age", "zhuce_unanswered", ["at"])
    op.create_index("zhuce_unanswered_by_person", "zhuce_unanswered", ["person"])
    op.create_table(
        "zhuce_usage",
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("platform", sa.Text, primary_key=True),
        sa.Column("status", sa.Text, primary_key=True),
        sa.Column("reason", sa.Text, primary_key=True),
        sa.Column("entry", sa.Text, primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    salt = op.create_table("zhuce_salt", sa.Column("salt", sa.Text, primary_key=True))
    op.bulk_insert(salt, [{"salt": secrets.token_hex(32)}])


def downgrade() -> None:
    for name in ("zhuce_salt", "zhuce_usage", "zhuce_unanswered"):
        op.drop_table(name)

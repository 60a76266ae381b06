"""Create the tables of what was said about answers, and of counts by one thing at a time.

What a newcomer would get wrong: `zhuce_usage` stays.  Processes of the version before go on writing
it during an upgrade, and the journal moves its rows.  Missed words get a digest to be grouped by;
those of before have the digest 0 until the journal has seen them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "zhuce_feedback",
        sa.Column("entry", sa.Text, primary_key=True),
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("rating", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("zhuce_feedback_by_age", "zhuce_feedback", ["at"])
    op.create_index("zhuce_feedback_by_person", "zhuce_feedback", ["person"])
    op.create_table(
        "zhuce_tallies",
        sa.Column("what", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, primary_key=True),
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("zhuce_tallies_by_day", "zhuce_tallies", ["day"])
    op.add_column(
        "zhuce_unanswered", sa.Column("digest", sa.BigInteger, nullable=False, server_default="0")
    )
    op.create_index(
        "zhuce_unanswered_by_words", "zhuce_unanswered", ["digest", "reason", "person", "at"]
    )


def downgrade() -> None:
    op.drop_index("zhuce_unanswered_by_words", "zhuce_unanswered")
    op.drop_column("zhuce_unanswered", "digest")
    for name in ("zhuce_tallies", "zhuce_feedback"):
        op.drop_table(name)

"""Create the tables of what was forgotten: hashes of updates, and when words were deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "zhuce_tombstones",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("claimed_at", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("zhuce_tombstones_by_age", "zhuce_tombstones", ["claimed_at"])
    op.create_table(
        "zhuce_forgotten",
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for name in ("zhuce_forgotten", "zhuce_tombstones"):
        op.drop_table(name)

"""Note which process sends a reply, and which processes live."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("zhuce_updates", sa.Column("holder", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "zhuce_processes",
        sa.Column("holder", sa.Text, primary_key=True),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("zhuce_processes")
    op.drop_column("zhuce_updates", "holder")

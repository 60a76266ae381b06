"""Note which replies a process has begun to send: they may have arrived when it dies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "zhuce_updates",
        sa.Column("is_begun", sa.Boolean, nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column("zhuce_updates", "is_begun")

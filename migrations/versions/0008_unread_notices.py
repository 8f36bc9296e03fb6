"""What a member has not read is counted on every page: found without going through all that they have."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

UNREAD = sa.text("read_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_notices_unread", "notices", ["member_id"], sqlite_where=UNREAD, postgresql_where=UNREAD
    )


def downgrade() -> None:
    op.drop_index("ix_notices_unread", "notices")

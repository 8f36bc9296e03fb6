"""The chance with which a plainly shown post was drawn for a look; empty for what could not be drawn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assessments", sa.Column("sample_chance", sa.Float(), nullable=True))


def downgrade() -> None:
    op.drop_column("assessments", "sample_chance")

"""What a decision changed, so that it can be taken back, and when it takes effect."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COLUMNS = ("before", "after", "undoes_id", "effects_due_at", "effects_at")


def upgrade() -> None:
    json = sa.JSON().with_variant(JSONB(), "postgresql")
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    kinds: tuple[sa.types.TypeEngine[Any], ...] = (json, json, big, moment, moment)
    for name, kind in zip(COLUMNS, kinds, strict=True):
        op.add_column("decisions", sa.Column(name, kind, nullable=True))
    op.add_column("reports", sa.Column("decision_id", big, nullable=True))
    # What was decided before this step took effect at once.
    op.execute("UPDATE decisions SET effects_due_at = decided_at, effects_at = decided_at")
    op.create_index("uq_decisions_undoes_id", "decisions", ["undoes_id"], unique=True)
    where = sa.text("effects_at IS NULL")
    op.create_index(
        "ix_decisions_waiting", "decisions", ["actor_ref"], sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    op.drop_index("ix_decisions_waiting", table_name="decisions")
    op.drop_index("uq_decisions_undoes_id", table_name="decisions")
    op.drop_column("reports", "decision_id")
    for name in reversed(COLUMNS):
        op.drop_column("decisions", name)

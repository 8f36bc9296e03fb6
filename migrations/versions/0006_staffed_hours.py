"""When people are at the desk, and who is on call."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _json() -> sa.types.TypeEngine[Any]:
    return sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "staffed_hours",
        sa.Column("id", _id(), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("week", _json(), nullable=False),
        sa.Column("exceptions", _json(), nullable=False),
        sa.Column("made_by", _id(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staffed_hours")),
    )
    op.create_table(
        "on_call",
        sa.Column("id", _id(), nullable=False),
        sa.Column("member_id", _id(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by", _id(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_on_call_member_id_members")),
        sa.ForeignKeyConstraint(["made_by"], ["members.id"], name=op.f("fk_on_call_made_by_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_call")),
    )
    op.create_index("ix_on_call_ends_at", "on_call", ["ends_at"], unique=False)
    op.create_table(
        "page_deliveries",
        sa.Column("id", _id(), nullable=False),
        sa.Column("item_id", _id(), nullable=True),
        sa.Column("job_id", _id(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_deliveries")),
    )
    op.create_index("ix_page_deliveries_tried_at", "page_deliveries", ["tried_at"], unique=False)
    op.add_column("decisions", sa.Column("seconds_waiting_staffed", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("decisions", "seconds_waiting_staffed")
    op.drop_index("ix_page_deliveries_tried_at", table_name="page_deliveries")
    op.drop_table("page_deliveries")
    op.drop_index("ix_on_call_ends_at", table_name="on_call")
    op.drop_table("on_call")
    op.drop_table("staffed_hours")

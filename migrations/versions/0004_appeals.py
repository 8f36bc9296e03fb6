"""Appeals against decisions, and a register of complaints."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def identity() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", identity(), nullable=False),
        sa.Column("decision_id", identity(), nullable=False),
        sa.Column("against_ref", identity(), nullable=False),
        sa.Column("item_id", identity(), nullable=False),
        sa.Column("reasons_done", identity(), nullable=False),
        sa.Column("subject_kind", sa.String(40), nullable=False),
        sa.Column("subject_id", identity(), nullable=False),
        sa.Column("appellant_ref", identity(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        moment("made_at", nullable=False),
        sa.Column("outcome", sa.String(40), nullable=True),
        sa.Column("decided_by_ref", identity(), nullable=True),
        sa.Column("decided_decision_id", identity(), nullable=True),
        sa.Column("reason_code", sa.String(40), nullable=True),
        sa.Column("restored", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        moment("decided_at"),
        moment("told_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_appeals_decision_id")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_appeals_decision_id_decisions")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["review_items.id"], name=op.f("fk_appeals_item_id_review_items")
        ),
        sa.ForeignKeyConstraint(
            ["decided_decision_id"], ["decisions.id"], name=op.f("fk_appeals_decided_decision_id_decisions")
        ),
        sa.CheckConstraint(
            "decided_by_ref IS NULL OR (decided_by_ref <> against_ref AND decided_by_ref <> appellant_ref)",
            name=op.f("ck_appeals_another_person"),
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_by_ref IS NULL)", name=op.f("ck_appeals_settled_by_somebody")
        ),
    )
    op.create_index("ix_appeals_item_id", "appeals", ["item_id"])
    op.create_index("ix_appeals_appellant_ref", "appeals", ["appellant_ref", "id"])
    op.create_index(
        "uq_appeals_one_open_per_subject",
        "appeals",
        ["subject_kind", "subject_id"],
        unique=True,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "complaints",
        sa.Column("id", identity(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("submission", sa.String(40), nullable=False),
        sa.Column("made_by_ref", identity(), nullable=False),
        moment("made_at", nullable=False),
        moment("acknowledged_at"),
        moment("answered_at"),
        sa.Column("outcome", sa.String(40), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("handled_by_ref", identity(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("made_by_ref", "submission", name=op.f("uq_complaints_made_by_ref_submission")),
        sa.CheckConstraint(
            "handled_by_ref IS NULL OR handled_by_ref <> made_by_ref",
            name=op.f("ck_complaints_another_person"),
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (answered_at IS NULL)", name=op.f("ck_complaints_answered_with_outcome")
        ),
    )
    op.create_index("ix_complaints_made_by_ref", "complaints", ["made_by_ref", "id"])
    op.create_index("ix_complaints_open", "complaints", ["answered_at", "id"])


def downgrade() -> None:
    op.drop_table("complaints")
    op.drop_table("appeals")

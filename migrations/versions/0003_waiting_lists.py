"""Waiting lists: a first-come list for a full group, and offers that count towards capacity."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LIVE = "('active', 'resting')"
MEMBERS = f"(SELECT count(*) FROM memberships WHERE group_id = NEW.group_id AND state IN {LIVE})"
OFFERS = "(SELECT count(*) FROM waiting_entries WHERE group_id = NEW.group_id AND state = 'offered')"
CAPACITY = "(SELECT capacity FROM groups WHERE id = NEW.group_id)"
OWN_OFFER = """EXISTS (SELECT 1 FROM waiting_entries
         WHERE group_id = NEW.group_id AND member_id = NEW.member_id AND state = 'offered')"""
"""Taking an offer leaves the total as it was, so it may go ahead after the capacity was lowered too."""

NEW_PLACE = f"NEW.state IN {LIVE}"
REVIVED = f"{NEW_PLACE} AND (OLD.state NOT IN {LIVE} OR OLD.group_id <> NEW.group_id)"
NEW_OFFER = "NEW.state = 'offered'"
OFFERED = f"{NEW_OFFER} AND (OLD.state <> 'offered' OR OLD.group_id <> NEW.group_id)"


def upgrade() -> None:
    op.create_table(
        "waiting_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offer_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'offered', 'joined', 'declined', 'expired', 'left', 'ended')",
            name=op.f("ck_waiting_entries_state"),
        ),
        sa.CheckConstraint(
            "state <> 'offered' OR offer_expires_at IS NOT NULL", name=op.f("ck_waiting_entries_offer_ends")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_waiting_entries_group_id_groups")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_waiting_entries_member_id_members")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_entries")),
    )
    live = sa.text("state IN ('waiting', 'offered')")
    op.create_index(
        "uq_waiting_entries_live",
        "waiting_entries",
        ["group_id", "member_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_index("ix_waiting_entries_group_id", "waiting_entries", ["group_id", "state", "id"])
    op.create_index("ix_waiting_entries_member_id", "waiting_entries", ["member_id", "state"])
    op.add_column("memberships", sa.Column("kept_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("memberships", sa.Column("rest_warned_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE memberships SET kept_until = rest_until WHERE state = 'resting'")
    _guard(f"{MEMBERS} + {OFFERS} >= {CAPACITY}", unless=f" AND NOT {OWN_OFFER}", offers=True)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER waiting_entries_offer_insert")
        op.execute("DROP TRIGGER waiting_entries_offer_update")
    _guard(f"{MEMBERS} >= {CAPACITY}", unless="", offers=False)
    op.drop_table("waiting_entries")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION haven_hold_offers")
    op.drop_column("memberships", "rest_warned_at")
    op.drop_column("memberships", "kept_until")


def _guard(full: str, *, unless: str, offers: bool) -> None:
    """Put the second lock in place: what is `full` takes nobody, and nobody is offered what is not there."""
    made = (
        _sqlite(full, unless, offers)
        if op.get_bind().dialect.name == "sqlite"
        else _postgres(full, unless, offers)
    )
    for statement in made:
        op.execute(statement)


def _sqlite(full: str, unless: str, offers: bool) -> list[str]:
    wanted = [
        ("memberships_capacity_insert", "INSERT ON memberships", f"{NEW_PLACE}{unless}", "group_full"),
        ("memberships_capacity_update", "UPDATE ON memberships", f"{REVIVED}{unless}", "group_full"),
    ]
    if offers:
        wanted += [
            ("waiting_entries_offer_insert", "INSERT ON waiting_entries", NEW_OFFER, "no_place_to_offer"),
            ("waiting_entries_offer_update", "UPDATE ON waiting_entries", OFFERED, "no_place_to_offer"),
        ]
    dropped = [
        f"DROP TRIGGER {name}" for name in ("memberships_capacity_insert", "memberships_capacity_update")
    ]
    return dropped + [
        f"CREATE TRIGGER {name} BEFORE {when} WHEN {case} AND {full} BEGIN SELECT RAISE(ABORT, '{why}'); END"
        for name, when, case, why in wanted
    ]


def _postgres(full: str, unless: str, offers: bool) -> list[str]:
    made = [_function("haven_hold_capacity", f"{NEW_PLACE}{unless}", REVIVED, full, "group_full")]
    if offers:
        made += [
            _function("haven_hold_offers", NEW_OFFER, OFFERED, full, "no_place_to_offer"),
            """
            CREATE TRIGGER waiting_entries_offer BEFORE INSERT OR UPDATE ON waiting_entries
            FOR EACH ROW EXECUTE FUNCTION haven_hold_offers()
            """,
        ]
    return made


def _function(name: str, case: str, changed: str, full: str, why: str) -> str:
    return f"""
    CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' AND NOT ({changed}) THEN RETURN NEW; END IF;
      PERFORM 1 FROM groups WHERE id = NEW.group_id FOR NO KEY UPDATE;
      IF {case} AND {full} THEN RAISE EXCEPTION '{why}' USING ERRCODE = 'check_violation'; END IF;
      RETURN NEW;
    END $$
    """

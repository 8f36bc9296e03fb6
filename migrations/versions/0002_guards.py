"""Guards in the database itself: capacity, the audit's permanence, and revisions that do not change.

Alembic's batch mode rebuilds a table on SQLite and drops its triggers silently: a migration that does so
must create them again (`tests/database/test_migrations.py` looks).
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LIVE = "('active', 'resting')"
PERMANENT = {
    "audit_events": "the audit is append-only",
    "audit_checkpoints": "checkpoints are append-only",
    "policy_versions": "a policy version never changes",
}
SAME_ROW = {
    "audit_events": "seq = NEW.seq",
    "audit_checkpoints": "id = NEW.id OR seq = NEW.seq",
    "policy_versions": "version = NEW.version",
}

SQLITE = [
    f"""
    CREATE TRIGGER memberships_capacity_insert BEFORE INSERT ON memberships
    WHEN NEW.state IN {LIVE}
     AND (SELECT count(*) FROM memberships WHERE group_id = NEW.group_id AND state IN {LIVE})
      >= (SELECT capacity FROM groups WHERE id = NEW.group_id)
    BEGIN SELECT RAISE(ABORT, 'group_full'); END
    """,
    f"""
    CREATE TRIGGER memberships_capacity_update BEFORE UPDATE ON memberships
    WHEN NEW.state IN {LIVE} AND (OLD.state NOT IN {LIVE} OR OLD.group_id <> NEW.group_id)
     AND (SELECT count(*) FROM memberships WHERE group_id = NEW.group_id AND state IN {LIVE})
      >= (SELECT capacity FROM groups WHERE id = NEW.group_id)
    BEGIN SELECT RAISE(ABORT, 'group_full'); END
    """,
    """
    CREATE TRIGGER revisions_words_fixed BEFORE UPDATE OF source, title, note, plain, post_id, number ON revisions
    WHEN NEW.source <> '' AND (NEW.source <> OLD.source OR NEW.plain <> OLD.plain OR NEW.post_id <> OLD.post_id
      OR NEW.number <> OLD.number OR NEW.title IS NOT OLD.title OR NEW.note IS NOT OLD.note)
    BEGIN SELECT RAISE(ABORT, 'revision_is_immutable'); END
    """,
    *(
        f"""
        CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
        BEGIN SELECT RAISE(ABORT, '{why}'); END
        """
        for table, why in PERMANENT.items()
        for verb in ("UPDATE", "DELETE")
    ),
    # INSERT OR REPLACE takes the old row away without firing a DELETE trigger.
    *(
        f"""
        CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
        WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
        BEGIN SELECT RAISE(ABORT, '{PERMANENT[table]}'); END
        """
        for table, same in SAME_ROW.items()
    ),
]

POSTGRES = [
    f"""
    CREATE FUNCTION haven_hold_capacity() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE room integer;
    BEGIN
      IF NEW.state NOT IN {LIVE} THEN RETURN NEW; END IF;
      IF TG_OP = 'UPDATE' AND OLD.state IN {LIVE} AND OLD.group_id = NEW.group_id THEN RETURN NEW; END IF;
      SELECT capacity INTO room FROM groups WHERE id = NEW.group_id FOR NO KEY UPDATE;
      IF (SELECT count(*) FROM memberships WHERE group_id = NEW.group_id AND state IN {LIVE}) >= room THEN
        RAISE EXCEPTION 'group_full' USING ERRCODE = 'check_violation';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER memberships_capacity BEFORE INSERT OR UPDATE ON memberships
    FOR EACH ROW EXECUTE FUNCTION haven_hold_capacity()
    """,
    """
    CREATE FUNCTION haven_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.source <> '' AND (NEW.source, NEW.plain, NEW.post_id, NEW.number, NEW.title, NEW.note)
         IS DISTINCT FROM (OLD.source, OLD.plain, OLD.post_id, OLD.number, OLD.title, OLD.note) THEN
        RAISE EXCEPTION 'revision_is_immutable' USING ERRCODE = 'check_violation';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER revisions_words_fixed BEFORE UPDATE ON revisions
    FOR EACH ROW EXECUTE FUNCTION haven_keep_words()
    """,
    """
    CREATE FUNCTION haven_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$
    """,
    *(
        f"""
        CREATE TRIGGER {table}_permanent BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION haven_refuse('{why}')
        """
        for table, why in PERMANENT.items()
    ),
]


def upgrade() -> None:
    """Create the triggers in the dialect at hand."""
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRES:
        op.execute(statement)


def downgrade() -> None:
    """The guards are not taken away: without them the promises do not hold."""
    raise RuntimeError("The database guards are not removable. Restore a backup to go back.")

"""The schema that migrations make is the one that the models describe, guards included."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DatabaseError

from forum.db import alembic_config
from moderation.db import Base

SQLITE_GUARDS = {
    "memberships_capacity_insert",
    "memberships_capacity_update",
    "waiting_entries_offer_insert",
    "waiting_entries_offer_update",
    "revisions_words_fixed",
    "audit_events_no_update",
    "audit_events_no_delete",
    "audit_events_no_replace",
    "audit_checkpoints_no_update",
    "audit_checkpoints_no_delete",
    "audit_checkpoints_no_replace",
    "policy_versions_no_update",
    "policy_versions_no_delete",
    "policy_versions_no_replace",
}
POSTGRES_GUARDS = {
    "memberships_capacity",
    "waiting_entries_offer",
    "revisions_words_fixed",
    "audit_events_permanent",
    "audit_checkpoints_permanent",
    "policy_versions_permanent",
}


def guards(url: str) -> set[str]:
    """The names of the triggers that stand in the database."""
    engine = create_engine(url)
    sqlite = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    postgres = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with engine.connect() as connection:
        names = connection.scalars(text(sqlite if engine.dialect.name == "sqlite" else postgres)).all()
    engine.dispose()
    return set(names)


def test_migrations_from_empty_make_what_the_models_say(database_url: str) -> None:
    command.check(alembic_config(database_url))


def test_every_table_is_there(database_url: str) -> None:
    engine = create_engine(database_url)
    made = set(inspect(engine).get_table_names())
    engine.dispose()

    assert set(Base.metadata.tables) <= made


def test_the_guards_stand(database_url: str) -> None:
    expected = SQLITE_GUARDS if database_url.startswith("sqlite") else POSTGRES_GUARDS

    assert expected <= guards(database_url)


POLICY = (
    "INTO policy_versions (version, digest, toml, model_id, engine, normaliser, activated_at) "
    "VALUES (999, '{0}', 't', 'm', 'e', 'n', '2026-01-01')"
)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE policy_versions SET digest = 'x'",
        "DELETE FROM policy_versions",
        f"REPLACE {POLICY.format('x')}",
    ],
)
def test_the_database_refuses_to_change_a_policy_version(database_url: str, statement: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text(f"INSERT {POLICY.format('d')}"))

    refusal = "never changes|syntax error"  # PostgreSQL has no REPLACE
    with pytest.raises(DatabaseError, match=refusal), engine.begin() as connection:
        connection.execute(text(statement))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT digest FROM policy_versions WHERE version = 999")) == "d"
    engine.dispose()


def test_there_is_one_line_of_migrations() -> None:
    script = ScriptDirectory.from_config(alembic_config("sqlite://"))

    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1

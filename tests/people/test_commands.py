"""`flask members` and `flask db`: clear words, right exit codes, on record."""

from __future__ import annotations

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from forum.db import Database
from forum.models import Member, Role
from moderation.models import AuditEvent, PolicyVersion
from tests.support.making import a_member


@pytest.fixture
def run(app: Flask) -> object:
    """Type a command."""

    def typed(*words: str) -> Result:
        return app.test_cli_runner().invoke(args=list(words))

    return typed


MAKE = ("members", "create", "--pseudonym", "Ana", "--sign-in-name", "ana-desk", "--role")


def test_the_first_admin_is_made_here(run: object, database: Database) -> None:
    made = run(*MAKE, "admin")  # type: ignore[operator]
    assert made.exit_code == 0, made.output
    with database.reading() as session:
        member = session.scalars(select(Member)).one()
        event = session.scalars(select(AuditEvent)).one()
    assert (member.role, member.change_pass_phrase) == (Role.ADMIN, True)
    assert (event.verb, event.actor, event.reason_code) == ("staff.created", "command", "joined_team")
    listed = run("members", "list")  # type: ignore[operator]
    assert "Ana" in listed.output
    assert "ana-desk" not in listed.output

    twice = run(*MAKE, "admin")  # type: ignore[operator]
    assert twice.exit_code == 1
    assert "Somebody signs in by this name already." in twice.output


@pytest.mark.parametrize(
    "words",
    [
        (*MAKE, "member"),
        (*MAKE, "king"),
        ("members", "create", "--pseudonym", "\U0001f331", "--sign-in-name", "ana", "--role", "lead"),
        ("members", "create", "--pseudonym", "Ana", "--sign-in-name", "a@b.example", "--role", "lead"),
        ("members", "create", "--pseudonym", "Ana", "--sign-in-name", "demo-ana", "--role", "lead"),
        ("members", "close", "1"),
        ("members", "close", "99999999999999999999", "--reason", "left_team"),
        ("members", "close", "Nobody", "--reason", "left_team"),
        ("members", "role", "Nobody", "lead", "--reason", "left_team"),
        ("members", "reset-second-factor", "7", "--reason", "lost_device"),
        ("members", "invite", "--uses", "0"),
    ],
)
def test_what_cannot_be_done_says_so(run: object, words: tuple[str, ...]) -> None:
    result = run(*words)  # type: ignore[operator]
    assert result.exit_code != 0
    assert "Error:" in result.output
    assert "Traceback" not in result.output


def test_changing_and_closing(run: object, database: Database) -> None:
    with database.transaction() as session:
        a_member(session, "Keeper", role=Role.ADMIN)
        other = a_member(session, role=Role.MODERATOR)
    number = str(other.id)
    for words in (
        ("members", "role", number, "lead", "--reason", "joined_team"),
        ("members", "reset-second-factor", number, "--reason", "lost_device"),
        ("members", "close", number, "--reason", "left_team"),
        ("members", "invite", "--uses", "3", "--days", "2"),
    ):
        result = run(*words)  # type: ignore[operator]
        assert result.exit_code == 0, result.output
    with database.reading() as session:
        verbs = session.scalars(select(AuditEvent.verb).order_by(AuditEvent.seq)).all()
    assert verbs == ["role.changed", "second_factor.reset", "account.closed", "invitation.made"]


def test_upgrade_puts_the_policy_into_force_once(run: object, database: Database) -> None:
    behind = run("db", "check")  # type: ignore[operator]
    assert behind.exit_code == 1
    assert "Run: flask db upgrade" in behind.output
    for said in ("is now in force", "was already in force"):
        result = run("db", "upgrade")  # type: ignore[operator]
        assert result.exit_code == 0, result.output
        assert said in result.output
    assert run("db", "check").exit_code == 0  # type: ignore[operator]
    with database.reading() as session:
        version = session.scalars(select(PolicyVersion)).one()
        event = session.scalars(select(AuditEvent)).one()
    assert (event.verb, event.fields["digest"]) == ("policy.activated", version.digest)

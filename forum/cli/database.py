"""`flask db`: bring the database up to date, and say whether it is."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from forum import clock
from forum.actions import policies
from forum.db import behind, migrate
from forum.web.parts import Parts, parts
from moderation.policy import Policy


@click.group("db")
def command() -> None:
    """The database's schema, and the policy in force."""


@command.command("upgrade")
@with_appcontext
def upgrade() -> None:
    """Apply every migration, and put the policy into force if it is new."""
    made = parts()
    migrate(made.settings.url)
    click.echo("The database is at the newest schema.")
    new = put_policy_into_force(made)
    click.echo(f"Policy version {made.policy.version} {'is now' if new else 'was already'} in force.")


@command.command("check")
@with_appcontext
def check() -> None:
    """Exit with 1, and say what to do, when something is not up to date."""
    made = parts()
    if waiting := behind(made.settings.url):
        raise click.ClickException(
            f"The database is behind by {len(waiting)} migrations ({', '.join(waiting)}). Run: flask db upgrade"
        )
    with made.database.reading() as session:
        stand = policies.standing(session, made.policy)
    if stand is policies.Standing.NEW:
        raise click.ClickException(
            f"Policy version {made.policy.version} is not in force. Run: flask db upgrade"
        )
    if stand is policies.Standing.CHANGED:
        raise click.ClickException(_changed(made.policy))
    if stand is policies.Standing.OLDER:
        raise click.ClickException(_older(made.policy))
    click.echo(f"The schema is the newest, and policy version {made.policy.version} is in force.")


def put_policy_into_force(made: Parts) -> bool:
    """Whether it is new. What may not rule ends the command with a sentence."""
    try:
        with made.database.transaction() as session:
            return policies.activate(session, made.policy, at=clock.now())
    except policies.PolicyChanged:
        raise click.ClickException(_changed(made.policy)) from None
    except policies.PolicyOlder:
        raise click.ClickException(_older(made.policy)) from None


def _changed(policy: Policy) -> str:
    return (
        f"Policy version {policy.version} has ruled with other words, so it was not activated. "
        "Give the changed policy a new version number."
    )


def _older(policy: Policy) -> str:
    return f"A policy newer than version {policy.version} has ruled already. Set HAVEN_POLICY_FILE to the newest."

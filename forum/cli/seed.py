"""`flask seed demo`: an invented community in an empty database."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from forum import demo
from forum.config import Environment
from forum.judges import patient_judges
from forum.web.parts import parts


@click.group("seed")
def command() -> None:
    """Fill an empty database."""


@command.command("demo")
@with_appcontext
def fill() -> None:
    """Fill an empty database with a small invented community and print who can sign in."""
    made = parts()
    if made.settings.env is Environment.PRODUCTION:
        raise click.ClickException(
            "Demo accounts are for trying only. HAVEN_ENV is production, so nothing was made."
        )
    with made.database.reading() as session:
        empty = demo.is_empty(session)
    if not empty:
        raise click.ClickException("The database holds accounts already, so nothing was made.")
    with made.database.transaction() as session:
        demo.fill(session, patient_judges(made.holder, made.policy))
    click.echo(demo.sign_in_help())

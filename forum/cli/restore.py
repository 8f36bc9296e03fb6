"""`flask restore`: bring a backup back, checked, with nobody signed in."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from forum import clock
from forum.backup import BackupFailed
from forum.backup.restoring import restore
from forum.web.parts import database, settings

FOLDER = click.Path(file_okay=False, exists=True, path_type=Path)


@click.command("restore")
@click.option("--from", "source", required=True, type=FOLDER, help="The folder that `flask backup` made.")
@click.option("--keys", "keys_from", type=FOLDER, help="The folder of the keys' own backup.")
@click.option("--replace", is_flag=True, help="Overwrite a database that is not empty.")
@with_appcontext
def command(source: Path, keys_from: Path | None, replace: bool) -> None:
    """Put a backup in place of the database that the settings name. Stop the site first.

    Everything is checked before anything is touched. Afterwards all sessions, invitations and unconfirmed
    second factors are ended, and the audit is verified.
    """
    database().dispose()
    try:
        done = restore(settings(), source=source, keys_from=keys_from, replace=replace, at=clock.now())
    except BackupFailed as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Restored the backup of {done.manifest.made_at}; its audit verifies.")
    click.echo(f"Ended: {done.sessions_ended} sessions, {done.invitations_ended} invitations.")
    click.echo("Pass-phrases changed and accounts closed since then are as they were before.")

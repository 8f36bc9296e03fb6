"""`flask backup`: the data into one new folder, the keys, when asked, into another."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from forum import clock
from forum.backup import BackupFailed
from forum.backup.making import make
from forum.web.parts import database, keyring, settings

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("backup")
@click.option("--to", required=True, type=FOLDER, help="A new folder for the data.")
@click.option("--with-keys", type=FOLDER, help="A new folder, elsewhere, for the keys.")
@with_appcontext
def command(to: Path, with_keys: Path | None) -> None:
    """Copy the database into a folder, consistent and described. The site may go on working.

    The keys are copied only with --with-keys, and never beside the data: keep the two in different places.
    """
    try:
        made = make(
            database(), keyring(), keys_dir=settings().keys, to=to, with_keys=with_keys, at=clock.now()
        )
    except BackupFailed as error:
        raise click.ClickException(str(error)) from None
    rows = sum(made.facts.tables.values())
    click.echo(
        f"Backed up {rows} rows and {made.facts.audit_seq} audit events to {to} ({made.bytes:,} bytes)."
    )
    if with_keys is None:
        click.echo("The keys were not copied. Without them this backup cannot be restored: see --with-keys.")
    else:
        click.echo(f"The keys are in {with_keys}. Keep them away from the data.")

"""`flask serve`: migrate, seed a demo, and serve with waitress; says where, and who can sign in."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext
from waitress import serve as waitress

from forum import demo
from forum.cli.database import put_policy_into_force
from forum.config import Environment
from forum.db import migrate
from forum.judges import patient_judges
from forum.web.parts import parts
from forum.worker import start_embedded


@click.command("serve")
@click.option("--host", default=None, help="Instead of HAVEN_HOST.")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="Instead of HAVEN_PORT.")
@with_appcontext
def command(host: str | None, port: int | None) -> None:
    """Serve the site. In demo mode an empty database is filled with an invented community first."""
    made = parts()
    migrate(made.settings.url)
    put_policy_into_force(made)
    if made.settings.env is Environment.DEMO:
        with made.database.reading() as session:
            empty = demo.is_empty(session)
        if empty:
            click.echo("Filling the empty database with an invented community …")
            with made.database.transaction() as session:
                demo.fill(session, patient_judges(made.holder, made.policy))
        click.echo(demo.sign_in_help())
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # threads know no current app
    host, port = host or made.settings.host, port or made.settings.port
    if made.settings.embedded_worker:
        start_embedded(app)
    made.holder.start()
    click.echo(f"Haven is at http://{host}:{port}  (stop it with Ctrl-C)")
    waitress(app, host=host, port=port, threads=made.settings.threads, ident=None)

"""`flask serve`: migrate, seed a demo, and serve with waitress; says where, and who can sign in."""

from __future__ import annotations

from functools import partial

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from waitress import serve as waitress

from forum import demo
from forum.cli import processes as several
from forum.cli.database import put_policy_into_force
from forum.config import Environment
from forum.db import migrate
from forum.judges import patient_judges
from forum.web.parts import KEY, Parts, parts
from forum.worker import start_embedded
from moderation.detectors.holder import HEAD_START_SECONDS


@click.command("serve")
@click.option("--host", default=None, help="Instead of HAVEN_HOST.")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="Instead of HAVEN_PORT.")
@click.option("--processes", type=click.IntRange(1, 64), default=1, help="How many serve, sharing memory.")
@click.option("--take-place", type=click.IntRange(0, 63), default=None, hidden=True)
@click.option("--socket", "socket_number", type=int, default=0, hidden=True)
@click.option("--watched-by", type=click.IntRange(1), default=None, hidden=True)
@with_appcontext
def command(
    host: str | None,
    port: int | None,
    processes: int,
    take_place: int | None,
    socket_number: int,
    watched_by: int | None,
) -> None:
    """Serve the site. In demo mode an empty database is filled with an invented community first."""
    made = parts()
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # threads know no current app
    if take_place is not None and watched_by is not None:  # the watcher's words, in place of one that ended
        several.end_with(watched_by)
        _serve(app, take_place, sockets=[several.inherited(socket_number)])
        return
    if processes > 1 and not several.can_fork():
        raise click.ClickException("This system cannot fork, so only one process can serve.")
    migrate(made.settings.url)
    put_policy_into_force(made)
    if made.settings.env is Environment.DEMO:
        _fill_if_empty(made, alone=processes == 1)
        click.echo(demo.sign_in_help())
    host, port = host or made.settings.host, port or made.settings.port
    click.echo(f"Haven is at http://{host}:{port}  (stop it with Ctrl-C)")
    if processes == 1:
        _serve(app, 0, host=host, port=port)
        return
    if made.settings.rate_limit_storage == "memory://":
        click.echo(
            "Rate limits are counted by each process. Set HAVEN_RATE_LIMIT_STORAGE to count them together."
        )
    shared = several.listening(host, port)
    made.database.dispose()  # no connection may be shared
    several.run(processes, lambda number: _serve(app, number, sockets=[shared]), shared)


def _serve(app: Flask, number: int, **where: object) -> None:
    """One process: the first one also does the work after the request."""
    made: Parts = app.extensions[KEY]
    if made.settings.embedded_worker and number == 0:
        start_embedded(app)
    made.holder.start(after_seconds=HEAD_START_SECONDS)
    waitress(app, threads=made.settings.threads, ident=None, **where)


def _fill_if_empty(made: Parts, *, alone: bool) -> None:
    with made.database.reading() as session:
        empty = demo.is_empty(session)
    if not empty:
        return
    click.echo("Filling the empty database with an invented community …")
    fill = partial(_fill, made)
    if alone:
        fill()
        return
    made.database.dispose()  # no connection may be shared
    if not several.apart(fill):
        raise click.ClickException("The community could not be made.")


def _fill(made: Parts) -> None:
    with made.database.transaction() as session:
        demo.fill(session, patient_judges(made.holder, made.policy))

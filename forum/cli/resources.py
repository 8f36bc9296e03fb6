"""`flask resources …`: is what we say about helplines still true, and the copy that survives the app."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from forum import clock, signposts
from forum.config import ROOT
from forum.resources import Malformed
from forum.web.parts import settings

STATIC_COPY = ROOT / "static" / "help.html"

command = AppGroup("resources", help="Helplines and services: check them, build the static help page.")


@command.command("check")
def check() -> None:
    """Name every entry that is malformed or was last checked more than 90 days ago; then exit with 1."""
    try:
        countries = signposts.load()
    except Malformed as error:
        raise click.ClickException(str(error)) from None
    now = clock.now()
    due = signposts.due(now)
    for country, entry in due:
        shown = entry.shows_on(now.astimezone(country.zone).date())
        state = "still shown, with its date" if shown else "hidden until it is checked"
        click.echo(f"{entry.id}: last checked {entry.verified_on}, {state}. Source: {entry.source}")
    if due:
        raise click.ClickException(f"{len(due)} to check. Compare each with its source; move verified_on.")
    total = sum(len(country.resources) for country in countries.values())
    click.echo(f"{total} entries in {len(countries)} countries, all checked in the last 90 days.")


@command.command("build-help")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), default=STATIC_COPY)
def build_help(output: Path) -> None:
    """Write the help page that the web server can give out when the app is down."""
    output.write_text(static_help(), encoding="utf-8")
    click.echo(f"Wrote {output.name}.")


def static_help() -> str:
    """The page as text. Only data and settings go into it, so it is the same on every day and machine."""
    places = [(place, signposts.always_on(code)) for code, place in signposts.load().items()]
    template = current_app.jinja_env.get_template("help/static.html")
    return template.render(places=places, leave_url=settings().leave_url).rstrip() + "\n"

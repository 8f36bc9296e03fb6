"""`flask seed …`: an invented community in an empty database, small for trying or large for measuring."""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext

from forum import clock, demo, passphrases
from forum.config import Environment
from forum.judges import patient_judges
from forum.loading.fill import fill as fill_large
from forum.loading.plan import BadSize, Size
from forum.web.parts import Parts, parts


@click.group("seed")
def command() -> None:
    """Fill an empty database."""


@command.command("demo")
@with_appcontext
def fill() -> None:
    """Fill an empty database with a small invented community and print who can sign in."""
    made = _for_an_empty_database()
    with made.database.transaction() as session:
        demo.fill(session, patient_judges(made.holder, made.policy))
    click.echo(demo.sign_in_help())


@command.command("load")
@click.option("--members", type=click.IntRange(min=2), default=2_000, show_default=True)
@click.option("--groups", type=click.IntRange(min=1), default=120, show_default=True)
@click.option("--threads", type=click.IntRange(min=1), default=8_000, show_default=True)
@click.option("--posts", type=click.IntRange(min=1), default=200_000, show_default=True)
@click.option("--long-thread", type=click.IntRange(min=0), default=0, help="Posts in one thread of its own.")
@click.option("--days", type=click.IntRange(1, 3_650), default=365, show_default=True, help="How far back.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed, the same community.")
@with_appcontext
def load(members: int, groups: int, threads: int, posts: int, long_thread: int, days: int, seed: int) -> None:
    """Fill an empty database with a large invented community, for measuring."""
    made = _for_an_empty_database()
    size = Size(members, groups, threads, posts, long_thread, days, seed)
    try:
        with click.progressbar(length=posts, label="Posts", file=sys.stderr) as bar:
            fill_large(
                made.database,
                size,
                policy=made.policy,
                password_hash=passphrases.hashed(demo.PASS_PHRASE),
                now=clock.now(),
                progress=bar.update,
            )
    except BadSize as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(
        f"Made {members} members, {groups} groups, {threads} threads and {posts} posts.\n"
        f"Sign in as demo-member, demo-moderator, demo-auditor or demo-admin with: {demo.PASS_PHRASE}"
    )


def _for_an_empty_database() -> Parts:
    """The parts, where making people up does no harm."""
    made = parts()
    if made.settings.env is Environment.PRODUCTION:
        raise click.ClickException(
            "Demo accounts are for trying only. HAVEN_ENV is production, so nothing was made."
        )
    with made.database.reading() as session:
        empty = demo.is_empty(session)
    if not empty:
        raise click.ClickException("The database holds accounts already, so nothing was made.")
    return made

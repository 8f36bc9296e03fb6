"""`flask worker`: the work after the request, as a process of its own."""

from __future__ import annotations

import signal
import threading

import click
from flask.cli import with_appcontext

from forum import worker
from forum.web.parts import parts


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due, keep the record, and end.")
@with_appcontext
def command(once: bool) -> None:
    """Do promised work and keep the hourly record until stopped."""
    made = parts()
    made.holder.start()
    if once:
        done = worker.work_once(made)
        worker.keep_record(made)
        click.echo(f"Done: {done} jobs.")
        return
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_ignored: stop.set())
    click.echo("The worker is running. Stop it with Ctrl-C.")
    worker.run(made, stop)

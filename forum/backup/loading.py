"""Load a data file into its place, so that a failure on the way leaves what was there before."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from forum.backup import BackupFailed, postgres
from forum.backup.snapshot import as_one_file

Settle = Callable[[str], None]
"""Gets the address of what was loaded; checks it, brings it up to date, ends what is stale."""

STILL_RUNNING = "The site is still running: stop it, then try again."
PATIENCE = 3
"""Seconds to wait for somebody's open transaction."""


def load_sqlite(url: str, file: Path, settle: Settle) -> None:
    """Prepare everything in a file beside the old one, and swap them last."""
    target = Path(url.removeprefix("sqlite:///"))
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.restoring")
    _remove(beside)  # left by one that was killed
    try:
        try:
            shutil.copyfile(file, beside)
        except OSError as error:
            raise BackupFailed(f"The backup could not be copied: {error.strerror or error}.") from error
        beside.chmod(0o600)
        settle(f"sqlite:///{beside}")
        as_one_file(f"sqlite:///{beside}")
        if target.exists():
            try:
                as_one_file(url)
            except sqlite3.OperationalError as error:
                raise BackupFailed(STILL_RUNNING) from error
        beside.replace(target)
    finally:
        _remove(beside)


def _remove(database: Path) -> None:
    """A SQLite file and what lies beside it."""
    for leftover in database.parent.glob(f"{database.name}*"):
        leftover.unlink()


def load_postgres(url: str, file: Path, settle: Settle, *, last: Sequence[str]) -> None:
    """Replace the whole schema in one transaction of psql, the statements in `last` at its end.

    What stands there afterwards is all of the backup, or all of what was there before.
    """
    fresh = f"SET lock_timeout = '{PATIENCE}s'; DROP SCHEMA public CASCADE; CREATE SCHEMA public"
    with tempfile.TemporaryDirectory(prefix="haven-restore-") as folder:
        script = Path(folder) / "restore.sql"
        postgres.run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(file), url=url)
        once = ("--single-transaction", "--set=ON_ERROR_STOP=1", "--no-psqlrc", "--quiet")
        try:
            ending = [f"--command={statement}" for statement in last]
            postgres.run("psql", *once, f"--command={fresh}", f"--file={script}", *ending, url=url)
        except BackupFailed as error:
            if "lock timeout" in str(error):
                raise BackupFailed(STILL_RUNNING) from error
            raise
    settle(url)

"""Load a data file into its place, so that a failure on the way leaves what was there before."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from forum.backup import BackupFailed, postgres
from forum.backup.snapshot import as_one_file

Settle = Callable[[str], None]
"""Gets the address of what was loaded; checks it, brings it up to date, ends what is stale."""

STILL_RUNNING = "The site is still running: stop it, then try again."
NAME = re.compile(r"[a-z_][a-z0-9_]*")
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


def load_postgres(
    url: str, file: Path, settle: Settle, *, counts: dict[str, int], last: Sequence[str]
) -> None:
    """Replace the whole schema in one transaction, in which `counts` must hold and `last` comes last.

    What stands there afterwards is all of the backup, or all of what was there before.
    """
    fresh = f"SET lock_timeout = '{PATIENCE}s'; DROP SCHEMA public CASCADE; CREATE SCHEMA public"
    ending = [*(_must_be(table, rows) for table, rows in counts.items()), *last]
    once = ("--single-transaction", "--set=ON_ERROR_STOP=1", "--no-psqlrc", "--quiet")
    steps = [f"--command={fresh}", "--file=-", *(f"--command={statement}" for statement in ending)]
    try:
        postgres.pour(file, *once, *steps, url=url)
    except BackupFailed as error:
        if "lock timeout" in str(error):
            raise BackupFailed(STILL_RUNNING) from error
        raise
    settle(url)


def _must_be(table: str, rows: int) -> str:
    """A statement that fails unless a table has so many rows."""
    if not NAME.fullmatch(table):
        raise BackupFailed(f"The manifest names a table that cannot be: {table!r}.")
    return f"""
        DO $check$ BEGIN
          IF (SELECT count(*) FROM public.{table}) <> {int(rows)} THEN
            RAISE EXCEPTION 'what was loaded is not what the manifest counts: {table}';
          END IF;
        END $check$
    """  # noqa: S608  (the name is checked above)

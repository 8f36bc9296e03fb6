"""Make a backup: whole and described, or not there at all."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from forum.backup import BackupFailed, keys, manifest
from forum.backup.manifest import Manifest
from forum.backup.snapshot import take
from forum.db import Database
from moderation import audit
from moderation.keys import Keyring
from moderation.verbs import Verb


def make(
    database: Database, keyring: Keyring, *, keys_dir: Path, to: Path, with_keys: Path | None, at: datetime
) -> Manifest:
    """Write the data to the new folder `to` and, when asked, the keys to another. Raises `BackupFailed`.

    The folder gets its name last, so a backup that was interrupted never looks like one.
    """
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise BackupFailed(f"{to} is there already. Name a new folder.")
    if with_keys is not None:
        keys.require_apart(to, with_keys)
    scratch = to.with_name(f".{to.name}.making")
    shutil.rmtree(scratch, ignore_errors=True)  # left by one that was killed
    try:
        with _in_plain_words():
            scratch.mkdir(parents=True, mode=0o700)
            made = _fill(database, keyring, scratch, at)
            if with_keys is not None:
                keys.copy_out(keys_dir, with_keys)
            if to.exists():
                to.rmdir()
            scratch.rename(to)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    with database.transaction() as session:
        audit.append(session, Verb.BACKUP_MADE, actor=audit.COMMAND, at=at, with_keys=with_keys is not None)
    return made


def _fill(database: Database, keyring: Keyring, folder: Path, at: datetime) -> Manifest:
    file, facts = take(database, folder)
    file.chmod(0o600)
    with file.open("rb") as handle:
        os.fsync(handle.fileno())
    dialect = database.engine.dialect.name
    made = manifest.describe(file, made_at=at, dialect=dialect, key_id=keyring.key_id, facts=facts)
    manifest.write(folder, made)
    return made


@contextmanager
def _in_plain_words() -> Iterator[None]:
    """Turn what the machine says into a sentence that says what to do."""
    try:
        yield
    except OSError as error:
        raise BackupFailed(f"The backup could not be written: {error.strerror or error}.") from error
    except (DatabaseError, sqlite3.DatabaseError) as error:
        raise BackupFailed(_reason(error)) from error


def _reason(error: DatabaseError | sqlite3.DatabaseError) -> str:
    cause = error.orig if isinstance(error, DatabaseError) else error
    said = str(cause).splitlines()[0] if str(cause) else "it said nothing"
    if "no such table" in said or "does not exist" in said:
        return "There is nothing to back up yet: the database has no tables. Run `flask db upgrade` first."
    if "disk is full" in said:
        return "The disk is full. Make room, or name a folder on another disk."
    return f"The database could not be read: {said}"

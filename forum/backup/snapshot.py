"""One consistent copy of the database in one file, with the facts of that same moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, func, inspect, select, table, text

from forum.backup import BackupFailed, postgres
from forum.backup.manifest import Facts
from forum.db import Database
from moderation.models import AuditEvent
from moderation.proof.canonical import GENESIS

FILE = {"sqlite": "haven.db", "postgresql": "haven.pgdump"}


def take(database: Database, folder: Path) -> tuple[Path, Facts]:
    """Copy the database into `folder`. The site may go on working meanwhile."""
    file = folder / FILE[database.engine.dialect.name]
    facts = _take_sqlite(database, file) if database.is_sqlite else _take_postgres(database, file)
    return file, facts


def _take_sqlite(database: Database, file: Path) -> Facts:
    """VACUUM INTO writes only what is alive: erased words that still lie in free pages do not come along."""
    with opened(database.url) as connection:
        connection.execute("VACUUM INTO ?", (str(file),))
    with opened(f"sqlite:///{file}") as connection:
        if (state := connection.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            raise BackupFailed(f"The database is damaged; restore the last good backup. SQLite says: {state}")
    copy = Database(f"sqlite:///{file}")
    try:
        with copy.engine.connect() as looking:
            found = facts(looking)
    finally:
        copy.dispose()
    as_one_file(copy.url)
    return found


@contextmanager
def opened(url: str) -> Iterator[sqlite3.Connection]:
    """SQLite without SQLAlchemy, which would begin a transaction where none may be."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=1, isolation_level=None)) as found:
        yield found


def as_one_file(url: str) -> None:
    """Fold the log into the database. SQLite allows it only to the one program that has the file open."""
    with opened(url) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _take_postgres(database: Database, file: Path) -> Facts:
    """pg_dump looks through the very snapshot in which the facts are counted."""
    with database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        found = facts(connection)
        options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}")
        postgres.run("pg_dump", *options, f"--file={file}", url=database.url)
    return found


def facts(connection: Connection) -> Facts:
    """Rows per table, the schema's revision and how the audit ends."""
    names = sorted(name for name in inspect(connection).get_table_names() if name != "alembic_version")
    counts = {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}
    newest = select(AuditEvent.seq, AuditEvent.hash).order_by(AuditEvent.seq.desc()).limit(1)
    last = connection.execute(newest).first()
    return Facts(
        schema=connection.scalar(text("SELECT version_num FROM alembic_version")) or "",
        tables=counts,
        audit_seq=last.seq if last else 0,
        audit_head=last.hash if last else GENESIS,
    )

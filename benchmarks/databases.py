"""Where the communities stand: files for SQLite, a private server for PostgreSQL that writes to the disk as usual."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import postgres

HONEST = {
    "listen_addresses": "",
    "max_connections": "50",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
}
"""Unlike the tests' server, this one keeps what it was told before it answers."""


@contextmanager
def sqlite(_folder: Path) -> Iterator[str]:
    """Empty: each instance has a file of its own."""
    yield ""


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The address of an empty database."""
    found = postgres.programs()
    assert found is not None
    place = folder / "server"
    postgres.prepare_folder(folder)
    postgres.prepare_folder(place)
    server = postgres.Cluster(place, found, HONEST)
    server.start_once()
    try:
        server.run("CREATE DATABASE haven")
        yield server.url("haven")
    finally:
        server.stop()


def why_not_postgresql() -> str | None:
    """What is missing, or None."""
    return None if postgres.programs() else "PostgreSQL is not measured: its programs are not installed here."

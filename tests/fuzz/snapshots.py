"""The world as it was built, put back after inputs have changed it."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import make_url

from forum.db import Database
from tests.support.postgres import Cluster


class Snapshot:
    """`cluster` is the server of a database on PostgreSQL, None for SQLite."""

    def __init__(self, database: Database, cluster: Cluster | None) -> None:
        self.database = database
        self.cluster = cluster
        self._path = Path(database.url.removeprefix("sqlite:///"))
        self._copy = self._path.with_name(f"{self._path.name}-as-built")
        self._name = make_url(database.url).database or ""

    def take(self) -> None:
        """Keep the world as it is now. Nobody may be writing."""
        if self.cluster is not None:
            self._remake(f"{self._name}_as_built", self._name)
            return
        with self.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        self.database.dispose()
        shutil.copyfile(self._path, self._copy)

    def restore(self) -> None:
        """Forget everything since. Sessions and ids are those of the snapshot again."""
        if self.cluster is not None:
            self._remake(self._name, f"{self._name}_as_built")
            return
        self.database.dispose()
        for leftover in ("-wal", "-shm"):
            self._path.with_name(self._path.name + leftover).unlink(missing_ok=True)
        shutil.copyfile(self._copy, self._path)

    def close(self) -> None:
        """Remove the copy; the database itself belongs to the test."""
        if self.cluster is None:
            self._copy.unlink(missing_ok=True)
        else:
            self.cluster.run(f"DROP DATABASE IF EXISTS {self._name}_as_built WITH (FORCE)")

    def holds(self, word: str) -> bool:
        """Whether a word stands anywhere in the database's files (SQLite)."""
        wal = self._path.with_name(f"{self._path.name}-wal")
        return any(word.encode() in path.read_bytes() for path in (self._path, wal) if path.exists())

    def _remake(self, name: str, template: str) -> None:
        assert self.cluster is not None
        self.database.dispose()
        self.cluster.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.cluster.run(f"CREATE DATABASE {name} TEMPLATE {template}")

"""An empty, migrated database for each test, cheaply: migrated once, then copied.

Addresses are used again, one test after another, so that an engine can keep the statements it has compiled.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forum.db import migrate
from tests.support.postgres import Cluster

_numbers = itertools.count(1)


class Names:
    """Names nobody else uses, handed out again when they come back."""

    def __init__(self) -> None:
        self.free: list[str] = []

    @contextmanager
    def one(self) -> Iterator[str]:
        name = self.free.pop() if self.free else f"test_{os.getpid()}_{next(_numbers)}"
        yield name
        self.free.append(name)


class SqliteCopies:
    """One migrated file, copied for each test. It stands in memory where the machine offers that."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = folder / f"template-{os.getpid()}.db"
        self.names = Names()

    @contextmanager
    def fresh(self) -> Iterator[str]:
        if not self.template.exists():
            migrate(f"sqlite:///{self.template}")
        with self.names.one() as name:
            path = self.folder / f"{name}.db"
            shutil.copyfile(self.template, path)
            try:
                yield f"sqlite:///{path}"
            finally:
                for leftover in self.folder.glob(f"{path.name}*"):
                    leftover.unlink()


class PostgresCopies:
    """One migrated template in the private server, copied for each test."""

    TEMPLATE = "haven_template"

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.ready = False
        self.names = Names()

    @contextmanager
    def fresh(self) -> Iterator[str]:
        self._make_template_once()
        with self.names.one() as name:
            self.cluster.run(f"CREATE DATABASE {name} TEMPLATE {self.TEMPLATE}")
            try:
                yield self.cluster.url(name)
            finally:
                self.cluster.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _make_template_once(self) -> None:
        if self.ready:
            return
        self.cluster.start_once()
        with self.cluster.lock():
            if not self.cluster.exists(self.TEMPLATE):
                self.cluster.run(f"CREATE DATABASE {self.TEMPLATE}_making")
                migrate(self.cluster.url(f"{self.TEMPLATE}_making"))
                self.cluster.run(f"ALTER DATABASE {self.TEMPLATE}_making RENAME TO {self.TEMPLATE}")
        self.ready = True

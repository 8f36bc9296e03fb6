"""Counting what a request asks of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from forum.db import Database

WRITES = ("INSERT", "UPDATE", "DELETE")
FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


class Statements(list[str]):
    """The statements sent, without BEGIN and the like."""

    @property
    def writes(self) -> list[str]:
        return [one for one in self if one.lstrip().upper().startswith(WRITES)]


@contextmanager
def counted(database: Database) -> Iterator[Statements]:
    """Every statement that the site sends while the block runs."""
    seen = Statements()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(FRAME):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)

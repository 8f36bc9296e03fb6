"""A database that fails at one exact statement, and what it holds, to see whether anything was left behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from forum.db import Database
from moderation.db import Base

CHANGES = ("INSERT", "UPDATE", "DELETE")


class Fault(Exception):
    """What a driver says."""


@dataclass
class Hit:
    """Whether the statement that was to fail was reached."""

    reached: bool = False


@contextmanager
def failing(database: Database, number: int, says: str) -> Iterator[Hit]:
    """The `number`th change fails, counted from 1; a commit is one too. Reading goes on."""
    hit, seen = Hit(), 0

    def one_more() -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            hit.reached = True
            raise OperationalError("a statement", None, Fault(says))

    def before(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.lstrip().upper().startswith(CHANGES):
            one_more()

    def commit(_connection: Any) -> None:
        if seen:  # nothing was changed: what only read may end
            one_more()

    event.listen(database.engine, "before_cursor_execute", before)
    event.listen(database.engine, "commit", commit)
    try:
        yield hit
    finally:
        event.remove(database.engine, "before_cursor_execute", before)
        event.remove(database.engine, "commit", commit)


def everything(database: Database) -> dict[str, list[str]]:
    """All rows of all tables."""
    with database.reading() as session:
        return {
            table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }

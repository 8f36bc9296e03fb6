"""How many statements a page costs, and whether it writes: what the pages may cost is counted here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from forum.db import Database

WRITES = ("INSERT", "UPDATE", "DELETE")
AROUND = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


@dataclass
class Statements:
    """What was sent to the database, in order; the frame of a transaction is left out."""

    sent: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.sent)

    def __iter__(self) -> Iterator[str]:
        return iter(self.sent)

    @property
    def count(self) -> int:
        return len(self.sent)

    @property
    def writes(self) -> list[str]:
        return [one for one in self.sent if one.lstrip().upper().startswith(WRITES)]


@contextmanager
def counted(database: Database) -> Iterator[Statements]:
    """Every statement that is sent while the block runs, from any session."""
    found = Statements()

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.lstrip().upper().startswith(AROUND):
            found.sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", note)

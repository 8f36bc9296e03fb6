"""How many statements a page costs the database, and whether it wrote."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from forum.db import Database

FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")
WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass
class Statements:
    """What was sent, in order, without the frame of transactions."""

    sent: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.sent)

    @property
    def writes(self) -> list[str]:
        return [one for one in self.sent if one.lstrip().upper().startswith(WRITES)]


@contextmanager
def counting(database: Database) -> Iterator[Statements]:
    """Everything that goes to the database inside the block, from any session."""
    found = Statements()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(FRAME):
            found.sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", note)

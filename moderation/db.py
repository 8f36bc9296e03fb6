"""The one declarative base, and the column types that every table shares."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    String,
    literal_column,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine

T = TypeVar("T", bound=StrEnum)

FOR_CHANGE: dict[str, Any] = {"key_share": True}
"""How a row is locked before it is changed: FOR NO KEY UPDATE on PostgreSQL.

A plain FOR UPDATE also stops every insert that refers to the row: a reply would wait for the post it answers
while that post's edit waits for the reply's thread, and neither would ever end.
"""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables of Haven, so that one migration and one metadata describe the database."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment. SQLite keeps no zone, so it is put back on the way out.

    Raises ValueError for a naive datetime: a time without a zone is a mistake that shows months later.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time must carry its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """The same in one step for SQLite: a page reads some sixty moments."""
        return _utc_from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _utc_from_text(stored: str | None) -> datetime | None:
    try:
        return None if stored is None else datetime.fromisoformat(stored + "+00:00")
    except TypeError:
        raise ValueError("a stored time is not a text") from None


class _Known(dict[str | None, StrEnum | None]):
    """Each stored value of an enum and its member; looking up anything else raises ValueError."""

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__({member.value: member for member in kind})
        self[None] = None
        self._kind = kind

    def __missing__(self, value: str | None) -> StrEnum:
        return self._kind(str(value))


class Code(TypeDecorator[T]):
    """A StrEnum stored by value. An unknown value in the database raises ValueError: better than a guess."""

    impl = String(40)
    cache_ok = True

    def __init__(self, kind: type[T]) -> None:
        super().__init__(40)
        self.kind = kind

    def process_bind_param(self, value: T | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> T | None:
        return None if value is None else self.kind(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """The same by a look into a table: a page reads some hundred codes."""
        return _Known(self.kind).__getitem__


def constant(code: StrEnum) -> ColumnElement[Any]:
    """A code that stands in the statement itself, for conditions that an index has too (`state <> 'left'`).

    With a parameter there, SQLite plans the whole statement anew each time it runs: a tenth of a millisecond.
    """
    return literal_column(f"'{code.value}'")


Id: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit key; SQLite numbers rows by itself only for a column typed INTEGER."""

Json: TypeEngine[Any] = JSON().with_variant(JSONB(), "postgresql")

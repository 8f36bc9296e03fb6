"""The one declarative base, and the column types that every table shares."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, String
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


Id: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit key; SQLite numbers rows by itself only for a column typed INTEGER."""

Json: TypeEngine[Any] = JSON().with_variant(JSONB(), "postgresql")

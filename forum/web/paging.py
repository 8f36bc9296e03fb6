"""Keyset pages: where to go on from, as an opaque but readable cursor in the query string."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `newer` and `older` are cursors, or None at an end."""

    items: Sequence[T]
    newer: str | None = None
    older: str | None = None


def cursor(moment: datetime, id_: int) -> str:
    """A cursor for lists sorted by time, then id."""
    return f"{round(moment.astimezone(UTC).timestamp() * 1_000_000)}.{id_}"


def read_cursor(text: str | None) -> tuple[datetime, int] | None:
    """The moment and id of a cursor; None for an absent or broken one, which means the first page."""
    if not text:
        return None
    micro, _, id_ = text.partition(".")
    try:
        if len(text) > 40:
            return None
        return datetime.fromtimestamp(int(micro) / 1_000_000, tz=UTC), int(id_)
    except (ValueError, OverflowError, OSError):
        return None

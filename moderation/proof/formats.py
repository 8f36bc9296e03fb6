"""How an event stands in a file, as CSV and as JSON lines: one event a line, both ways, without loss."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from moderation.proof.canonical import COLUMNS, canonical

VERSION = 1
"""Of the export's form. A reader refuses a version that it does not know."""

TRAILER = "trailer"
_GUARDED = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
_NUMBERS = frozenset({"seq", "group_ref", "policy_version"})


class Unreadable(ValueError):
    """The line is neither an event nor a trailer."""


class Format(StrEnum):
    """The two forms of an export."""

    CSV = "csv"
    JSONL = "jsonl"

    @property
    def header(self) -> bytes:
        """What stands before the first event."""
        return csv_line(COLUMNS) if self is Format.CSV else b""

    def event_line(self, event: Mapping[str, Any]) -> bytes:
        """One event, its line end included."""
        if self is Format.JSONL:
            return canonical(event) + b"\n"
        return csv_line([_cell(event[name]) for name in COLUMNS])

    def trailer_line(self, trailer: Mapping[str, Any]) -> bytes:
        """The signed end of a file."""
        if self is Format.JSONL:
            return canonical({TRAILER: trailer}) + b"\n"
        return csv_line([TRAILER, canonical(trailer).decode("ascii"), *[""] * (len(COLUMNS) - 2)])

    def read(self, line: bytes) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        """The event or the trailer on a line, the other being None. Raises `Unreadable`."""
        try:
            return _read_json(line) if self is Format.JSONL else _read_csv(line)
        except (ValueError, csv.Error, RecursionError):
            raise Unreadable from None

    @classmethod
    def of(cls, start: bytes) -> Format:
        """The form of a file that starts like this."""
        return cls.JSONL if start.lstrip()[:1] == b"{" else cls.CSV


def csv_line(cells: Sequence[str]) -> bytes:
    """One row. A cell that a spreadsheet would take for a formula gets a `'` in front."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([guard(cell) for cell in cells])
    return line.getvalue().encode("utf-8")


def guard(cell: str) -> str:
    """The cell, harmless in a spreadsheet. A leading `'` is doubled, so that `unguard` is exact."""
    return f"'{cell}" if cell.startswith(_GUARDED) else cell


def unguard(cell: str) -> str:
    """What `guard` was given."""
    return cell.removeprefix("'")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return canonical(value).decode("ascii") if isinstance(value, dict) else str(value)


def _read_json(line: bytes) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    read = json.loads(line)
    if not isinstance(read, dict):
        raise ValueError
    if set(read) == {TRAILER}:
        return None, _mapping(read[TRAILER])
    return read, None


def _read_csv(line: bytes) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    csv.field_size_limit(2**24)
    (cells,) = list(csv.reader([line.decode("utf-8")], strict=True))
    cells = [unguard(cell) for cell in cells]
    if len(cells) != len(COLUMNS):
        raise ValueError
    if cells[0] == TRAILER:
        return None, _mapping(json.loads(cells[1]))
    return {name: _value(name, cell) for name, cell in zip(COLUMNS, cells, strict=True)}, None


def _value(name: str, cell: str) -> Any:
    if name == "fields":
        return _mapping(json.loads(cell))
    if not cell:
        return None
    return int(cell) if name in _NUMBERS else cell


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError
    return value

"""One way to write an event down, byte for byte, so that its hash is the same everywhere and for ever."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any

GENESIS = "0" * 64
"""What the first event names as the hash before it."""

COLUMNS = (
    "seq",
    "occurred_at",
    "verb",
    "actor",
    "actor_role",
    "actor_kind",
    "subject_kind",
    "subject_ref",
    "group_ref",
    "reason_code",
    "policy_version",
    "commitment",
    "fields",
    "prev_hash",
    "hash",
)
"""Every column of an event, in the order of the export. `hash` covers all the others."""

_LARGEST = 2**63 - 1


class NotCanonical(ValueError):
    """A value that has no single written form; the message says where."""


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, no spaces, ASCII only. No floats: they have more than one written form."""
    return json.dumps(
        plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    ).encode("ascii")


def plain(value: Any, where: str = "value") -> Any:
    """`value` as nothing but dict, list, str, int, bool and None, or `NotCanonical`."""
    match value:
        case None | bool():
            return value
        case str():
            return str(value.value) if isinstance(value, Enum) else value
        case int() if not isinstance(value, Enum):
            if abs(value) > _LARGEST:
                raise NotCanonical(f"{where} does not fit 64 bits")
            return value
        case datetime():
            return moment(value, where)
        case list() | tuple():
            return [plain(part, f"{where}[{at}]") for at, part in enumerate(value)]
        case Mapping():
            return {_key(name, where): plain(part, f"{where}.{name}") for name, part in value.items()}
    raise NotCanonical(f"{where} is a {type(value).__name__}; use text, whole numbers, true, false or null")


def _key(name: Any, where: str) -> str:
    if not isinstance(name, str):
        raise NotCanonical(f"{where} has a key that is not text")
    return str(name.value) if isinstance(name, Enum) else name


def moment(value: datetime, where: str = "time") -> str:
    """ISO 8601 in UTC with microseconds and `Z`: the same text from SQLite and from PostgreSQL."""
    if value.tzinfo is None:
        raise NotCanonical(f"{where} is a time without a zone")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def event_hash(event: Mapping[str, Any]) -> str:
    """SHA-256 over every column but `hash` itself, `prev_hash` included."""
    return hashlib.sha256(canonical({name: event[name] for name in COLUMNS if name != "hash"})).hexdigest()

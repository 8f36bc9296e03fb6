"""Why staff change a group or thread: reason codes as data, so that the words can be reviewed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "group_reasons.toml"


class Purpose(StrEnum):
    """What a reason is given for; the tables of the file."""

    CAPACITY = "capacity"
    INTAKE = "intake"
    FACILITATOR = "facilitator"
    DESCRIBE = "describe"
    ARCHIVE = "archive"
    UNLOCK = "unlock"


@dataclass(frozen=True, slots=True)
class Reason:
    """A code for the audit, and the words that staff read."""

    code: str
    words: str


class UnknownReason(Exception):
    """The reason is missing or not on the list. Every change of a group carries one."""


@cache
def _all() -> Mapping[Purpose, tuple[Reason, ...]]:
    tables = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        purpose: tuple(Reason(row["code"], row["words"]) for row in tables[purpose.value])
        for purpose in Purpose
    }


def reasons(purpose: Purpose) -> tuple[Reason, ...]:
    """The reasons to choose from, in the file's order."""
    return _all()[purpose]


def checked(purpose: Purpose, code: str) -> str:
    """`code`, or `UnknownReason`."""
    if code not in {reason.code for reason in reasons(purpose)}:
        raise UnknownReason(purpose.value)
    return code

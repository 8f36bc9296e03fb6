"""The gate before the audit: exactly the fields that a verb has, and nothing that could be words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from moderation.event_shapes import SHAPES
from moderation.proof.canonical import NotCanonical, plain
from moderation.verbs import Verb

_CODE = re.compile(r"[A-Za-z0-9_.:+/-]{1,64}\Z")
"""Ids, codes, hashes and times. No spaces and no `@`: a sentence, a name or an address does not fit."""

_LONG_CODE = re.compile(r"[A-Za-z0-9_.:+/@=-]{1,120}\Z")
_LONG_FIELDS = frozenset({"model", "engine", "normaliser"})
"""Names that a model's maker chose; they may be longer."""

_PERSON = re.compile(r"(?:staff|member)-[0-9a-f]{12}\Z")
_COMMITMENT = re.compile(r"[0-9a-f]{64}\Z")


class BadEvent(ValueError):
    """The event does not have the shape of its verb. A mistake in the code, not of a person."""


def checked_fields(verb: Verb, fields: Mapping[str, Any]) -> dict[str, Any]:
    """`fields` as plain values, or `BadEvent` naming the first thing that is wrong."""
    shape = SHAPES[verb].fields
    if unknown := sorted(set(fields) - set(shape)):
        raise BadEvent(f"{verb} has no field {unknown[0]!r}")
    if missing := sorted(set(shape) - set(fields)):
        raise BadEvent(f"{verb} needs the field {missing[0]!r}")
    try:
        values: dict[str, Any] = plain(fields, str(verb))
    except NotCanonical as error:
        raise BadEvent(str(error)) from None
    for name, value in values.items():
        _look_through(value, f"{verb}.{name}", _LONG_CODE if name in _LONG_FIELDS else _CODE)
        if name == "person" and not (isinstance(value, str) and _PERSON.match(value)):
            raise BadEvent(f"{verb}.person must come from audit.person(…)")
    return values


def checked_code(value: str | None, where: str, longest: int = 60) -> str | None:
    """A code for one of the common columns."""
    if value is not None and (not _CODE.match(value) or len(value) > longest):
        raise BadEvent(f"{where} is not a code of at most {longest} characters")
    return None if value is None else str(value)


def checked_commitment(value: str | None) -> str | None:
    """A keyed hash, as moderation.commitments makes it."""
    if value is not None and not _COMMITMENT.match(value):
        raise BadEvent("the commitment is not 64 hex digits")
    return value


def _look_through(value: Any, where: str, allowed: re.Pattern[str]) -> None:
    # The message names the place and never the value, which may be what must not be written down.
    match value:
        case str():
            if not allowed.match(value):
                raise BadEvent(f"{where} is not an id, a code or a time")
        case list():
            for part in value:
                _look_through(part, where, allowed)
        case dict():
            for name, part in value.items():
                _look_through(name, where, _CODE)
                _look_through(part, where, allowed)

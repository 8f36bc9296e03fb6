"""What was typed is never lost: the fields of a form that could not be accepted, ready to be shown again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flask import request

SECRET = ("password", "passphrase", "code", "csrf", "kept_")
WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("short", "Title"),
    "text": ("long", "Your words"),
    "note": ("short", "Your note"),
    "details": ("long", "Details"),
    "purpose": ("long", "Purpose"),
}
"""Fields that a person writes in, how long they are, and what they are called."""


class Kept(NamedTuple):
    """One field that was sent: `kind` is `long` or `short` for words to read and copy, `hidden` for the rest."""

    name: str
    label: str
    value: str
    kind: str


def kept_fields() -> list[Kept]:
    """The fields of this request's form, without secrets. Empty for a request without a form."""
    try:
        sent = request.form
    except Exception:  # a body that cannot be read has no words to keep
        return []
    return [
        Kept(name, label, value, kind)
        for name, value in sent.items(multi=True)
        for kind, label in [WORDS.get(name, ("hidden", name))]
        if not any(mark in name.lower() for mark in SECRET)
    ]


def has_words(fields: list[Kept]) -> bool:
    """Whether there is anything a person wrote among the fields."""
    return any(field.kind != "hidden" and field.value.strip() for field in fields)

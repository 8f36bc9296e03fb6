"""What was typed is never lost: the fields of a form that could not be accepted, ready to be shown again."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

SECRET = ("password", "passphrase", "code", "csrf", "kept_")
LABELS = {"title": "Title", "text": "Your words", "note": "Your note", "details": "Details", "reason": "Reason"}


@dataclass(frozen=True, slots=True)
class Kept:
    """One field that was sent: `kind` is `text` for words to read and copy, `hidden` for the rest."""

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
        Kept(name, LABELS.get(name, name.replace("_", " ")), value, "text" if name in LABELS else "hidden")
        for name, value in sent.items(multi=True)
        if not any(mark in name.lower() for mark in SECRET)
    ]


def has_words(fields: list[Kept]) -> bool:
    """Whether there is anything a person wrote among the fields."""
    return any(field.kind == "text" and field.value.strip() for field in fields)

"""What was typed is never lost: the fields of a form that could not be accepted, ready to be shown again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flask import request

from forum.web.next_page import own_path
from forum.web.typed import seen

CARRIED = "kept_"
"""The prefix of fields that travel through the sign-in form, so that they are not mistaken for its own."""
ACTION = CARRIED + "action"
SECRET = ("pass_phrase", "password", "recovery_code", "csrf_token", CARRIED)
SECRET_NAMES = frozenset({"code"})
MOST_CARRIED = 60
WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("short", "Title"),
    "text": ("long", "Your words"),
    "note": ("short", "Your note"),
    "details": ("long", "Details"),
    "answer": ("long", "Your answer"),
    "purpose": ("long", "Purpose"),
    "pseudonym": ("short", "The name others see"),
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
    except Exception:  # noqa: BLE001 - a body that cannot be read has no words to keep
        return []
    return [
        Kept(seen(name), label, seen(value), kind)
        for name, value in sent.items(multi=True)
        for kind, label in [WORDS.get(name, ("hidden", name))]
        if name not in SECRET_NAMES and not any(mark in name.lower() for mark in SECRET)
    ]


def has_words(fields: list[Kept]) -> bool:
    """Whether there is anything a person wrote among the fields."""
    return any(field.kind != "hidden" and field.value.strip() for field in fields)


class Resend(NamedTuple):
    """A form that can be sent again: where to, and what."""

    action: str
    fields: list[Kept]


def carried() -> Resend | None:
    """Words that came through the sign-in form, kept since the page that asked to sign in. None: there are none."""
    action = own_path(request.form.get(ACTION))
    if action is None:
        return None
    fields = [
        Kept(seen(plain), label, seen(value), kind)
        for name, value in list(request.form.items(multi=True))[:MOST_CARRIED]
        if name.startswith(CARRIED) and name != ACTION
        for plain in [name.removeprefix(CARRIED)]
        for kind, label in [WORDS.get(plain, ("hidden", plain))]
        if plain != "csrf_token"
    ]
    return Resend(action, fields)

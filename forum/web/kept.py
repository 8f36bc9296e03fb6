"""What was typed is never lost: the fields of a form that could not be accepted, ready to be shown again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    return _kept(
        (name, value)
        for name, value in sent.items(multi=True)
        if name not in SECRET_NAMES and not any(mark in name.lower() for mark in SECRET)
    )


def _kept(fields: Iterable[tuple[str, str]]) -> list[Kept]:
    """The fields with their labels. A second one of a name, which none of our forms sends, is not shown twice."""
    kept: list[Kept] = []
    met: set[str] = set()
    for name, value in fields:
        kind, label = WORDS.get(name, ("hidden", name))
        kept.append(Kept(seen(name), label, seen(value), "hidden" if name in met else kind))
        met.add(name)
    return kept


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
    sent = list(request.form.items(multi=True))[:MOST_CARRIED]
    fields = ((name.removeprefix(CARRIED), value) for name, value in sent if name.startswith(CARRIED))
    own = {ACTION.removeprefix(CARRIED), "csrf_token"}
    return Resend(action, _kept((name, value) for name, value in fields if name not in own))

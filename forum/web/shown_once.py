"""Secrets that one page shows one time: sealed in the cookie between the form and that page, then gone."""

from __future__ import annotations

import json

from flask import session

from forum.web.parts import keyring
from moderation.keys import CannotUnseal

_NAME = "shown_once"


def keep(kind: str, *values: str) -> None:
    """Carry `values` to the next page that asks for `kind`."""
    session[_NAME] = keyring().seal(json.dumps([kind, *values]).encode())


def take(kind: str) -> tuple[str, ...]:
    """What was kept for this page; nothing the second time, or for another page."""
    sealed = session.get(_NAME)
    if not isinstance(sealed, str):
        return ()
    try:
        found = json.loads(keyring().unseal(sealed))
    except (CannotUnseal, ValueError):
        session.pop(_NAME)
        return ()
    if found[0] != kind:
        return ()
    session.pop(_NAME)
    return tuple(found[1:])

"""What travels in the cookie from page to page. The cookie itself is signed, not secret, so these values are sealed."""

from __future__ import annotations

import json
from typing import Any

from flask import session

from forum.web.parts import keyring
from moderation.keys import CannotUnseal


def put(name: str, value: Any) -> None:
    """Keep a value made of texts, numbers and lists. It must be short: browsers drop a cookie over 4 KB."""
    session[name] = keyring().seal(json.dumps(value, ensure_ascii=False).encode())


def get(name: str) -> Any:
    """What was put there; None for nothing, and for what cannot be opened any more, which is dropped."""
    sealed = session.get(name)
    if isinstance(sealed, str):
        try:
            return json.loads(keyring().unseal(sealed))
        except (CannotUnseal, ValueError):
            pass
    drop(name)
    return None


def drop(name: str) -> None:
    """Keep it no longer."""
    session.pop(name, None)

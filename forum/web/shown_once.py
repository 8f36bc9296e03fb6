"""Secrets that one page shows one time: sealed in the cookie between the form and that page, then gone."""

from __future__ import annotations

from forum.web import sealed

_NAME = "shown_once"


def keep(kind: str, *values: str) -> None:
    """Carry `values` to the next page that asks for `kind`."""
    sealed.put(_NAME, [kind, *values])


def take(kind: str) -> tuple[str, ...]:
    """What was kept for this page; nothing the second time, or for another page."""
    found = sealed.get(_NAME)
    if not found or found[0] != kind:
        return ()
    sealed.drop(_NAME)
    return tuple(found[1:])

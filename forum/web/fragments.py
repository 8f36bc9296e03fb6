"""Parts of pages that are the same for everybody who reads in one language: rendered once, kept by each process."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from flask import Flask, current_app, request
from markupsafe import Markup

from forum.web.words import language

T = TypeVar("T")
KEPT = "haven_fragments"
MOST = 1_000
"""Countries times languages is far less; more than this is a mistake, and then nothing more is kept."""


def install(app: Flask) -> None:
    """Let templates say `fragment(…)`."""
    app.extensions[KEPT] = {}
    app.jinja_env.globals["fragment"] = fragment


def fragment(template: str, **given: Hashable) -> Markup:
    """A template's text, made once for each language and what it is given; it knows of nothing else.

    So nothing in it is about one reader: no token, no name of theirs, no count.
    """
    return kept(
        (template, *given.items()),
        lambda: Markup(current_app.jinja_env.get_template(template).render(**given)),  # noqa: S704 - it escapes
    )


def kept(follows_from: tuple[Hashable, ...], make: Callable[[], T]) -> T:
    """What `make` gives, made once for each language and each `follows_from`. Nobody may change it afterwards."""
    known: dict[Hashable, T] = current_app.extensions[KEPT]
    key = (*follows_from, language(), request.script_root)
    found = known.get(key)
    if found is None:
        found = make()
        if len(known) < MOST:
            known[key] = found
    return found

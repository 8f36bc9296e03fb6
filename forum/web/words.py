"""The site's own words on a page, in the reader's language. A page asks for some thirty of them, so this is short."""

from __future__ import annotations

from typing import Any

from flask import Flask, g
from flask_babel import get_locale, get_translations
from markupsafe import Markup


def install(app: Flask) -> None:
    """What templates call, as Flask-Babel installs it, but the language is looked up once a request."""
    app.jinja_env.globals.update({"_": gettext, "gettext": gettext, "ngettext": ngettext})


def language() -> str:
    """The reader's language, as in `<html lang>`."""
    if "language" not in g:
        g.language = str(get_locale() or "en")
    found: str = g.language
    return found


def gettext(words: str, **values: Any) -> Markup:
    """One sentence for a template; values are escaped."""
    return _filled(_translations().ugettext(words), values)


def ngettext(one: str, many: str, number: int, **values: Any) -> Markup:
    """The same for a number of things."""
    return _filled(_translations().ungettext(one, many, number), {"num": number, **values})


def _filled(words: str, values: dict[str, Any]) -> Markup:
    safe = Markup(words)  # noqa: S704 - our own words, from a template or a catalogue
    return safe % values if values or "%" in words else safe


def _translations() -> Any:
    if "translations" not in g:
        g.translations = get_translations()
    return g.translations

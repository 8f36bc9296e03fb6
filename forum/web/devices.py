"""A rough name for a browser, so that people recognise their own. The user agent itself is not kept."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""The first mark that is found names the browser; several claim to be Chrome and Safari too."""
TABLETS = ("iPad", "Tablet")
PHONES = ("iPhone", "Mobi", "Android")


def device() -> str:
    """Such as `Firefox on a phone`."""
    agent = request.headers.get("User-Agent", "")[:1000]
    browser = next((name for mark, name in BROWSERS if mark in agent), _("A browser"))
    if any(mark in agent for mark in TABLETS):
        return _("%(browser)s on a tablet", browser=browser)
    if any(mark in agent for mark in PHONES):
        return _("%(browser)s on a phone", browser=browser)
    return _("%(browser)s on a computer", browser=browser)

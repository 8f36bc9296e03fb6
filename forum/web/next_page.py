"""Where to go on to after a door: only pages of this site."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request, url_for


def own_path(given: str | None) -> str | None:
    """The path if it leads to this site, else None. Browsers read `\\` as `/` and skip control characters."""
    if not given or len(given) > 1000 or not given.startswith("/") or given.startswith("//"):
        return None
    if "\\" in given or any(ord(char) < 33 for char in given):
        return None
    parts = urlsplit(given)
    return None if parts.scheme or parts.netloc else given


def came_from() -> str | None:
    """The page of this site that sent the form, without its query; None where the browser does not say."""
    try:
        page = urlsplit(request.referrer or "")
    except ValueError:
        return None
    return page.path if page.netloc == request.host else None


def onward(given: str | None) -> str:
    """That page, or the first one."""
    return own_path(given) or url_for("home.index")

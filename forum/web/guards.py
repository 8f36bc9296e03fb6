"""Closed by default: a view that does not say who may use it is refused, and so is everyone it does not name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from flask import Flask, request

from forum.permissions import Action, Refused, role_may
from forum.web.identity import NotSignedIn
from forum.web.login import current_viewer

View = TypeVar("View", bound=Callable[..., Any])
MARK = "haven_action"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_PAGES = frozenset({"same-origin", "none"})


class Undeclared(Exception):
    """A view was reached that names no action. It is refused, and the log says which."""


class ForeignRequest(Exception):
    """The browser says that another site sent this form."""


def allows(action: Action) -> Callable[[View], View]:
    """Declare the one action that a view needs. Put it nearest to the function."""

    def mark(view: View) -> View:
        setattr(view, MARK, action)
        return view

    return mark


def declared(app: Flask, endpoint: str) -> Action | None:
    """The action that an endpoint's view declares, or None."""
    return getattr(app.view_functions.get(endpoint), MARK, None)


def from_elsewhere() -> bool:
    """Whether the browser says that another site sent this form."""
    return request.method not in SAFE and request.headers.get("Sec-Fetch-Site", "none") not in OWN_PAGES


def install(app: Flask) -> None:
    """Check every request before its view runs."""
    static: Callable[..., Any] = app.view_functions["static"]
    app.view_functions["static"] = allows(Action.VISIT)(partial(static))

    @app.before_request
    def check() -> None:
        if request.endpoint is None:
            return
        if from_elsewhere():
            raise ForeignRequest
        action = declared(app, request.endpoint)
        if action is None:
            raise Undeclared(request.endpoint)
        if role_may(action, None):
            return
        person = current_viewer()
        if person is None:
            raise NotSignedIn
        if not role_may(action, person.role):
            raise Refused(action)

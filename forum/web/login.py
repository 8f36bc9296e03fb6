"""Flask-Login, thinly: the cookie holds a random token, the session behind it is a row that can be revoked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from flask import Flask, g, session
from flask_login import LoginManager, current_user, login_user, logout_user

from forum import clock
from forum.queries.viewer import Viewer, viewer_by_token
from forum.web.parts import database

OF_THE_BROWSER = frozenset({"csrf_token"})
"""In the cookie whoever signs in, so that a form open in another tab can still be sent."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What Flask-Login carries: `get_id` is the session's token, never a member's id."""

    token: str
    viewer: Viewer | None = None
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        return self.token


def install(app: Flask) -> None:
    """No remember cookie, no session protection by address: sessions are ours to list and end."""
    manager = LoginManager()
    manager.session_protection = None
    manager.init_app(app, add_context_processor=False)

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(token: str) -> SignedIn | None:
        with database().reading() as session:
            viewer = viewer_by_token(session, token_hash(token), clock.now())
        return SignedIn(token, viewer) if viewer else None


def token_hash(token: str) -> str:
    """What is stored of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


def current_viewer() -> Viewer | None:
    """The signed-in person, or None."""
    if "viewer" not in g:
        g.viewer = current_user.viewer if current_user.is_authenticated else None
    found: Viewer | None = g.viewer
    return found


def ask_no_more() -> None:
    """For the page about a fault: whoever is not known yet stays unknown, since asking may be what failed."""
    g.setdefault("viewer", None)


def begin(token: str) -> None:
    """Put a new session's token in the cookie. What the cookie held for somebody before goes."""
    for name in set(session) - OF_THE_BROWSER:
        session.pop(name)
    _forget()
    login_user(SignedIn(token))
    _forget()
    g.pop("_login_user", None)


def refresh() -> None:
    """Look the person up again: this request has just changed them."""
    _forget()
    g.pop("_login_user", None)


def end() -> None:
    """Empty the cookie: the next person at this browser starts with nothing."""
    logout_user()
    session.clear()
    _forget()


def _forget() -> None:
    """Somebody else, or the same person changed, is asking from here on."""
    for name in ("viewer", "zone"):
        g.pop(name, None)

"""One's own account: signing in and out, and everything that is kept about how one signs in."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("account", __name__)

from forum.pages.account import closing, mine, second_factor, secrets, signing_in  # noqa: E402

__all__ = ["bp", "closing", "mine", "second_factor", "secrets", "signing_in"]

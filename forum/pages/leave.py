"""The way out: a plain link that works without a script, and a page that says what it cannot hide."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from forum.permissions import Action
from forum.web.guards import allows
from forum.web.parts import settings

bp = Blueprint("leave", __name__)


@bp.get("/leave")
@allows(Action.VISIT)
def index() -> ResponseReturnValue:
    """Go to a neutral page. Nobody is signed out and nothing is cleared: being quick matters more."""
    return redirect(settings().leave_url, code=303)


@bp.get("/leave/about")
@allows(Action.VISIT)
def about() -> ResponseReturnValue:
    return render_template("help/leaving.html")

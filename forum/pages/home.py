"""The first page: what this place is, for people without an account; the right room for everybody else."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.permissions import Action, role_may
from forum.web.guards import allows
from forum.web.login import current_viewer
from forum.web.parts import settings

bp = Blueprint("home", __name__)

ROOMS: tuple[tuple[Action, str], ...] = (
    (Action.SEE_QUEUE, "review.queue"),
    (Action.READ_AUDIT, "audit.index"),
    (Action.SEE_ADMIN, "admin.index"),
    (Action.BROWSE_GROUPS, "groups.index"),
)
"""Where a role begins: the first of these that it may enter."""


@bp.get("/")
@allows(Action.VISIT)
def index() -> ResponseReturnValue:
    """Welcome strangers; send everybody else to where they begin."""
    person = current_viewer()
    if person is not None:
        endpoint = next(room for action, room in ROOMS if role_may(action, person.role))
        return redirect(url_for(endpoint), code=303)
    chosen = settings()
    return render_template(
        "pages/home/welcome.html",
        minimum_age=chosen.minimum_age,
        by_invitation=chosen.sign_up == "invitation",
    )

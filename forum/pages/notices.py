"""What a member should know, in the site itself and nowhere else."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum import clock
from forum.actions import notices as actions
from forum.models import Role
from forum.permissions import Action
from forum.queries.notices import page_of_notices
from forum.queries.visibility import reader
from forum.queries.waiting_lists import own_turns
from forum.web.guards import allows
from forum.web.identity import viewer
from forum.web.numbers import read_id
from forum.web.parts import database, policy

bp = Blueprint("notices", __name__)


@bp.get("/notices")
@allows(Action.READ_NOTICES)
def index() -> ResponseReturnValue:
    """A place that is kept for the reader, then newest first; reading them changes nothing until the member says so."""
    asked = request.args.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    person, now = viewer(), clock.now()
    with database().reading() as session:
        found, more = page_of_notices(session, reader(person), policy=policy(), before=before, now=now)
        turns = own_turns(session, person.id, now) if person.role is Role.MEMBER and before is None else ()
    return render_template(
        "pages/notices/index.html",
        notices=found,
        more=more,
        first_page=before is None,
        offers=[one for one in turns if one.turn.offered],
    )


@bp.post("/notices/read")
@allows(Action.READ_NOTICES)
def mark_read() -> ResponseReturnValue:
    """Mark what was on the page, and all before it, as read."""
    up_to = read_id(request.form.get("up_to"))
    if up_to is not None:
        with database().transaction() as session:
            actions.mark_read(session, viewer().id, up_to=up_to, at=clock.now())
    return redirect(url_for(".index"), code=303)

"""A full group's waiting list for members: ask, change one's mind, take or decline the place that is kept."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock
from forum.actions import groups as places
from forum.actions import waiting as actions
from forum.actions.groups import NoOffer
from forum.actions.room import AlreadyMember
from forum.actions.waiting import NotWaiting
from forum.models import WaitingState
from forum.permissions import Action
from forum.queries import groups
from forum.queries.groups import GroupFacts
from forum.web.guards import allows
from forum.web.identity import actor
from forum.web.parts import database, policy

bp = Blueprint("waiting", __name__)


@bp.post("/g/<slug>/wait")
@allows(Action.JOIN_GROUP)
def ask(slug: str) -> ResponseReturnValue:
    """Go on the list. Pressing twice is harmless; where a place is free by now it is offered at once."""
    group = _group(slug)
    try:
        with database().transaction() as session:
            entry = actions.ask(session, actor=actor(), group_id=group.id, policy=policy(), at=clock.now())
    except AlreadyMember:
        flash(_("You are in this group already. Your place is yours."), "info")
        return redirect(url_for("groups.show", slug=slug), code=303)
    if entry.state is WaitingState.OFFERED:
        flash(_("A place has come free, and we keep it for you."), "done")
    else:
        flash(_("You are on the waiting list. We will tell you here when a place is free."), "done")
    return _back(slug)


@bp.post("/g/<slug>/wait/leave")
@allows(Action.JOIN_GROUP)
def leave(slug: str) -> ResponseReturnValue:
    """Go off the list."""
    group = _group(slug)
    try:
        with database().transaction() as session:
            actions.leave_list(session, actor=actor(), group_id=group.id, policy=policy(), at=clock.now())
    except NotWaiting:
        flash(_("You are not on that list. Nothing was changed."), "info")
    else:
        flash(_("You are off the list. You can ask again whenever you like."), "done")
    return _back(slug)


@bp.post("/g/<slug>/offer/take")
@allows(Action.JOIN_GROUP)
def take(slug: str) -> ResponseReturnValue:
    """Take the place that is kept."""
    group = _group(slug)
    try:
        with database().transaction() as session:
            places.take_offer(session, actor=actor(), group_id=group.id, policy=policy(), at=clock.now())
    except AlreadyMember:
        flash(_("You are in this group already. Your place is yours."), "info")
    except NoOffer:
        flash(
            _("That place is not kept for you any more. It is not about you, and you can ask again."), "info"
        )
        return _back(slug)
    else:
        flash(_("You have a place. Read first, or say hello when you feel like it."), "done")
    return redirect(url_for("groups.show", slug=slug), code=303)


@bp.post("/g/<slug>/offer/decline")
@allows(Action.JOIN_GROUP)
def decline(slug: str) -> ResponseReturnValue:
    """Say no; the next in line is asked."""
    group = _group(slug)
    try:
        with database().transaction() as session:
            actions.decline(session, actor=actor(), group_id=group.id, policy=policy(), at=clock.now())
    except NoOffer:
        flash(_("No place is kept for you there now. Nothing was changed."), "info")
    else:
        flash(_("Thank you for telling us. The place goes to the next person. You can ask again."), "done")
    return _back(slug)


def _back(slug: str) -> ResponseReturnValue:
    return redirect(url_for("groups.about", slug=slug), code=303)


def _group(slug: str) -> GroupFacts:
    with database().reading() as session:
        found = groups.by_slug(session, slug, clock.now())
    if found is None:
        abort(404)
    return found

"""Who holds a group: give it to a facilitator, take it back, note an absence."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock
from forum.actions import facilitators as actions
from forum.actions.facilitators import BadAbsence, NotAFacilitator
from forum.console import group_forms
from forum.console.admin import desk
from forum.console.group_forms import Change
from forum.console.groups import HERE, choices, group_page, typed
from forum.group_reasons import Purpose
from forum.permissions import Action
from forum.queries import groups
from forum.web.guards import allows
from forum.web.identity import actor, viewer
from forum.web.numbers import read_id
from forum.web.parts import database
from forum.web.times import reader_zone

bp = Blueprint("admin_facilitators", __name__, url_prefix="/admin/groups/<int:group_id>/facilitators")


@bp.post("")
@allows(Action.MANAGE_GROUPS)
def add(group_id: int) -> ResponseReturnValue:
    """Give the group to a facilitator."""
    form = Change()
    member_id, code = read_id(form.facilitator.data), form.facilitator_reason.data
    wrong = {
        "facilitator": None if member_id else _("Choose a facilitator."),
        "facilitator_reason": group_forms.reason_error(Purpose.FACILITATOR, code),
    }
    if member_id is None or any(wrong.values()):
        return group_page(group_id, wrong)
    try:
        with database().transaction() as session:
            actions.add(
                session,
                actor=actor(),
                group_id=group_id,
                member_id=member_id,
                reason=code or "",
                at=clock.now(),
            )
    except NotAFacilitator:
        return group_page(group_id, {"facilitator": _("Choose a facilitator from the list.")})
    return _done(group_id, _("The group has a facilitator."))


@bp.get("/<int:member_id>")
@allows(Action.MANAGE_GROUPS)
def show(group_id: int, member_id: int) -> ResponseReturnValue:
    """One facilitator of one group."""
    return _page(group_id, member_id)


@bp.post("/<int:member_id>/away")
@allows(Action.MANAGE_GROUPS)
def away(group_id: int, member_id: int) -> ResponseReturnValue:
    """Away until a day; while nobody else is there, the group is for reading only."""
    form = Change()
    until, code = group_forms.day(form.back_on.data, reader_zone()), form.away_reason.data
    wrong = {
        "back_on": None if until else _("Choose the day on which they are back."),
        "away_reason": group_forms.reason_error(Purpose.FACILITATOR, code),
    }
    if until is None or any(wrong.values()):
        return _page(group_id, member_id, wrong)
    try:
        with database().transaction() as session:
            actions.set_away(
                session,
                actor=actor(),
                group_id=group_id,
                member_id=member_id,
                until=until,
                reason=code or "",
                at=clock.now(),
            )
    except BadAbsence:
        return _page(group_id, member_id, {"back_on": _("Choose a day after today, and within a year.")})
    return _done(group_id, _("The absence is noted."))


@bp.post("/<int:member_id>/back")
@allows(Action.MANAGE_GROUPS)
def back(group_id: int, member_id: int) -> ResponseReturnValue:
    """Back earlier than noted."""
    with database().transaction() as session:
        actions.set_away(
            session,
            actor=actor(),
            group_id=group_id,
            member_id=member_id,
            until=None,
            reason="back",
            at=clock.now(),
        )
    return _done(group_id, _("The facilitator is back."))


@bp.post("/<int:member_id>/end")
@allows(Action.MANAGE_GROUPS)
def end(group_id: int, member_id: int) -> ResponseReturnValue:
    """The facilitator no longer holds the group."""
    code = Change().end_reason.data
    if error := group_forms.reason_error(Purpose.FACILITATOR, code):
        return _page(group_id, member_id, {"end_reason": error})
    with database().transaction() as session:
        actions.end(
            session, actor=actor(), group_id=group_id, member_id=member_id, reason=code or "", at=clock.now()
        )
    return _done(group_id, _("The facilitator no longer holds this group."))


def _page(
    group_id: int, member_id: int, errors: Mapping[str, str | None] | None = None
) -> ResponseReturnValue:
    with database().reading() as session:
        head = groups.head_by_id(session, group_id, viewer(), clock.now())
    holder = next((one for one in head.holders if one.id == member_id), None) if head else None
    if head is None or holder is None:
        abort(404)
    wrong = {name: said for name, said in (errors or {}).items() if said}
    page = render_template(
        "console/groups/facilitator.html",
        desk_items=desk(HERE),
        group=head.facts,
        holder=holder,
        reasons=choices(Purpose.FACILITATOR),
        typed=typed(),
        errors=wrong,
    )
    return page, 422 if wrong else 200


def _done(group_id: int, said: str) -> ResponseReturnValue:
    flash(said, "done")
    return redirect(url_for("admin_groups.show", group_id=group_id), code=303)

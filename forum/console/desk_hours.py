"""`/admin/hours`: when somebody is at the desk, what that means for the next days, and setting it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock
from forum.actions import desk_hours as actions
from forum.actions.desk_hours import HoursChanged
from forum.console import desk_hours_text as written
from forum.console.admin import bp, desk
from forum.console.desk_forms import HoursForm, day_names
from forum.permissions import Action
from forum.web.forms.places import timezones
from forum.web.guards import allows
from forum.web.identity import actor
from forum.web.parts import database, settings
from moderation import desk as staffed
from moderation.hours import Hours

DAYS_AHEAD = 8
SUGGESTED = "08:00-24:00"


@bp.get("/hours")
@allows(Action.MANAGE_DESK)
def hours() -> ResponseReturnValue:
    """The hours that rule, ready to be changed."""
    form = HoursForm(formdata=None)
    with database().reading() as session:
        standing = staffed.newest(session)
    if standing is not None:
        form.fill(staffed.hours_of(standing), standing.id)
    else:
        form.timezone.data = settings().timezone
    return _page(form, {})


@bp.post("/hours")
@allows(Action.MANAGE_DESK)
def set_hours() -> ResponseReturnValue:
    """Look at what was typed, or save it. What came in between is shown beside it, and nothing is lost."""
    form = HoursForm()
    typed, errors = form.hours()
    if typed is None:
        return _page(form, errors), 422
    if request.form.get("look"):
        return _page(form, {}, looked=typed)
    try:
        with database().transaction() as session:
            actions.set_hours(session, typed, was=form.version, actor=actor(), at=clock.now())
    except HoursChanged:
        return _page(form, {}, looked=typed, changed=True), 409
    flash(_("The hours are set. Members are told these times from now on."), "done")
    return redirect(url_for("admin.hours"), code=303)


def _page(
    form: HoursForm, errors: dict[str, str], *, looked: Hours | None = None, changed: bool = False
) -> str:
    now = clock.now()
    with database().reading() as session:
        standing = staffed.newest(session)
    rules = staffed.hours_of(standing)
    if changed and standing is not None:
        form.was.data = str(standing.id)
    return render_template(
        "console/admin/hours.html",
        form=form,
        days=list(day_names().items()),
        errors=errors,
        changed=changed,
        known=standing is not None,
        suggested=SUGGESTED,
        now=_preview(rules, now) if standing is not None else None,
        looked=_preview(looked, now) if looked is not None else None,
        timezones=timezones(),
        desk_items=desk("admin.hours"),
    )


def _preview(hours: Hours, at: datetime) -> dict[str, Any]:
    """Open or closed at this moment, and the next days, by the clock of the place."""
    zone = ZoneInfo(hours.timezone)
    today = at.astimezone(zone).date()
    differ = {day for day, _shifts in hours.exceptions}
    ahead = [today + timedelta(days=step) for step in range(DAYS_AHEAD)]
    closes = hours.closing(at)
    opens = hours.next_opening(at)
    return {
        "zone": hours.timezone.replace("_", " "),
        "open": opens == at,
        "closes": closes.astimezone(zone) if closes is not None else None,
        "opens": opens.astimezone(zone),
        "days": [(day, written.write_day(hours.shifts_on(day)), day in differ) for day in ahead],
    }

"""Staff: who they are, and making new accounts."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock
from forum.actions import staff as actions
from forum.actions.accounts import Names, PseudonymTaken, SignInNameTaken
from forum.console.admin import bp, desk
from forum.console.admin_forms import StaffForm, reason_choices, role_words
from forum.models.member import Role
from forum.permissions import Action
from forum.queries import accounts
from forum.web import shown_once
from forum.web.forms.places import countries, timezones
from forum.web.guards import allows
from forum.web.identity import actor
from forum.web.parts import database

FIRST = "first pass-phrase"


@bp.get("/staff")
@allows(Action.MANAGE_STAFF)
def staff() -> ResponseReturnValue:
    """Everybody on staff, without their private names."""
    with database().reading() as session:
        people = accounts.staff(session)
    return render_template(
        "console/admin/staff.html", people=people, roles=role_words(), desk_items=desk("admin.staff")
    )


@bp.route("/staff/new", methods=["GET", "POST"])
@allows(Action.MANAGE_STAFF)
def new_staff() -> ResponseReturnValue:
    """A new staff account; its first pass-phrase is shown once, to be handed over."""
    form = StaffForm()
    if request.method == "GET":
        form.prefill()
        return _page(form, {})
    if not form.validate():
        return _page(form, form.errors), 422
    try:
        with database().transaction() as session:
            member, first = actions.create(
                session,
                actor=actor(),
                called=Names(form.public_name, form.door_name),
                role=Role(form.role.data),
                place=form.place,
                reason=form.reason.data,
                at=clock.now(),
            )
    except SignInNameTaken:
        return _page(form, {"sign_in_name": [_("Somebody signs in by this name already.")]}), 422
    except PseudonymTaken:
        return _page(form, {"pseudonym": [_("Somebody has this name, or one that looks like it.")]}), 422
    shown_once.keep(FIRST, str(member.id), member.sign_in_name, first)
    return redirect(url_for("admin.made_staff", member_id=member.id), code=303)


@bp.get("/staff/<int(max=9223372036854775807):member_id>/made")
@allows(Action.MANAGE_STAFF)
def made_staff(member_id: int) -> ResponseReturnValue:
    """The first pass-phrase, once. Afterwards only the account."""
    made = shown_once.take(FIRST)
    if not made or made[0] != str(member_id):
        return redirect(url_for("admin.account", member_id=member_id), code=303)
    return render_template(
        "console/admin/made.html",
        member_id=member_id,
        sign_in_name=made[1],
        first=made[2],
        desk_items=desk("admin.staff"),
    )


def _page(form: StaffForm, errors: dict[str, list[str]]) -> str:
    return render_template(
        "console/admin/new_staff.html",
        form=form,
        errors=errors,
        roles=list(role_words().items()),
        reasons=reason_choices(),
        countries=countries(),
        timezones=timezones(),
        desk_items=desk("admin.staff"),
    )

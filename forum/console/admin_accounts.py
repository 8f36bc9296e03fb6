"""One account, staff or member: change its role, close it, take its second step off, read its private name.

Each of these carries a reason and is on record. The private name is shown on the answer to the form that asked
for it, and on no other page.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock
from forum.actions import staff as actions
from forum.console.admin import bp, desk
from forum.console.admin_forms import ReasonForm, RoleForm, reason_choices, role_words
from forum.models.member import Role
from forum.permissions import Action
from forum.queries import accounts
from forum.web import shown_once
from forum.web.guards import allows
from forum.web.identity import actor, viewer
from forum.web.parts import database
from forum.web.typed import seen

PRIVATE = "private name"
ONE = "/accounts/<int(max=9223372036854775807):member_id>"
Errors = dict[str, list[str]]


@bp.get("/accounts")
@allows(Action.MANAGE_STAFF)
def find() -> ResponseReturnValue:
    """Look an account up by its public name."""
    name = seen(request.args.get("name"))[:100]
    if not name.strip():
        return render_template("console/admin/find.html", name="", errors={}, desk_items=desk("admin.find"))
    with database().reading() as session:
        found = accounts.find_by_pseudonym(session, name)
    if found is not None:
        return redirect(url_for("admin.account", member_id=found.id), code=303)
    errors = {"name": _("Nobody has this public name now.")}
    return render_template("console/admin/find.html", name=name, errors=errors, desk_items=desk("admin.find"))


@bp.get(ONE)
@allows(Action.MANAGE_STAFF)
def account(member_id: int) -> ResponseReturnValue:
    """One account and what can be done with it."""
    return _page(member_id, {}, private=shown_once.take(f"{PRIVATE} {member_id}"))


@bp.post(ONE + "/role")
@allows(Action.MANAGE_STAFF)
def change_role(member_id: int) -> ResponseReturnValue:
    """Another role for somebody on staff."""
    form = RoleForm()
    if not form.validate():
        return _page(member_id, form.errors), 422
    return _act(
        member_id,
        actions.change_role,
        _("The role is changed. They have been signed out."),
        reason=form.reason.data,
        role=Role(form.role.data),
    )


@bp.post(ONE + "/close")
@allows(Action.MANAGE_STAFF)
def close(member_id: int) -> ResponseReturnValue:
    """Close an account."""
    form = ReasonForm()
    if not form.validate():
        return _page(member_id, form.errors), 422
    return _act(
        member_id,
        actions.close,
        _("The account is closed."),
        then=url_for("admin.staff"),
        reason=form.reason.data,
    )


@bp.post(ONE + "/reset-second-step")
@allows(Action.MANAGE_STAFF)
def reset_second_factor(member_id: int) -> ResponseReturnValue:
    """Take a second step off."""
    form = ReasonForm()
    if not form.validate():
        return _page(member_id, form.errors), 422
    return _act(
        member_id,
        actions.reset_second_factor,
        _("The second step is off. They have been signed out."),
        reason=form.reason.data,
    )


@bp.post(ONE + "/private-name")
@allows(Action.MANAGE_STAFF)
def private_name(member_id: int) -> ResponseReturnValue:
    """Read the private sign-in name. This reading goes into the log."""
    form = ReasonForm()
    if not form.validate():
        return _page(member_id, form.errors), 422
    with database().transaction() as session:
        name = actions.read_sign_in_name(
            session, actor=actor(), member_id=member_id, reason=form.reason.data, at=clock.now()
        )
    shown_once.keep(f"{PRIVATE} {member_id}", name)
    return redirect(url_for("admin.account", member_id=member_id), code=303)


def _act(
    member_id: int, change: Callable[..., None], done: str, *, then: str | None = None, **values: object
) -> ResponseReturnValue:
    try:
        with database().transaction() as session:
            change(session, actor=actor(), member_id=member_id, at=clock.now(), **values)
    except actions.LastAdmin:
        return _page(member_id, {"reason": [_("This is the last admin. Make another one first.")]}), 409
    except actions.OwnAccount:
        return _page(member_id, {"reason": [_("Please ask another admin to change your own account.")]}), 409
    except actions.NotStaff:
        words = _("Members' accounts and staff accounts stay apart. Make a new staff account instead.")
        return _page(member_id, {"reason": [words]}), 409
    except actions.NoSecondFactor:
        return _page(member_id, {"reason": [_("This account has no second step.")]}), 409
    flash(done, "done")
    return redirect(then or url_for("admin.account", member_id=member_id), code=303)


def _page(member_id: int, errors: Errors, private: tuple[str, ...] = ()) -> str:
    with database().reading() as session:
        found = accounts.managed(session, member_id)
    if found is None:
        raise actions.NoSuchAccount
    return render_template(
        "console/admin/account.html",
        one=found,
        own=found.id == viewer().id,
        errors=errors,
        private=private[0] if private else None,
        roles=list(role_words().items()),
        reasons=reason_choices(),
        desk_items=desk("admin.staff" if found.is_staff else "admin.find"),
    )

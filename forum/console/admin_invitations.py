"""Invitations: make, see, withdraw."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock
from forum.actions import invitations as actions
from forum.console.admin import bp, desk
from forum.console.admin_forms import InvitationForm
from forum.permissions import Action
from forum.queries import accounts
from forum.web import shown_once
from forum.web.guards import allows
from forum.web.identity import actor
from forum.web.parts import database, settings

CODE = "invitation"


@bp.get("/invitations")
@allows(Action.INVITE)
def invitations() -> ResponseReturnValue:
    """Open ones and those that ended lately. A code that was just made is shown once."""
    return _page(InvitationForm(), {}, code=shown_once.take(CODE))


@bp.post("/invitations")
@allows(Action.INVITE)
def make_invitation() -> ResponseReturnValue:
    """Make one."""
    form = InvitationForm()
    if not form.validate():
        return _page(form, form.errors), 422
    with database().transaction() as session:
        code = actions.make(
            session, actor=actor(), uses=int(form.uses.data), days=int(form.days.data), at=clock.now()
        )
    shown_once.keep(CODE, code)
    return redirect(url_for("admin.invitations"), code=303)


@bp.post("/invitations/<int(max=9223372036854775807):invitation_id>/revoke")
@allows(Action.INVITE)
def revoke_invitation(invitation_id: int) -> ResponseReturnValue:
    """Withdraw one."""
    with database().transaction() as session:
        actions.revoke(session, actor=actor(), invitation_id=invitation_id, at=clock.now())
    flash(_("The invitation is withdrawn."), "done")
    return redirect(url_for("admin.invitations"), code=303)


def _page(form: InvitationForm, errors: dict[str, list[str]], code: tuple[str, ...] = ()) -> str:
    now = clock.now()
    with database().reading() as session:
        found = accounts.invitations(session, now)
    return render_template(
        "console/admin/invitations.html",
        form=form,
        errors=errors,
        code=code[0] if code else None,
        found=[(one, one.open(now)) for one in found],
        by_invitation=settings().sign_up == "invitation",
        desk_items=desk("admin.invitations"),
    )

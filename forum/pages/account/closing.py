"""Closing one's own account."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock
from forum.actions import accounts as account_actions
from forum.actions import throttle
from forum.models.member import Role
from forum.pages.account import bp
from forum.pages.account.answers import Errors, wait
from forum.pages.account.forms import CloseForm
from forum.permissions import Action
from forum.web import door, login
from forum.web.door import WrongPair
from forum.web.guards import allows
from forum.web.identity import viewer
from forum.web.parts import database


@bp.route("/account/close", methods=["GET", "POST"])
@allows(Action.MANAGE_OWN_ACCOUNT)
def close() -> ResponseReturnValue:
    """Says what goes and what stays, and that resting is another way."""
    form, person = CloseForm(), viewer()
    staff = person.role is not Role.MEMBER
    if request.method == "GET" or staff:
        return _page({}, staff)
    if not form.validate():
        return _page(form.errors, staff), 422
    try:
        door.confirm_own(person, form.pass_phrase.data)
    except WrongPair:
        return _page({"pass_phrase": [_("That is not your pass-phrase.")]}, staff), 422
    except throttle.TooManyTries as stop:
        return _page(wait("pass_phrase", stop), staff), 429
    with database().transaction() as session:
        account_actions.close_own(session, person.id, at=clock.now())
    login.end()
    flash(_("Your account is closed. We wish you well. Help stays open to you here."), "done")
    return redirect(url_for("help.index"), code=303)


def _page(errors: Errors, staff: bool) -> str:
    return render_template("pages/account/close.html", errors=errors, staff=staff)

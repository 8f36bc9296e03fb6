"""Setting up a second step, and for members taking it off again."""

from __future__ import annotations

import io

import segno
from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock
from forum.actions import second_factor as actions
from forum.actions import throttle
from forum.config import Environment
from forum.pages.account import bp
from forum.pages.account.answers import Errors, wait
from forum.pages.account.forms import CodeForm, ConfirmForm
from forum.permissions import Action, needs_second_factor
from forum.web import door, login
from forum.web.door import WrongPair
from forum.web.guards import allows
from forum.web.identity import viewer
from forum.web.next_page import onward, own_path
from forum.web.parts import database, keyring, settings


@bp.route("/account/second-step", methods=["GET", "POST"], endpoint="second_factor")
@allows(Action.MANAGE_OWN_ACCOUNT)
def show() -> ResponseReturnValue:
    """What it is; while it is being set up, the picture, the secret, and a field for the first code."""
    form, person = CodeForm(), viewer()
    if request.method == "GET":
        form.next.data = own_path(request.args.get("next"))
        return _page(form, {})
    if _secret() is None:  # set in another tab, or not begun: there is no field to put anything right in
        return redirect(url_for("account.second_factor"), code=303)
    if not form.validate():
        return _page(form, form.errors), 422
    now, key = clock.now(), throttle.by_member(keyring(), person.id)
    try:
        with database().transaction() as session:
            throttle.note_try(session, [key], at=now)
        with database().transaction() as session:
            actions.confirm(session, person.id, person.session_id, form.code.data, at=now)
            throttle.forgive(session, key)
    except actions.WrongCode:
        wrong = _("That code did not fit. Please check the clock of your phone, and type the newest code.")
        return _page(form, {"code": [wrong]}), 422
    except throttle.TooManyTries as stop:
        return _page(form, wait("code", stop)), 429
    except (actions.AlreadySet, actions.NotBegun):
        return redirect(url_for("account.second_factor"), code=303)
    login.refresh()
    flash(_("Your second step is set up."), "done")
    return redirect(onward(form.next.data), code=303)


@bp.post("/account/second-step/begin")
@allows(Action.MANAGE_OWN_ACCOUNT)
def second_factor_begin() -> ResponseReturnValue:
    """Make a secret. Beginning again makes another one."""
    next_page = own_path(request.form.get("next"))
    try:
        with database().transaction() as session:
            actions.begin(session, viewer().id)
    except actions.AlreadySet:
        flash(_("Your second step is set up already."), "info")
    return redirect(url_for("account.second_factor", next=next_page), code=303)


@bp.get("/account/second-step/picture.svg")
@allows(Action.MANAGE_OWN_ACCOUNT)
def second_factor_picture() -> ResponseReturnValue:
    """The QR code, while it is being set up. It is never stored by a browser."""
    secret = _secret()
    if secret is None:
        abort(404)
    picture = io.BytesIO()
    code = segno.make(
        actions.address(secret, account=viewer().pseudonym, site=settings().site_name), error="m"
    )
    code.save(picture, kind="svg", scale=5, border=4, dark="#000", light="#fff", xmldecl=False)
    return Response(picture.getvalue(), mimetype="image/svg+xml")


@bp.post("/account/second-step/off")
@allows(Action.MANAGE_OWN_ACCOUNT)
def second_factor_off() -> ResponseReturnValue:
    """Members may do without it."""
    form, person = ConfirmForm(), viewer()
    if not person.second_factor_set or needs_second_factor(person.role):
        return redirect(url_for("account.second_factor"), code=303)  # the page says how it stands
    errors: Errors = form.errors if not form.validate() else {}
    if not errors:
        try:
            door.confirm_own(person, form.pass_phrase.data)
            with database().transaction() as session:
                actions.take_off(session, person.id)
        except WrongPair:
            errors = {"pass_phrase": [_("That is not your pass-phrase.")]}
        except throttle.TooManyTries as stop:
            errors = wait("pass_phrase", stop)
    if errors:
        return _page(CodeForm(formdata=None), errors), 422
    login.refresh()
    flash(_("Your second step is off."), "done")
    return redirect(url_for("account.index"), code=303)


def _page(form: CodeForm, errors: Errors) -> str:
    person = viewer()
    secret = _secret()
    return render_template(
        "pages/account/second_step.html",
        form=form,
        errors=errors,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)) if secret else None,
        on=person.second_factor_set,
        compulsory=needs_second_factor(person.role),
        demo=settings().env is Environment.DEMO,
    )


def _secret() -> str | None:
    with database().reading() as session:
        return actions.secret_to_show(session, viewer().id)

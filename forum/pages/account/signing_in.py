"""The door: sign in, the second step, sign out, and the way back in with a recovery code."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock, passphrases
from forum.actions import accounts as account_actions
from forum.actions import recovery, second_factor, sessions, throttle
from forum.models.member import Role
from forum.pages.account import bp
from forum.pages.account.answers import Errors, wait
from forum.pages.account.forms import CodeForm, LostCodeForm, RecoverForm, SignInForm
from forum.permissions import Action
from forum.queries import accounts
from forum.web import door, login
from forum.web.door import WrongPair
from forum.web.guards import allows
from forum.web.identity import viewer
from forum.web.kept import carried
from forum.web.next_page import onward, own_path
from forum.web.parts import database, keyring


@bp.route("/sign-in", methods=["GET", "POST"])
@allows(Action.SIGN_IN)
def sign_in() -> ResponseReturnValue:
    """Name and pass-phrase. Words that somebody was about to send come along and are given back."""
    form = SignInForm()
    if request.method == "GET":
        if login.current_viewer() is not None:
            return redirect(onward(request.args.get("next")), code=303)
        form.next.data = own_path(request.args.get("next"))
        return _door(form, {})
    if not form.validate():
        return _door(form, form.errors), 422
    try:
        door.try_sign_in(form.sign_in_name.data, form.pass_phrase.data)
    except WrongPair:
        return _door(form, {"sign_in_name": [_("That name and pass-phrase do not fit together.")]}), 422
    except throttle.TooManyTries as stop:
        return _door(form, wait("sign_in_name", stop)), 429
    return _go_on(form.next.data)


@bp.route("/sign-in/code", methods=["GET", "POST"])
@allows(Action.MANAGE_OWN_ACCOUNT)
def code() -> ResponseReturnValue:
    """The second step, for those who have one."""
    form, person = CodeForm(), viewer()
    if request.method == "GET":
        if not person.second_factor_set or person.second_factor_passed:
            return redirect(onward(request.args.get("next")), code=303)
        form.next.data = own_path(request.args.get("next"))
        return _code(form, {})
    if not form.validate():
        return _code(form, form.errors), 422
    now, key = clock.now(), throttle.by_member(keyring(), person.id)
    try:
        with database().transaction() as session:
            throttle.note_try(session, [key], at=now)
        with database().transaction() as session:
            second_factor.verify(session, person.id, person.session_id, form.code.data, at=now)
            throttle.forgive(session, key)
    except second_factor.WrongCode:
        wrong = _("That code did not fit. Please wait for the next one in your app and type that.")
        return _code(form, {"code": [wrong]}), 422
    except throttle.TooManyTries as stop:
        return _code(form, wait("code", stop)), 429
    login.refresh()
    return _go_on(form.next.data)


@bp.route("/sign-in/code/lost", methods=["GET", "POST"])
@allows(Action.MANAGE_OWN_ACCOUNT)
def code_lost() -> ResponseReturnValue:
    """Without the phone: a member's recovery code takes the second step off; staff ask an admin."""
    form, person = LostCodeForm(), viewer()
    staff = person.role is not Role.MEMBER
    if request.method == "GET" or staff:
        return render_template("pages/account/code_lost.html", staff=staff, errors={})
    errors: Errors = form.errors if not form.validate() else {}
    now, key = clock.now(), throttle.by_member(keyring(), person.id)
    if not errors:
        try:
            with database().transaction() as session:
                throttle.note_try(session, [key], at=now)
            with database().transaction() as session:
                recovery.use_code(session, person.id, form.recovery_code.data, at=now)
                second_factor.take_off(session, person.id)
                throttle.forgive(session, key)
        except recovery.WrongCode:
            errors = {"recovery_code": [_("That is not one of your unused recovery codes.")]}
        except throttle.TooManyTries as stop:
            errors = wait("recovery_code", stop)
    if errors:
        return render_template("pages/account/code_lost.html", staff=staff, errors=errors), 422
    login.refresh()
    flash(_("The second step is off. You can set it up again whenever you like."), "done")
    return redirect(url_for("account.index"), code=303)


@bp.post("/sign-out")
@allows(Action.SIGN_IN)
def sign_out() -> ResponseReturnValue:
    """End this browser's session. Doing it twice is fine."""
    person = login.current_viewer()
    if person is not None:
        with database().transaction() as session:
            sessions.end(session, person.id, person.session_id, at=clock.now())
    login.end()
    flash(_("You are signed out."), "done")
    return redirect(url_for("account.sign_in"), code=303)


@bp.route("/recover", methods=["GET", "POST"])
@allows(Action.SIGN_IN)
def recover() -> ResponseReturnValue:
    """A recovery code and a new pass-phrase. Every other browser is signed out."""
    form = RecoverForm()
    if request.method == "GET":
        return _recover(form, {})
    if not form.validate():
        return _recover(form, form.errors), 422
    now, keys = clock.now(), door.counted_keys(form.sign_in_name.data)
    password_hash = passphrases.hashed(form.chosen)
    try:
        with database().transaction() as session:
            throttle.note_try(session, keys, at=now)
        with database().transaction() as session:
            found = accounts.credentials(session, form.sign_in_name.data)
            recovery.use_code(session, found.member_id if found else 0, form.recovery_code.data, at=now)
            assert found is not None
            account_actions.change_pass_phrase(session, found.member_id, password_hash, keep=None, at=now)
            throttle.forgive(session, *keys)
            token = door.new_session(
                session, found.member_id, at=now
            )  # the code is used up only if it let them in
    except recovery.WrongCode:
        return _recover(form, {"recovery_code": [_("That name and code do not fit together.")]}), 422
    except throttle.TooManyTries as stop:
        return _recover(form, wait("recovery_code", stop)), 429
    login.begin(token)
    flash(_("You are back in, and your new pass-phrase is set. The code is used up."), "done")
    return redirect(url_for("account.index"), code=303)


def _go_on(next_page: str | None) -> ResponseReturnValue:
    """To the words that waited, else to the page that was asked for."""
    kept = carried()
    person = viewer()
    if person.second_factor_set and not person.second_factor_passed:
        if kept is None:
            return redirect(url_for("account.code", next=own_path(next_page)), code=303)
        return _code(CodeForm(formdata=None), {})
    if kept is None:
        return redirect(onward(next_page), code=303)
    return render_template("pages/account/kept.html", kept=kept)


def _door(form: SignInForm, errors: Errors) -> str:
    return render_template("pages/account/sign_in.html", form=form, errors=errors, kept=_words())


def _code(form: CodeForm, errors: Errors) -> str:
    return render_template("pages/account/code.html", form=form, errors=errors, kept=_words())


def _recover(form: RecoverForm, errors: Errors) -> str:
    return render_template("pages/account/recover.html", form=form, errors=errors, offer=form.offer)


def _words() -> object:
    return carried() if request.method == "POST" else None

"""Pass-phrase and recovery codes."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock, passphrases
from forum.actions import accounts as account_actions
from forum.actions import recovery, throttle
from forum.pages.account import bp
from forum.pages.account.answers import Errors, wait
from forum.pages.account.forms import ConfirmForm, PassPhraseForm
from forum.permissions import Action
from forum.queries import accounts
from forum.web import door, login, shown_once
from forum.web.door import WrongPair
from forum.web.guards import allows
from forum.web.identity import viewer
from forum.web.next_page import own_path
from forum.web.parts import database

CODES = "recovery codes"


@bp.route("/account/pass-phrase", methods=["GET", "POST"])
@allows(Action.MANAGE_OWN_ACCOUNT)
def pass_phrase() -> ResponseReturnValue:
    """A new pass-phrase; every other browser is signed out."""
    form, person = PassPhraseForm(), viewer()
    first = person.change_pass_phrase
    if request.method == "GET":
        form.next.data = own_path(request.args.get("next"))
        return _pass_phrase(form, {}, first)
    with database().reading() as session:
        mine = accounts.own_account(session, person.id, clock.now())
    form.called = (mine.sign_in_name, mine.pseudonym)
    if not form.validate():
        return _pass_phrase(form, form.errors, first), 422
    try:
        door.confirm_own(person, form.pass_phrase.data)
    except WrongPair:
        wrong = {"pass_phrase": [_("That is not your present pass-phrase.")]}
        return _pass_phrase(form, wrong, first), 422
    except throttle.TooManyTries as stop:
        return _pass_phrase(form, wait("pass_phrase", stop), first), 429
    if passphrases.plain(form.chosen) == passphrases.plain(form.pass_phrase.data):
        same = {"new_pass_phrase": [_("That is the one you have now. Please choose another.")]}
        return _pass_phrase(form, same, first), 422
    password_hash = passphrases.hashed(form.chosen)
    with database().transaction() as session:
        account_actions.change_pass_phrase(
            session, person.id, password_hash, keep=person.session_id, at=clock.now()
        )
    login.refresh()
    flash(_("Your new pass-phrase is set. Every other browser is signed out."), "done")
    return redirect(own_path(form.next.data) or url_for("account.index"), code=303)


@bp.route("/account/recovery-codes", methods=["GET", "POST"])
@allows(Action.MANAGE_OWN_ACCOUNT)
def recovery_codes() -> ResponseReturnValue:
    """New codes are shown once, on the page after the form; later only how many are left."""
    form, person = ConfirmForm(), viewer()
    if request.method == "GET":
        made = shown_once.take(CODES)
        if made:
            return render_template("pages/account/codes.html", codes=made)
        return _codes({})
    if not form.validate():
        return _codes(form.errors), 422
    try:
        door.confirm_own(person, form.pass_phrase.data)
    except WrongPair:
        return _codes({"pass_phrase": [_("That is not your pass-phrase.")]}), 422
    except throttle.TooManyTries as stop:
        return _codes(wait("pass_phrase", stop)), 429
    with database().transaction() as session:
        made = recovery.make_codes(session, person.id, at=clock.now())
    shown_once.keep(CODES, *made)
    return redirect(url_for("account.recovery_codes"), code=303)


def _pass_phrase(form: PassPhraseForm, errors: Errors, first: bool) -> str:
    return render_template(
        "pages/account/pass_phrase.html", form=form, errors=errors, offer=form.offer, first=first
    )


def _codes(errors: Errors) -> str:
    with database().reading() as session:
        mine = accounts.own_account(session, viewer().id, clock.now())
    return render_template("pages/account/codes_left.html", left=mine.codes_left, errors=errors)

"""Joining, in three short pages: how old, the ground rules, the account. Nothing is stored before the last one.

What was answered so far travels sealed in the cookie, so that going back and forth loses nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock, passphrases, rules, signposts
from forum.actions import accounts, invitations, recovery
from forum.actions.throttle import TooManyTries
from forum.pages.rules import words
from forum.pages.sign_up_forms import AccountForm, StartForm
from forum.permissions import Action
from forum.queries.accounts import credentials
from forum.web import door, login, sealed, shown_once
from forum.web.forms.places import countries, timezones
from forum.web.guards import allows
from forum.web.judges import judges
from forum.web.parts import database, policy, settings
from forum.web.times import reader_zone

bp = Blueprint("sign_up", __name__)
SO_FAR = "joining"
TYPED = ("pseudonym", "sign_in_name", "country", "timezone")
LONGEST_KEPT = 100
"""Longer answers fit no account; they stay on the page that they were typed on."""
DOUBLE_SUBMIT = timedelta(minutes=10)
Errors = dict[str, Any]


@bp.route("/join", methods=["GET", "POST"])
@allows(Action.SIGN_UP)
def start() -> ResponseReturnValue:
    """Age, and where invitations are needed, the code."""
    if login.current_viewer() is not None:
        return redirect(url_for("home.index"), code=303)
    form = StartForm()
    if request.method == "GET":
        form.invitation.data = form.invitation.data or _so_far().get("invitation", "")
        return _start(form, {})
    if form.age.data == "younger":
        sealed.drop(SO_FAR)
        return redirect(url_for("sign_up.younger"), code=303)
    if not form.validate():
        return _start(form, form.errors), 422
    if _by_invitation() and not _usable(form.invitation.data):
        return _start(form, {"invitation": [_invitation_sentence()]}), 422
    _remember(old_enough=True, invitation=form.invitation.data if _by_invitation() else None)
    return redirect(url_for("sign_up.rules"), code=303)


@bp.get("/join/younger")
@allows(Action.SIGN_UP)
def younger() -> ResponseReturnValue:
    """Where younger people are listened to. Nothing about the visit is stored."""
    services = signposts.choose(settings().country, clock.now(), reader_zone())
    age = settings().minimum_age
    fitting = [one for one in services if _takes_younger(one, age)]
    return render_template("pages/sign_up/younger.html", services=fitting, age=age)


@bp.route("/join/rules", methods=["GET", "POST"], endpoint="rules")
@allows(Action.SIGN_UP)
def read_rules() -> ResponseReturnValue:
    """The ground rules, in full on the page, to agree to."""
    if not _so_far().get("old_enough"):
        return redirect(url_for("sign_up.start"), code=303)
    now = rules.current()
    if request.method == "GET":
        return _rules({})
    if request.form.get("agree") != "yes":
        return _rules(
            {"agree": _("Please tick the box if you agree. Without that we cannot let you in.")}
        ), 422
    _remember(rules=now.version)
    return redirect(url_for("sign_up.account"), code=303)


@bp.route("/join/account", methods=["GET", "POST"])
@allows(Action.SIGN_UP)
def account() -> ResponseReturnValue:
    """Names, pass-phrase, country: then the account is made and the browser signed in."""
    if login.current_viewer() is not None:
        return redirect(url_for("home.index"), code=303)
    so_far = _so_far()
    form = AccountForm()
    if request.method == "POST":
        _remember(**{name: getattr(form, name).data or "" for name in TYPED})
    if not so_far.get("old_enough"):
        return redirect(url_for("sign_up.start"), code=303)
    if not rules.still_agreed(so_far.get("rules")):
        return redirect(url_for("sign_up.rules"), code=303)
    if request.method == "GET":
        for name in TYPED:
            getattr(form, name).data = so_far.get(name, "")
        form.prefill()
        return _account(form, {})
    if not form.validate():
        return _account(form, form.errors), 422
    return _make(form, so_far)


def _make(form: AccountForm, so_far: dict[str, Any]) -> ResponseReturnValue:
    """Judge the name, make the account, show the recovery codes on the next page."""
    assessment = accounts.judge_pseudonym(judges(), form.public_name)
    now = clock.now()
    password_hash = passphrases.hashed(form.chosen)
    try:
        with database().transaction() as opened:
            member = accounts.sign_up(
                opened,
                called=accounts.Names(form.public_name, form.door_name),
                place=form.place,
                password_hash=password_hash,
                rules_version=so_far["rules"],
                invitation=(so_far.get("invitation") or "") if _by_invitation() else None,
                assessment=assessment,
                policy=policy(),
                at=now,
            )
            codes = recovery.make_codes(opened, member.id, at=now)
            token = door.new_session(opened, member.id, at=now)  # an account, and the way in, or nothing
    except (accounts.SignInNameTaken, accounts.PseudonymTaken) as taken:
        return _welcome_back(form) or (_account(form, _taken(taken)), 422)
    except invitations.InvitationUnusable:
        return _account(form, {"sign_in_name": [_invitation_sentence()]}), 422
    return _welcome(token, codes)


def _welcome(token: str, codes: tuple[str, ...]) -> ResponseReturnValue:
    sealed.drop(SO_FAR)
    login.begin(token)
    shown_once.keep("recovery codes", *codes)
    return redirect(url_for("account.recovery_codes"), code=303)


def _welcome_back(form: AccountForm) -> ResponseReturnValue | None:
    """A second press of the same button: the account of a moment ago, with the same pass-phrase, is theirs.

    This page tells a right pass-phrase from a wrong one, so tries are counted as at the door.
    """
    now = clock.now()
    with database().reading() as opened:
        found = credentials(opened, form.door_name)
    if found is None or now - found.joined_at > DOUBLE_SUBMIT:
        return None
    try:
        door.whose(form.door_name, form.chosen)
    except (door.WrongPair, TooManyTries):
        return None
    with database().transaction() as opened:
        codes = recovery.make_codes(opened, found.member_id, at=now)
        token = door.new_session(opened, found.member_id, at=now)
    return _welcome(token, codes)


def _taken(taken: Exception) -> Errors:
    if isinstance(taken, accounts.SignInNameTaken):
        return {"sign_in_name": [_("Somebody signs in by this name already. Please choose another.")]}
    return {
        "pseudonym": [_("Somebody here has this name, or one that looks like it. Please choose another.")]
    }


def _remember(**answers: Any) -> None:
    kept = {
        name: answer[:LONGEST_KEPT] if isinstance(answer, str) else answer for name, answer in answers.items()
    }
    sealed.put(SO_FAR, {**_so_far(), **kept})


def _so_far() -> dict[str, Any]:
    return sealed.get(SO_FAR) or {}


def _by_invitation() -> bool:
    return settings().sign_up == "invitation"


def _usable(code: str | None) -> bool:
    with database().reading() as opened:
        return invitations.usable(opened, code or "", at=clock.now())


def _invitation_sentence() -> str:
    return _(
        "This invitation does not work, or not any more. Please ask whoever gave it to you for a new one."
    )


def _takes_younger(service: signposts.Signpost, age: int) -> bool:
    least = service.resource.min_age
    return least is None or least < age


def _start(form: StartForm, errors: Errors) -> str:
    return render_template(
        "pages/sign_up/start.html",
        form=form,
        errors=errors,
        by_invitation=_by_invitation(),
        age=settings().minimum_age,
    )


def _rules(errors: Errors) -> str:
    now = rules.current()
    return render_template(
        "pages/sign_up/rules.html", rules=now, sections=words(now, easy=False), errors=errors
    )


def _account(form: AccountForm, errors: Errors) -> str:
    return render_template(
        "pages/sign_up/account.html",
        form=form,
        errors=errors,
        offer=form.offer,
        countries=countries(),
        timezones=timezones(),
    )

"""What an account says about its owner: name, country, signed-in browsers."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock
from forum.actions import accounts as account_actions
from forum.actions import sessions
from forum.config import Environment
from forum.models.member import STAFF, Member, PseudonymState
from forum.pages.account import bp
from forum.pages.account.answers import Errors
from forum.permissions import Action, role_may
from forum.queries import accounts
from forum.web.forms.names import PseudonymForm
from forum.web.forms.places import PlaceForm, countries, timezones
from forum.web.guards import allows
from forum.web.identity import viewer
from forum.web.judges import judges
from forum.web.parts import database, policy, settings


@bp.get("/account")
@allows(Action.MANAGE_OWN_ACCOUNT)
def index() -> ResponseReturnValue:
    """Everything about one's account, and ways to change it."""
    person = viewer()
    with database().reading() as session:
        mine = accounts.own_account(session, person.id, clock.now())
    return render_template(
        "pages/account/index.html",
        mine=mine,
        waiting=mine.pseudonym_state is not PseudonymState.SHOWN,
        country=dict(countries()).get(mine.country, mine.country),
        staff=person.role in STAFF,
        appeals=role_may(Action.APPEAL, person.role),
        demo=settings().env is Environment.DEMO,
    )


@bp.route("/account/name", methods=["GET", "POST"])
@allows(Action.MANAGE_OWN_ACCOUNT)
def pseudonym() -> ResponseReturnValue:
    """Another public name, judged like the first."""
    form, person = PseudonymForm(), viewer()
    if request.method == "GET":
        form.pseudonym.data = person.pseudonym
        return _name(form, {})
    if not form.validate():
        return _name(form, form.errors), 422
    name = form.public_name
    if name == person.pseudonym:
        return redirect(url_for("account.index"), code=303)
    try:
        member = _renamed(person.id, name)
    except account_actions.PseudonymTaken:
        return _name(form, {"pseudonym": [_("Somebody here has this name, or one that looks like it.")]}), 422
    if member.pseudonym_state is PseudonymState.HELD:
        flash(_("A person will look at your new name first. Until then others see “New member”."), "info")
    else:
        flash(_("Your name is changed."), "done")
    return redirect(url_for("account.index"), code=303)


@bp.route("/account/place", methods=["GET", "POST"])
@allows(Action.MANAGE_OWN_ACCOUNT)
def place() -> ResponseReturnValue:
    """Country and time zone."""
    form, person = PlaceForm(), viewer()
    if request.method == "GET":
        form.prefill(account_actions.Place(person.country, person.timezone))
        return _place(form, {})
    if not form.validate():
        return _place(form, form.errors), 422
    with database().transaction() as session:
        account_actions.change_place(session, person.id, form.place)
    flash(_("Your country and time zone are set."), "done")
    return redirect(url_for("account.index"), code=303)


@bp.get("/account/browsers")
@allows(Action.MANAGE_OWN_ACCOUNT)
def browsers() -> ResponseReturnValue:
    """Where one is signed in."""
    person = viewer()
    with database().reading() as session:
        found = accounts.open_sessions(session, person.id, clock.now())
    limits = sessions.LIMITS[person.role]
    return render_template("pages/account/browsers.html", found=found, this=person.session_id, limits=limits)


@bp.post("/account/browsers/<int(max=9223372036854775807):session_id>/end")
@allows(Action.MANAGE_OWN_ACCOUNT)
def end_browser(session_id: int) -> ResponseReturnValue:
    """Sign one other browser out. One that is not there is already out."""
    person = viewer()
    with database().transaction() as session:
        sessions.end(session, person.id, session_id, at=clock.now())
    flash(_("That browser is signed out."), "done")
    return redirect(url_for("account.browsers"), code=303)


@bp.post("/account/browsers/end-others")
@allows(Action.MANAGE_OWN_ACCOUNT)
def end_other_browsers() -> ResponseReturnValue:
    """Sign every browser out but this one."""
    person = viewer()
    with database().transaction() as session:
        sessions.end_all(session, person.id, but=person.session_id, at=clock.now())
    flash(_("Every other browser is signed out."), "done")
    return redirect(url_for("account.browsers"), code=303)


def _renamed(member_id: int, name: str) -> Member:
    """Judge the name and take it; once more where a person kept the last one back in this very moment."""
    with database().reading() as session:
        kept_back = accounts.name_kept_back(session, member_id)
    try:
        return _take_name(member_id, name, kept_back=kept_back)
    except account_actions.NameKeptBack:
        return _take_name(member_id, name, kept_back=True)


def _take_name(member_id: int, name: str, *, kept_back: bool) -> Member:
    assessment = account_actions.judge_pseudonym(judges(), name, held_by_person=kept_back)
    with database().transaction() as session:
        return account_actions.change_pseudonym(
            session, member_id, name, assessment=assessment, policy=policy(), at=clock.now()
        )


def _name(form: PseudonymForm, errors: Errors) -> str:
    return render_template("pages/account/name.html", form=form, errors=errors)


def _place(form: PlaceForm, errors: Errors) -> str:
    return render_template(
        "pages/account/place.html", form=form, errors=errors, countries=countries(), timezones=timezones()
    )

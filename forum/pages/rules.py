"""The ground rules: to read, in two forms, and to agree to."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock, rules
from forum.actions import accounts as account_actions
from forum.permissions import Action
from forum.rules import GroundRules, Section
from forum.web import login
from forum.web.guards import allows
from forum.web.identity import viewer
from forum.web.next_page import onward, own_path
from forum.web.parts import database, settings

bp = Blueprint("rules", __name__)


def words(version: GroundRules, *, easy: bool) -> Sequence[Section]:
    """The rules with the names of this service in them."""
    chosen = settings()
    names = {
        "site": chosen.site_name,
        "organisation": chosen.organisation or chosen.site_name,
        "contact": chosen.contact,
        "age": str(chosen.minimum_age),
    }
    return [section.filled(names) for section in (version.easy if easy else version.standard)]


@bp.get("/rules")
@allows(Action.VISIT)
def show() -> ResponseReturnValue:
    """The present version."""
    return _page(rules.current(), easy=False)


@bp.get("/rules/easy")
@allows(Action.VISIT)
def easy() -> ResponseReturnValue:
    """The present version in short sentences."""
    return _page(rules.current(), easy=True)


@bp.get("/rules/<int:version>")
@allows(Action.VISIT)
def earlier(version: int) -> ResponseReturnValue:
    """A version as it was when people agreed to it."""
    found = next((one for one in rules.all_versions() if one.version == version), None)
    return _page(found, easy=False) if found else abort(404)


@bp.route("/rules/agree", methods=["GET", "POST"])
@allows(Action.MANAGE_OWN_ACCOUNT)
def agree() -> ResponseReturnValue:
    """Asked of new staff, and of everybody when something that matters has changed."""
    now = rules.current()
    if request.method == "GET":
        return _agree(now, own_path(request.args.get("next")), {})
    next_page = own_path(request.form.get("next"))
    if request.form.get("agree") != "yes":
        return _agree(now, next_page, {"agree": _("Please tick the box if you agree.")}), 422
    if request.form.get("version") != str(now.version):
        return _agree(now, next_page, {"agree": _("The rules have just changed. Please look again.")}), 422
    with database().transaction() as session:
        account_actions.accept_rules(session, viewer().id, now.version, at=clock.now())
    login.refresh()
    flash(_("Thank you for agreeing to the ground rules."), "done")
    return redirect(onward(next_page), code=303)


def _page(version: GroundRules, *, easy: bool) -> str:
    return render_template(
        "pages/rules/show.html",
        rules=version,
        sections=words(version, easy=easy),
        easy=easy,
        versions=rules.all_versions(),
    )


def _agree(version: GroundRules, next_page: str | None, errors: dict[str, str]) -> str:
    return render_template(
        "pages/rules/agree.html",
        rules=version,
        sections=words(version, easy=False),
        next_page=next_page,
        errors=errors,
    )

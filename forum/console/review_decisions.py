"""Deciding, and checking in. A form that is late, or lacks something, comes back with everything typed."""

from __future__ import annotations

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock
from forum.actions import restricting, reviewing
from forum.actions.restricting import NoSuchRestriction
from forum.console import review_words
from forum.console.desk import bp
from forum.console.review_forms import CareForm, DecisionForm, said, version_of
from forum.console.review_item import Shown, item_page, load
from forum.console.sent_before import earlier_by_me, sent_twice
from forum.permissions import Action
from forum.queries.review_item import ItemView
from forum.web.guards import allows
from forum.web.identity import actor
from forum.web.parts import database, policy, settings
from moderation.claims import AlreadyDecided, ClaimedByAnother, NoSuchItem, NotYours
from moderation.decisions import StaleForm
from moderation.verdicts import Incomplete, Verdict
from moderation.workflow import STEP_OF

TOO_LATE = (AlreadyDecided, ClaimedByAnother, NotYours, StaleForm)


@bp.post("/<int:item_id>/decisions")
@allows(Action.DECIDE)
def decide(item_id: int) -> ResponseReturnValue:
    """Take the decision, or say what it lacks (422) or what came in between (409)."""
    form, found = DecisionForm(), load(item_id)
    verdict, errors = form.verdict(policy(), found)
    if verdict is None:
        if sent_twice(
            found, version_of(form), form.note.data, form.facts.data
        ):  # its quotes are closed by now
            return redirect(url_for(".queue"), code=303)
        return item_page(found, Shown(form=form, errors=errors, status=422))
    try:
        _take(item_id, version_of(form), verdict)
    except Incomplete as problem:
        return item_page(load(item_id), Shown(form=form, errors=said(problem), status=422))
    except TOO_LATE as problem:
        now = load(item_id)
        if sent_twice(now, version_of(form), form.note.data, form.facts.data):
            return redirect(url_for(".queue"), code=303)
        return item_page(now, Shown(form=form, conflict=_sentence(now, form, problem), status=409))
    if not settings().undo_wait:
        flash(_("Done: %(step)s.", step=review_words.action(verdict.action)), "done")
    if STEP_OF[verdict.action] is None:
        return redirect(url_for(".item", item_id=item_id), code=303)
    return redirect(url_for(".queue"), code=303)


@bp.post("/<int:item_id>/check-in")
@allows(Action.CHECK_IN)
def check_in(item_id: int) -> ResponseReturnValue:
    """Reach out to the author: care, apart from any decision about their words."""
    form, found = CareForm(), load(item_id)
    verdict, errors = form.verdict(policy())
    if verdict is None:
        return item_page(found, Shown(care=form, errors=errors, status=422))
    try:
        _take(item_id, version_of(form), verdict)
    except Incomplete as problem:
        return item_page(load(item_id), Shown(care=form, errors=said(problem, care=True), status=422))
    except TOO_LATE as problem:
        now = load(item_id)
        if sent_twice(now, version_of(form), form.care_note.data):
            return redirect(url_for(".item", item_id=item_id), code=303)
        return item_page(now, Shown(care=form, conflict=_sentence(now, form, problem), status=409))
    if not settings().undo_wait:
        flash(_("Done. They will see a warm note with ways to reach a person."), "done")
    return redirect(url_for(".item", item_id=item_id), code=303)


@bp.post("/<int:item_id>/pauses/<int:restriction_id>/lift")
@allows(Action.DECIDE)
def lift(item_id: int, restriction_id: int) -> ResponseReturnValue:
    """Let the author post again before the pause is over. Pressed twice, it is ended once."""
    try:
        with database().transaction() as session:
            restricting.lift(session, restriction_id, actor=actor(), at=clock.now())
    except NoSuchRestriction:
        abort(404)
    flash(_("The pause has ended, and the author has been told."), "done")
    return redirect(url_for(".item", item_id=item_id), code=303)


def _take(item_id: int, version: int, verdict: Verdict) -> None:
    try:
        with database().transaction() as session:
            reviewing.decide(
                session,
                item_id,
                version=version,
                verdict=verdict,
                actor=actor(),
                policy=policy(),
                at=clock.now(),
                wait=settings().undo_wait,
            )
    except NoSuchItem:
        abort(404)


def _sentence(found: ItemView, form: DecisionForm | CareForm, problem: Exception) -> str:
    if earlier_by_me(found, version_of(form)) is not None:
        return review_words.sent_with_other_words()
    return review_words.too_late(problem)

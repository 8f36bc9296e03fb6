"""Taking a decision back: at once and in silence with one button, or later with a reason."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField

from forum import clock
from forum.actions import undoing
from forum.actions.undoing import CannotUndo, NoSuchDecision, WhyNot
from forum.console import review_words, undo_words
from forum.console.desk import bp
from forum.console.review_item import Shown, item_page, load
from forum.permissions import Action
from forum.queries.review_undo import Past, find_decision
from forum.web.guards import allows
from forum.web.identity import actor, viewer
from forum.web.parts import database, policy
from moderation.taxonomy import DecisionReason
from moderation.workflow import DecisionAction


class UndoForm(FlaskForm):
    """Why it is taken back. `in_time` comes from the button that is there while nobody was told."""

    reason = StringField()
    in_time = HiddenField()

    def chosen(self) -> DecisionReason | None:
        """The reason, where it is one for taking something back."""
        reason = policy().decision_reasons.get(self.reason.data or "")
        return reason if reason is not None and DecisionAction.UNDO in reason.actions else None


@bp.get("/decisions/<int:decision_id>/undo")
@allows(Action.SEE_QUEUE)
def take_back(decision_id: int) -> ResponseReturnValue:
    """What taking it back does, and the reasons to choose from."""
    return _page(_find(decision_id), UndoForm(formdata=None), {})


@bp.post("/decisions/<int:decision_id>/undo")
@allows(Action.CLAIM)
def undo(decision_id: int) -> ResponseReturnValue:
    """Take it back. Pressed twice, it is done once; a moment too late, the page asks for a reason (409)."""
    form = UndoForm()
    reason = form.chosen()
    if reason is None:
        return _page(_find(decision_id), form, {"reason": _("Choose why you take it back.")}, status=422)
    try:
        with database().transaction() as session:
            done = undoing.undo(
                session,
                decision_id,
                reason=reason,
                only_in_time=bool(form.in_time.data),
                actor=actor(),
                policy=policy(),
                at=clock.now(),
            )
    except NoSuchDecision:
        abort(404)
    except CannotUndo as refused:
        sentence = undo_words.refusal(refused.why)
        if refused.why is WhyNot.IN_EFFECT:
            return _page(_find(decision_id), form, {}, conflict=sentence, status=409)
        return item_page(load(refused.item_id), Shown(conflict=sentence, status=409))
    flash(undo_words.taken_back(done), "done")
    return redirect(url_for(".item", item_id=done.item_id), code=303)


def _find(decision_id: int) -> Past:
    with database().reading() as session:
        found = find_decision(session, viewer().id, decision_id)
    if found is None:
        abort(404)
    return found


def _page(
    found: Past, form: UndoForm, errors: dict[str, str], *, conflict: str | None = None, status: int = 200
) -> ResponseReturnValue:
    reason = policy().decision_reasons.get(found.reason_code)
    page = render_template(
        "console/review/undo.html",
        decision=found,
        action=review_words.action(found.action),
        why=reason.words if reason is not None else found.reason_code,
        form=form,
        errors=errors,
        conflict=conflict,
        reasons=[(one.code, one.words) for one in policy().reasons_for(DecisionAction.UNDO)],
    )
    return page, status

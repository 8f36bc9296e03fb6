"""Settling an appeal: the decision stays, or all is put back. What was typed comes back when it could not be taken."""

from __future__ import annotations

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock
from forum.actions import appealing
from forum.console import review_words
from forum.console.appeal_form import AnswerForm
from forum.console.desk import bp
from forum.console.review_item import Shown, item_page, load
from forum.console.sent_before import earlier_by_me, sent_twice
from forum.permissions import Action
from forum.web.guards import allows
from forum.web.identity import actor
from forum.web.parts import database, policy
from moderation.claims import AlreadyDecided, ClaimedByAnother, NoSuchItem, NotYours
from moderation.decisions import StaleForm
from moderation.eligibility import NotForYou
from moderation.verdicts import Incomplete

TOO_LATE = (AlreadyDecided, ClaimedByAnother, NotYours, StaleForm)


@bp.post("/<int:item_id>/appeal")
@allows(Action.DECIDE)
def answer_appeal(item_id: int) -> ResponseReturnValue:
    """Take the answer, or say what it lacks (422), what came in between (409), or who has to do it (409)."""
    form, found = AnswerForm(), load(item_id)
    chosen, errors = form.chosen(policy())
    if chosen is None:
        return item_page(found, Shown(answer=form, errors=errors, status=422))
    action, reason = chosen
    try:
        with database().transaction() as session:
            appealing.answer(
                session,
                item_id,
                version=form.served_for,
                action=action,
                reason=reason,
                words=form.words,
                note=None,
                actor=actor(),
                policy=policy(),
                at=clock.now(),
            )
    except NoSuchItem:
        abort(404)
    except Incomplete as problem:
        return item_page(load(item_id), Shown(answer=form, errors=_said(problem), status=422))
    except NotForYou as refusal:
        sentence = review_words.conflict(refusal.conflict)
        return item_page(load(item_id), Shown(answer=form, conflict=sentence, status=409))
    except TOO_LATE as problem:
        now = load(item_id)
        if sent_twice(now, form.served_for, form.words):
            return redirect(url_for(".queue"), code=303)
        again = earlier_by_me(now, form.served_for) is not None
        sentence = review_words.sent_with_other_words() if again else review_words.too_late(problem)
        return item_page(now, Shown(answer=form, conflict=sentence, status=409))
    flash(_("Done: %(step)s. The author has been told.", step=review_words.action(action)), "done")
    return redirect(url_for(".queue"), code=303)


def _said(problem: Incomplete) -> dict[str, str]:
    fields = {"action": "appeal_outcome", "reason": "appeal_reason", "note": "answer"}
    return {fields.get(field, field): review_words.lack(lack) for field, lack in problem.lacks.items()}

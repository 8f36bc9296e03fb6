"""Asking that another person looks at a decision over one's own words, and what came of it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from forum import clock
from forum import text as texts
from forum.actions import appealing, judging
from forum.actions.appealing import NoSuchDecision, NotOpenToAppeal
from forum.pages.appeal_words import closed_because, decided, stands
from forum.permissions import Action
from forum.queries import appeals
from forum.queries.appeals import Case
from forum.web.guards import allows
from forum.web.identity import actor, viewer
from forum.web.judges import judges
from forum.web.numbers import read_id
from forum.web.parts import database, policy
from forum.web.typed import seen
from moderation.appealable import Closed
from moderation.appeals import LONGEST_WORDS
from moderation.subject import Circumstances, Part, Piece

bp = Blueprint("appeals", __name__)


class AppealForm(FlaskForm):
    """What the author sees differently, in their own words."""

    text = TextAreaField(filters=[seen])

    @property
    def words(self) -> str:
        return texts.tidy(self.text.data or "")

    def problems(self) -> dict[str, str]:
        """What to change, by field."""
        if not self.words:
            return {"text": _("Tell us what you see in another way. One line is enough.")}
        if len(self.words) > LONGEST_WORDS:
            return {"text": _("Please keep this to %(most)s characters.", most=f"{LONGEST_WORDS:,}")}
        return {}


@bp.route("/decisions/<int:decision_id>/appeal", methods=["GET", "POST"])
@allows(Action.APPEAL)
def new(decision_id: int) -> ResponseReturnValue:
    """The decision with its reason, and room for the author's side. Sent twice, it is one appeal."""
    form, case = AppealForm(), _case(decision_id)
    if case.appeal_id is not None:
        return _already(case, form, case.appeal_id)
    if case.closed is not None:
        return _closed(case, form)
    if request.method == "GET":
        return _form(case, form, {})
    if problems := form.problems():
        return _form(case, form, problems), 422
    assessment = judging.judge(judges(), (Piece(Part.BODY, form.words),), Circumstances())
    try:
        with database().transaction() as session:
            made, is_new = appealing.make(
                session,
                decision_id,
                words=form.words,
                said=assessment,
                actor=actor(),
                policy=policy(),
                at=clock.now(),
            )
    except NoSuchDecision:
        abort(404)
    except NotOpenToAppeal:
        return _closed(_case(decision_id), form)
    if not is_new:
        return _already(_case(decision_id), form, made.id)
    flash(_("We have it. Another person will look at this."), "done")
    return redirect(url_for(".show", appeal_id=made.id), code=303)


@bp.get("/p/<int:post_id>/appeal")
@allows(Action.APPEAL)
def for_post(post_id: int) -> ResponseReturnValue:
    """From one's own post to the decision that holds it up; or why there is nothing to appeal."""
    with database().reading() as session:
        decision_id = appeals.newest_over(session, viewer().id, post_id)
        own = decision_id is not None or appeals.is_own(session, viewer().id, post_id)
    if decision_id is not None:
        return redirect(url_for(".new", decision_id=decision_id), code=303)
    if not own:
        abort(404)
    return render_template("pages/appeals/nothing.html", post_id=post_id)


@bp.get("/appeals")
@allows(Action.APPEAL)
def index() -> ResponseReturnValue:
    """One's own appeals, the newest first."""
    before = read_id(request.args.get("before"))
    with database().reading() as session:
        found, more = appeals.my_appeals(session, viewer().id, before=before)
    rows = [(appeal, decided(decision.action, decision.subject_kind)) for appeal, decision in found]
    return render_template("pages/appeals/index.html", appeals=rows, more=more, first_page=before is None)


@bp.get("/appeals/<int:appeal_id>")
@allows(Action.APPEAL)
def show(appeal_id: int) -> ResponseReturnValue:
    """Where an appeal stands, and its answer."""
    with database().reading() as session:
        found = appeals.my_appeal(session, viewer().id, appeal_id, policy=policy(), at=clock.now())
    if found is None:
        abort(404)
    case = found.case
    return render_template(
        "pages/appeals/show.html",
        appeal=found,
        case=case,
        decided=_decided(case),
        stands=stands(case.action, case.kind, restored=bool(found.restored), shown=found.shown),
    )


def _case(decision_id: int) -> Case:
    with database().reading() as session:
        found = appeals.case_of(session, viewer().id, decision_id, policy=policy(), at=clock.now())
    if found is None:
        abort(404)
    return found


def _decided(case: Case) -> str:
    return decided(case.action, case.kind)


def _form(case: Case, form: AppealForm, errors: dict[str, str]) -> str:
    return render_template(
        "pages/appeals/new.html", case=case, form=form, errors=errors, decided=_decided(case)
    )


def _already(case: Case, form: AppealForm, appeal_id: int) -> ResponseReturnValue:
    """Sent twice, it is one appeal. Other words than the first time are given back: they were not added."""
    with database().reading() as session:
        made = appeals.my_appeal(session, viewer().id, appeal_id, policy=policy(), at=clock.now())
    if request.method == "POST" and form.words and (made is None or form.words != made.words):
        return _closed(case, form)
    return redirect(url_for(".show", appeal_id=appeal_id), code=303)


def _closed(case: Case, form: AppealForm) -> ResponseReturnValue:
    """Why it cannot be appealed now. What was written is given back."""
    page = render_template(
        "pages/appeals/closed.html",
        case=case,
        decided=_decided(case),
        why=closed_because(case.closed or Closed.CHANGED),
        kept=form.text.data if request.method == "POST" else None,
    )
    return page, 200 if request.method == "GET" else 409

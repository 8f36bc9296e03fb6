"""`/review/complaints`: the register, for leads and admins. One page each; an answer goes to the member's notices."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from forum import clock
from forum import text as texts
from forum.actions import complaining
from forum.actions.complaining import LONGEST_WORDS, AnsweredBefore, NoSuchComplaint, OwnComplaint
from forum.console.admin import desk
from forum.permissions import Action
from forum.queries import complaints
from forum.queries.complaints import STATES, Entry, Filters
from forum.web import sentences
from forum.web.complaint_words import kinds, outcome_choices, outcomes
from forum.web.guards import allows
from forum.web.identity import actor, viewer
from forum.web.numbers import read_id
from forum.web.parts import database
from forum.web.sentences import Sentence
from forum.web.typed import seen
from moderation.models import ComplaintKind, ComplaintOutcome

bp = Blueprint("complaints_desk", __name__, url_prefix="/review/complaints")

sentences.register(NoSuchComplaint, sentences.BY_STATUS[404])
sentences.register(
    OwnComplaint,
    Sentence(409, _l("This is your own complaint"), _l("Somebody else has to answer it.")),
)


class AnswerForm(FlaskForm):
    """How it ends, and the words for the member."""

    outcome = StringField()
    answer = TextAreaField(filters=[seen])

    @property
    def words(self) -> str:
        return texts.tidy(self.answer.data or "")

    @property
    def chosen(self) -> ComplaintOutcome | None:
        sent = self.outcome.data or ""
        return ComplaintOutcome(sent) if sent in set(ComplaintOutcome) else None

    def problems(self) -> dict[str, str]:
        """What to change, by field."""
        found: dict[str, str] = {}
        if self.chosen is None:
            found["outcome"] = _("Choose how it ends.")
        if not self.words:
            found["answer"] = _("Write what the member should know.")
        elif len(self.words) > LONGEST_WORDS:
            found["answer"] = _("Please keep this to %(most)s characters.", most=f"{LONGEST_WORDS:,}")
        return found


@bp.get("")
@allows(Action.ANSWER_COMPLAINTS)
def index() -> ResponseReturnValue:
    """What was complained about, the oldest first. `?state=` and `?kind=` narrow it."""
    state, kind = request.args.get("state", "open"), request.args.get("kind", "")
    filters = Filters(
        state if state in STATES else None, ComplaintKind(kind) if kind in set(ComplaintKind) else None
    )
    after = read_id(request.args.get("after"))
    with database().reading() as session:
        found, more = complaints.register(session, filters, after=after)
    kept: dict[str, Any] = {"state": filters.state or "all"}
    if filters.kind is not None:
        kept["kind"] = filters.kind
    return render_template(
        "console/complaints/index.html",
        desk_items=desk("complaints_desk.index"),
        complaints=found,
        filters=filters,
        kinds=[(one, words) for one, words, _hint in kinds()],
        first=url_for(".index", **kept) if after is not None else None,
        later=url_for(".index", **kept, after=more) if more is not None else None,
    )


@bp.get("/<int:complaint_id>")
@allows(Action.ANSWER_COMPLAINTS)
def show(complaint_id: int) -> ResponseReturnValue:
    """One complaint: its words, and the form to answer."""
    return _page(_entry(complaint_id), AnswerForm(formdata=None), {})


@bp.post("/<int:complaint_id>/acknowledge")
@allows(Action.ANSWER_COMPLAINTS)
def acknowledge(complaint_id: int) -> ResponseReturnValue:
    """Tell the member that somebody is looking at it."""
    with database().transaction() as session:
        complaining.acknowledge(session, complaint_id, actor=actor(), at=clock.now())
    flash(_("The member has been told that you are looking at it."), "done")
    return redirect(url_for(".show", complaint_id=complaint_id), code=303)


@bp.post("/<int:complaint_id>/answer")
@allows(Action.ANSWER_COMPLAINTS)
def answer(complaint_id: int) -> ResponseReturnValue:
    """Answer it. Where a colleague was first, what was written is given back."""
    form, entry = AnswerForm(), _entry(complaint_id)
    problems = form.problems()
    if problems and entry.complaint.answered_at is not None:  # its page has no form left to put them right in
        return _page(entry, form, {}, kept=form.answer.data), 409
    if problems and entry.own:
        raise OwnComplaint
    if problems:
        return _page(entry, form, problems), 422
    assert form.chosen is not None
    try:
        with database().transaction() as session:
            complaining.answer(
                session,
                complaint_id,
                outcome=form.chosen,
                words=form.words,
                actor=actor(),
                at=clock.now(),
            )
    except AnsweredBefore:
        return _page(_entry(complaint_id), form, {}, kept=form.answer.data), 409
    flash(_("The member has your answer."), "done")
    return redirect(url_for(".index"), code=303)


def _entry(complaint_id: int) -> Entry:
    with database().reading() as session:
        found = complaints.find(session, viewer().id, complaint_id)
    if found is None:
        abort(404)
    return found


def _page(entry: Entry, form: AnswerForm, errors: dict[str, str], *, kept: str | None = None) -> str:
    return render_template(
        "console/complaints/show.html",
        desk_items=desk("complaints_desk.index"),
        entry=entry,
        complaint=entry.complaint,
        kind=next(words for kind, words, _hint in kinds() if kind is entry.complaint.kind),
        form=form,
        errors=errors,
        kept=kept,
        choices=outcome_choices(),
        outcomes=outcomes(),
    )

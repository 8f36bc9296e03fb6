"""Telling the people who run the site what they should do better, and reading their answer."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField

from forum import clock
from forum import text as texts
from forum.actions import complaining, judging
from forum.actions.complaining import LONGEST_WORDS
from forum.pages.writing_forms import SUBMISSION, new_submission
from forum.permissions import Action
from forum.queries import complaints
from forum.web.complaint_words import kinds, outcomes
from forum.web.guards import allows
from forum.web.identity import actor, viewer
from forum.web.judges import judges
from forum.web.numbers import read_id
from forum.web.parts import database, policy
from forum.web.typed import seen
from moderation.models import ComplaintKind
from moderation.subject import Circumstances, Part, Piece

bp = Blueprint("complaints", __name__)


class ComplaintForm(FlaskForm):
    """What it is about, in the member's own words. `submission` names the filled-in form."""

    kind = StringField()
    text = TextAreaField(filters=[seen])
    submission = HiddenField(filters=[seen])

    @property
    def words(self) -> str:
        return texts.tidy(self.text.data or "")

    @property
    def chosen(self) -> ComplaintKind | None:
        sent = self.kind.data or ""
        return ComplaintKind(sent) if sent in set(ComplaintKind) else None

    @property
    def number(self) -> str:
        """The form's own random id; a broken one gets a fresh one."""
        sent = self.submission.data or ""
        return sent if SUBMISSION.fullmatch(sent) else new_submission()

    def problems(self) -> dict[str, str]:
        """What to change, by field."""
        found: dict[str, str] = {}
        if self.chosen is None:
            found["kind"] = _("Choose what comes nearest. It does not have to be exact.")
        if not self.words:
            found["text"] = _("Tell us what went wrong. A few words are enough.")
        elif len(self.words) > LONGEST_WORDS:
            found["text"] = _("Please keep this to %(most)s characters.", most=f"{LONGEST_WORDS:,}")
        return found


@bp.get("/complaints")
@allows(Action.COMPLAIN)
def index() -> ResponseReturnValue:
    """One's own complaints, the newest first, and the way to send one."""
    before = read_id(request.args.get("before"))
    with database().reading() as session:
        found, more = complaints.mine(session, viewer().id, before=before)
    return render_template(
        "pages/complaints/index.html",
        complaints=found,
        more=more,
        first_page=before is None,
        kinds={kind: words for kind, words, _hint in kinds()},
        outcomes=outcomes(),
    )


@bp.route("/complaints/new", methods=["GET", "POST"])
@allows(Action.COMPLAIN)
def new() -> ResponseReturnValue:
    """Send a complaint. Sent twice, it is one."""
    form = ComplaintForm()
    if request.method == "GET":
        form.submission.data = new_submission()
        return _form(form, {})
    form.submission.data = form.number
    if problems := form.problems():
        return _form(form, problems), 422
    said = judging.judge(judges(), (Piece(Part.BODY, form.words),), Circumstances())
    assert form.chosen is not None
    with database().transaction() as session:
        made, _is_new = complaining.complain(
            session,
            kind=form.chosen,
            words=form.words,
            submission=form.submission.data,
            support=said.answer.support,
            actor=actor(),
            policy=policy(),
            at=clock.now(),
        )
    flash(_("We have it. A person will read this."), "done")
    return redirect(url_for(".show", complaint_id=made.id), code=303)


@bp.get("/complaints/<int:complaint_id>")
@allows(Action.COMPLAIN)
def show(complaint_id: int) -> ResponseReturnValue:
    """Where it stands, and the answer."""
    with database().reading() as session:
        found = complaints.my_complaint(session, viewer().id, complaint_id)
    if found is None:
        abort(404)
    return render_template(
        "pages/complaints/show.html",
        complaint=found,
        kind=next(words for kind, words, _hint in kinds() if kind is found.kind),
        outcomes=outcomes(),
    )


def _form(form: ComplaintForm, errors: dict[str, str]) -> str:
    return render_template("pages/complaints/new.html", form=form, errors=errors, kinds=kinds())

"""Telling a moderator about something, and one's own reports with what became of them."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField

from forum import clock, text
from forum.actions import reporting
from forum.actions.reporting import LONGEST_DETAILS, OwnWords
from forum.db import Session
from forum.pages.held_posts import the_desk
from forum.permissions import Action
from forum.queries import reports
from forum.queries.reports import Reportable
from forum.queries.waiting import usual_wait
from forum.web.guards import allows
from forum.web.identity import actor, viewer
from forum.web.parts import database, policy
from forum.web.typed import seen
from moderation import desk
from moderation.desk import Desk
from moderation.subject import Subject, SubjectKind

bp = Blueprint("reports", __name__)
Find = Callable[[Session], Reportable | None]


class ReportForm(FlaskForm):
    """Why, and a few words if one likes. `revision` is the version that was on the reporter's screen."""

    reason = StringField()
    details = TextAreaField(filters=[seen])
    revision = HiddenField(filters=[seen])

    def problems(self) -> dict[str, str]:
        """What to change, by field."""
        found: dict[str, str] = {}
        reason = policy().report_reasons.get(self.reason.data or "")
        details = text.tidy(self.details.data or "")
        if reason is None:
            found["reason"] = _("Choose what comes nearest. It does not have to be exact.")
        elif reason.needs_words and not details:
            found["details"] = _("Say in a few words what it is.")
        if len(details) > LONGEST_DETAILS:
            found["details"] = _("Please keep this to 1,000 characters.")
        return found

    @property
    def seen(self) -> int | None:
        sent = self.revision.data or ""
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 19 else None


@bp.route("/p/<int:post_id>/report", methods=["GET", "POST"])
@allows(Action.REPORT)
def post(post_id: int) -> ResponseReturnValue:
    """Report a post that one can read. The words stay folded away unless the reporter asks for them."""
    form, again = ReportForm(), request.args.get("show") == "words"

    def find(session: Session) -> Reportable | None:
        return reports.post_to_report(session, viewer(), post_id, seen=form.seen, with_words=again)

    return _report(form, Subject(SubjectKind.POST, post_id), find)


@bp.route("/m/<int:member_id>/report", methods=["GET", "POST"])
@allows(Action.REPORT)
def name(member_id: int) -> ResponseReturnValue:
    """Report the name of somebody one shares a group with."""
    subject = Subject(SubjectKind.PROFILE, member_id)
    return _report(
        ReportForm(), subject, lambda session: reports.name_to_report(session, viewer(), member_id)
    )


@bp.get("/reports")
@allows(Action.REPORT)
def index() -> ResponseReturnValue:
    """One's own reports, the newest first, with their outcomes."""
    asked = request.args.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    with database().reading() as session:
        found, more = reports.my_reports(session, viewer().id, before=before)
    return render_template(
        "pages/reports/index.html",
        reports=found,
        more=more,
        first_page=before is None,
        reasons={code: reason.words for code, reason in policy().report_reasons.items()},
    )


@bp.get("/reports/<int:report_id>")
@allows(Action.REPORT)
def show(report_id: int) -> ResponseReturnValue:
    """Thank you, when somebody will look, and what came of it."""
    with database().reading() as session:
        found = reports.my_report(session, viewer().id, report_id)
        if found is None:
            abort(404)
        now = clock.now()
        wait = usual_wait(session, found.urgency, policy(), now)
        times = the_desk(session, now)
    reason = policy().report_reasons.get(found.reason_code)
    return render_template(
        "pages/reports/show.html",
        report=found,
        reason=reason.words if reason else found.reason_code,
        wait=wait,
        **times,
    )


def _report(form: ReportForm, subject: Subject, find: Find) -> ResponseReturnValue:
    with database().reading() as session:
        target = find(session)
        earlier = reports.report_on(session, viewer().id, subject)
        stands = desk.look(session, clock.now())
    if earlier is not None:  # also where it can no longer be seen: pressing twice must not look like a loss
        return _already(form, earlier)
    if target is None:
        abort(404)
    if target.author_id == viewer().id:
        return render_template(
            "pages/reports/own.html", target=target
        ), 200 if request.method == "GET" else 409
    if request.method == "GET":
        return _page(form, target, stands, {})
    if problems := form.problems():
        return _page(form, target, stands, problems), 422
    try:
        with database().transaction() as session:
            fresh = find(session)
            if fresh is None:
                abort(404)
            made, new = reporting.report(
                session,
                fresh,
                reason=policy().report_reasons[form.reason.data or ""],
                details=text.tidy(form.details.data or "") or None,
                actor=actor(),
                policy=policy(),
                at=clock.now(),
            )
    except OwnWords:
        return render_template("pages/reports/own.html", target=target), 409
    if not new:
        return _already(form, made.id)
    return redirect(url_for(".show", report_id=made.id), code=303)


def _already(form: ReportForm, report_id: int) -> ResponseReturnValue:
    """Sent twice, it is one report. Other words than the first time are given back: they were not added."""
    typed = text.tidy(form.details.data or "") if request.method == "POST" else ""
    with database().reading() as session:
        found = reports.my_report(session, viewer().id, report_id)
    if typed and (found is None or typed != found.details):
        return render_template("pages/reports/already.html", report_id=report_id, kept=form.details.data), 409
    flash(_("We have your report about this already. You do not need to send it again."), "info")
    return redirect(url_for(".show", report_id=report_id), code=303)


def _page(form: ReportForm, target: Reportable, stands: Desk, errors: dict[str, str]) -> str:
    form.revision.data = str(target.subject.revision_id or "")
    return render_template(
        "pages/reports/new.html",
        form=form,
        target=target,
        desk=stands,
        errors=errors,
        reasons=[(reason.code, reason.words) for reason in policy().report_reasons.values()],
    )

"""A facilitator's pages: what nobody has answered, and what can be done with a thread or a post."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock, group_reasons
from forum.actions import facilitating as actions
from forum.actions.facilitating import UnknownLabel
from forum.group_reasons import Purpose, UnknownReason
from forum.pages import group_words
from forum.permissions import Action
from forum.queries import facilitating, groups, threads_list
from forum.web import group_sentences  # noqa: F401 - gives each refusal its page
from forum.web.guards import allows
from forum.web.identity import actor, viewer
from forum.web.parts import database, policy
from moderation.workflow import DecisionAction

bp = Blueprint("facilitating", __name__)


@bp.get("/g/<slug>/unanswered")
@allows(Action.FACILITATE)
def unanswered(slug: str) -> ResponseReturnValue:
    """Threads without a reply, the longest wait first."""
    person = viewer()
    with database().reading() as session:
        group = groups.find_group(session, person, slug, clock.now())
        if group is None or group.id not in person.facilitates:
            abort(404)
        found = threads_list.unanswered(session, group.id, person, policy())
    return render_template(
        "pages/groups/unanswered.html", group=group, threads=found, label_words=policy().taxonomy.words
    )


@bp.get("/facilitate/thread/<int:thread_id>")
@allows(Action.FACILITATE)
def thread(thread_id: int) -> ResponseReturnValue:
    """Pin a thread, or close it to replies."""
    return _thread_page(thread_id)


@bp.post("/facilitate/thread/<int:thread_id>/pin")
@allows(Action.FACILITATE)
def pin(thread_id: int) -> ResponseReturnValue:
    pinned = request.form.get("pinned") == "yes"
    with database().transaction() as session:
        actions.pin(session, actor=actor(), thread_id=thread_id, pinned=pinned, at=clock.now())
    flash(_("It stands at the top now.") if pinned else _("It is no longer pinned."), "done")
    return redirect(url_for(".thread", thread_id=thread_id), code=303)


@bp.post("/facilitate/thread/<int:thread_id>/lock")
@allows(Action.FACILITATE)
def lock(thread_id: int) -> ResponseReturnValue:
    reason = request.form.get("reason", "")
    try:
        with database().transaction() as session:
            actions.lock(
                session, actor=actor(), thread_id=thread_id, reason=reason, policy=policy(), at=clock.now()
            )
    except UnknownReason:
        return _thread_page(thread_id, _choose_reason("reason"))
    flash(_("The thread is closed to new replies."), "done")
    return redirect(url_for(".thread", thread_id=thread_id), code=303)


@bp.post("/facilitate/thread/<int:thread_id>/unlock")
@allows(Action.FACILITATE)
def unlock(thread_id: int) -> ResponseReturnValue:
    reason = request.form.get("reason", "")
    try:
        with database().transaction() as session:
            actions.unlock(session, actor=actor(), thread_id=thread_id, reason=reason, at=clock.now())
    except UnknownReason:
        return _thread_page(thread_id, _choose_reason("reason"))
    flash(_("The thread is open to replies again."), "done")
    return redirect(url_for(".thread", thread_id=thread_id), code=303)


@bp.get("/facilitate/post/<int:post_id>")
@allows(Action.FACILITATE)
def post(post_id: int) -> ResponseReturnValue:
    """Label a post, ask its author for a change, or call a moderator."""
    return _post_page(post_id)


@bp.post("/facilitate/post/<int:post_id>/labels")
@allows(Action.FACILITATE)
def add_labels(post_id: int) -> ResponseReturnValue:
    codes = request.form.getlist("labels")
    try:
        with database().transaction() as session:
            actions.add_labels(
                session, actor=actor(), post_id=post_id, codes=codes, policy=policy(), at=clock.now()
            )
    except UnknownLabel:
        return _post_page(post_id, {"labels": _("Please choose at least one label from the list.")})
    flash(_("The post is behind a label now. Its author has been told, kindly."), "done")
    return redirect(url_for("posts.find", post_id=post_id), code=303)


@bp.post("/facilitate/post/<int:post_id>/ask")
@allows(Action.FACILITATE)
def ask(post_id: int) -> ResponseReturnValue:
    reason = request.form.get("change", "")
    try:
        with database().transaction() as session:
            actions.ask_for_change(
                session, actor=actor(), post_id=post_id, reason=reason, policy=policy(), at=clock.now()
            )
    except UnknownReason:
        return _post_page(post_id, _choose_reason("change"))
    flash(_("The author has been asked. The post stays up meanwhile."), "done")
    return redirect(url_for("posts.find", post_id=post_id), code=303)


@bp.post("/facilitate/post/<int:post_id>/call")
@allows(Action.FACILITATE)
def call(post_id: int) -> ResponseReturnValue:
    reason = request.form.get("call", "")
    try:
        with database().transaction() as session:
            actions.call_moderator(
                session, actor=actor(), post_id=post_id, reason=reason, policy=policy(), at=clock.now()
            )
    except UnknownReason:
        return _post_page(post_id, _choose_reason("call"))
    flash(_("A moderator will look at it. Thank you for noticing."), "done")
    return redirect(url_for("posts.find", post_id=post_id), code=303)


def _choose_reason(field: str) -> Mapping[str, str]:
    return {field: _("Please choose a reason.")}


def _thread_page(thread_id: int, errors: Mapping[str, str] | None = None) -> ResponseReturnValue:
    with database().reading() as session:
        found = facilitating.thread_of(session, viewer(), thread_id)
    if found is None:
        abort(404)
    locking = _policy_choices(DecisionAction.LOCK_THREAD)
    page = render_template(
        "pages/groups/facilitate_thread.html",
        thread=found,
        lock_choices=locking,
        lock_words=dict(locking).get(found.lock_reason or "", ""),
        unlock_choices=[(one.code, one.words) for one in group_reasons.reasons(Purpose.UNLOCK)],
        chosen=request.form.get("reason"),
        errors=errors or {},
    )
    return page, 422 if errors else 200


def _post_page(post_id: int, errors: Mapping[str, str] | None = None) -> ResponseReturnValue:
    with database().reading() as session:
        found = facilitating.post_of(session, viewer(), post_id)
    if found is None:
        abort(404)
    rules = policy()
    page = render_template(
        "pages/groups/facilitate_post.html",
        post=found,
        on_it=[rules.taxonomy.words(code) for code in found.labels if group_words.readers_see(rules, code)],
        label_choices=[
            (label.code, label.words)
            for label in rules.taxonomy.content_labels
            if label.code not in found.labels
        ],
        change_choices=_policy_choices(DecisionAction.ASK_EDIT),
        call_choices=[(reason.code, reason.words) for reason in rules.report_reasons.values()],
        chosen=request.form,
        errors=errors or {},
    )
    return page, 422 if errors else 200


def _policy_choices(action: DecisionAction) -> list[tuple[str, str]]:
    return [(one.code, one.words) for one in policy().reasons_for(action) if not one.needs_note]

"""One's own words: reply, edit, take back; and the address of a single post."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock
from forum.actions import care, judging, posting, withdrawing
from forum.models import PostState
from forum.pages import writing_forms
from forum.pages.threads import after_writing, may_reply
from forum.pages.writing_forms import ReplyForm, ThreadForm, WritingForm, label_choices
from forum.permissions import Action
from forum.queries import posts, threads
from forum.queries.posts import PostFacts
from forum.queries.review import claimed_post_ids
from forum.queries.threads import ThreadFacts
from forum.queries.visibility import reader
from forum.web.guards import allows
from forum.web.identity import actor, viewer
from forum.web.judges import circumstances, judges
from forum.web.next_page import came_from, onward
from forum.web.parts import database, policy

bp = Blueprint("posts", __name__)
GONE = frozenset({PostState.REMOVED, PostState.WITHDRAWN})


@bp.get("/p/<int:post_id>")
@allows(Action.READ_GROUP)
def find(post_id: int) -> ResponseReturnValue:
    """Go to a post where it stands in its thread."""
    post = _post(post_id)
    address = url_for("threads.show", thread_id=post.thread_id, slug=post.thread_slug, page=post.page)
    return redirect(f"{address}#post-{post.id}", code=303)


@bp.route("/t/<int:thread_id>/reply", methods=["GET", "POST"])
@allows(Action.WRITE)
def reply(thread_id: int) -> ResponseReturnValue:
    """Reply on a page of its own: the way to quote, and where a reply comes back to when something needs a change."""
    form = ReplyForm()
    thread, target = _target(thread_id, form)
    if not form.submission.data:
        form.submission.data = writing_forms.new_submission()
    if request.method == "GET":
        return _reply_page(thread, target, form)
    if not form.validate():
        return _reply_page(thread, target, form), 422
    draft = form.draft()
    with database().reading() as session:
        inherited = posts.labels_to_inherit(session, [thread.first_post_id, *([target.id] if target else [])])
    inherited = tuple(code for code in inherited if code not in draft.labels)
    pieces = judging.post_pieces(draft.rendered, title=None, note=draft.note)
    around = circumstances(viewer(), chosen=draft.labels, inherited=inherited)
    assessment = judging.judge(judges(), pieces, around)
    if assessment.answer.ask_first and not form.anyway.data:
        return _reply_page(thread, target, form, ask_first=True), 422
    with database().transaction() as session:
        written = posting.reply(
            session,
            author=viewer(),
            thread_id=thread.id,
            draft=draft,
            assessment=assessment,
            policy=policy(),
            inherited=inherited,
            reply_to_id=target.id if target else None,
            quotes_id=target.id if target and form.quotes.data else None,
            at=clock.now(),
        )
    return after_writing(written)


@bp.route("/p/<int:post_id>/edit", methods=["GET", "POST"])
@allows(Action.CHANGE_OWN_POST)
def edit(post_id: int) -> ResponseReturnValue:
    """Change one's own post. The new words are judged again."""
    post = _own(post_id)
    form: WritingForm = ThreadForm() if post.title is not None else ReplyForm()
    if request.method == "GET":
        _fill(form, post)
        return _edit_page(post, form)
    if not form.submission.data:
        form.submission.data = writing_forms.new_submission()
    if not form.validate():
        return _edit_page(post, form), 422
    draft = form.draft()
    kept = tuple(code for code in post.other_labels if code not in draft.labels)
    pieces = judging.post_pieces(draft.rendered, title=draft.title, note=draft.note)
    around = circumstances(
        viewer(),
        chosen=draft.labels,
        inherited=kept,
        held_by_person=post.held_by_person,
        held_overnight=post.held_overnight,
    )
    assessment = judging.judge(judges(), pieces, around)
    if assessment.answer.ask_first and not form.anyway.data:
        return _edit_page(post, form, ask_first=True), 422
    with database().transaction() as session:
        written = posting.edit(
            session,
            author=viewer(),
            post_id=post.id,
            draft=draft,
            assessment=assessment,
            policy=policy(),
            inherited=kept,
            at=clock.now(),
        )
    return after_writing(written)


@bp.route("/p/<int:post_id>/withdraw", methods=["GET", "POST"])
@allows(Action.CHANGE_OWN_POST)
def withdraw(post_id: int) -> ResponseReturnValue:
    """Take a post back, at any time, after one question."""
    post = _own(post_id)
    if request.method == "GET":
        return render_template("pages/posts/withdraw.html", post=post)
    with database().transaction() as session:
        withdrawing.withdraw(session, author=viewer(), actor=actor(), post_id=post.id, at=clock.now())
    flash(_("Your post is taken back. Nobody in the group can read it now."), "done")
    return redirect(
        url_for("threads.show", thread_id=post.thread_id, slug=post.thread_slug, page=post.page), code=303
    )


@bp.post("/help/panel/<int:panel_id>/dismiss")
@allows(Action.READ_NOTICES)
def dismiss_panel(panel_id: int) -> ResponseReturnValue:
    """Put the private offer of help away, and go on where one was."""
    with database().transaction() as session:
        care.dismiss_help(session, viewer().id, panel_id, at=clock.now())
    return redirect(onward(came_from()), code=303)


def _post(post_id: int) -> PostFacts:
    person = viewer()
    with database().reading() as session:
        claimed = claimed_post_ids(session, person.id, clock.now()) if person.reviews else frozenset()
        post = posts.find_post(session, reader(person, claimed), post_id)
    if post is None:
        abort(404)
    return post


def _own(post_id: int) -> PostFacts:
    """A post of the viewer's that can still be changed."""
    post = _post(post_id)
    if post.author_id != viewer().id or post.state in GONE:
        abort(404)
    return post


def _target(thread_id: int, form: ReplyForm) -> tuple[ThreadFacts, PostFacts | None]:
    """The thread, and the post of it that is answered or quoted, if any."""
    person = reader(viewer())
    asked = (
        form.quotes.data
        or form.answers.data
        or request.args.get("quotes", "")
        or request.args.get("answers", "")
    )
    if request.method == "GET":
        form.quotes.data, form.answers.data = request.args.get("quotes", ""), request.args.get("answers", "")
    with database().reading() as session:
        thread = threads.find_thread(session, person, thread_id, clock.now(), policy=policy())
        if thread is None:
            abort(404)
        if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
            return thread, None
        target = posts.find_post(session, person, int(asked))
    here = target is not None and target.thread_id == thread.id and target.state is PostState.SHOWN
    return thread, target if here else None


def _reply_page(
    thread: ThreadFacts, target: PostFacts | None, form: ReplyForm, *, ask_first: bool = False
) -> str:
    return render_template(
        "pages/posts/reply.html",
        thread=thread,
        target=target,
        form=form,
        label_choices=label_choices(),
        may_reply=may_reply(thread),
        ask_first=ask_first,
        words={code: policy().taxonomy.words(code) for code in (target.labels if target else ())},
    )


def _edit_page(post: PostFacts, form: WritingForm, *, ask_first: bool = False) -> str:
    return render_template(
        "pages/posts/edit.html",
        post=post,
        form=form,
        label_choices=label_choices(),
        ask_first=ask_first,
        words={code: policy().taxonomy.words(code) for code in post.other_labels},
    )


def _fill(form: WritingForm, post: PostFacts) -> None:
    form.text.data, form.note.data = post.source, post.note
    form.labels.data = list(post.author_labels)
    form.submission.data = writing_forms.new_submission()
    if isinstance(form, ThreadForm):
        form.title.data = post.title

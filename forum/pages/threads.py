"""Reading a thread and starting one."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock
from forum.actions import judging, posting
from forum.db import Session
from forum.pages import writing_forms, writing_sentences
from forum.pages.held_posts import held_posts, the_desk
from forum.pages.writing_forms import ThreadForm, label_choices
from forum.permissions import Action
from forum.queries import groups, threads
from forum.queries.review import claimed_post_ids
from forum.queries.threads import PostView, ThreadFacts
from forum.queries.visibility import Reader, reader
from forum.web.guards import allows
from forum.web.identity import viewer
from forum.web.judges import circumstances, judges
from forum.web.parts import database, policy
from moderation.answers import Display

bp = Blueprint("threads", __name__)
writing_sentences.install()
MOST_OPENED = 60


@bp.get("/t/<int:thread_id>")
@bp.get("/t/<int:thread_id>/<slug>")
@allows(Action.READ_GROUP)
def show(thread_id: int, slug: str = "") -> ResponseReturnValue:
    """One page of a thread. `?page=` counts from 1; `?show=` names the revisions to open, or `all`."""
    asked = request.args.get("show", "")
    opened, open_all = _opened(asked), asked == "all"
    now = clock.now()
    with database().reading() as session:
        person = _reader(session)
        thread = threads.find_thread(session, person, thread_id, now, policy=policy())
        if thread is None:
            abort(404)
        if slug != thread.slug:
            return redirect(
                url_for(
                    ".show", thread_id=thread.id, slug=thread.slug, page=_asked("page"), show=_asked("show")
                ),
                code=301,
            )
        page = min(max(1, request.args.get("page", 1, type=int)), thread.pages)
        found = threads.posts_on_page(session, person, thread.id, page, opened=opened, open_all=open_all)
        waiting = held_posts(session, found, now)
        times = the_desk(session, now) if waiting else {}
    rules = policy().taxonomy
    return render_template(
        "pages/threads/show.html",
        thread=thread,
        title_shown=not thread.title_folded
        or any(post.id == thread.first_post_id and post.html for post in found),
        page=page,
        posts=found,
        waiting=waiting,
        **times,
        opened=sorted(opened),
        any_folded=any(post.folded for post in found),
        words={code: rules.words(code) for post in found for code in _codes(post)},
        submission=writing_forms.new_submission(),
        label_choices=tuple(label_choices()),
        may_reply=may_reply(thread),
    )


@bp.route("/g/<slug>/new", methods=["GET", "POST"])
@allows(Action.WRITE)
def new(slug: str) -> ResponseReturnValue:
    """Start a thread in a group."""
    form = ThreadForm()
    author = viewer()
    with database().reading() as session:
        group = groups.find_group(session, author, slug, clock.now())
        if group is None:
            abort(404)
    if not form.submission.data:
        form.submission.data = writing_forms.new_submission()
    if request.method == "GET":
        return render_template(
            "pages/threads/new.html", group=group, form=form, label_choices=label_choices()
        )
    if not form.validate():
        page = render_template(
            "pages/threads/new.html", group=group, form=form, label_choices=label_choices()
        )
        return page, 422
    draft = form.draft()
    pieces = judging.post_pieces(draft.rendered, title=draft.title, note=draft.note)
    assessment = judging.judge(judges(), pieces, circumstances(author, chosen=draft.labels))
    if assessment.answer.ask_first and not form.anyway.data:
        page = render_template(
            "pages/threads/new.html", group=group, form=form, label_choices=label_choices(), ask_first=True
        )
        return page, 422
    with database().transaction() as session:
        written = posting.start_thread(
            session,
            author=author,
            group_id=group.id,
            draft=draft,
            assessment=assessment,
            policy=policy(),
            at=clock.now(),
        )
    return after_writing(written)


def after_writing(written: posting.Written) -> ResponseReturnValue:
    """Back to the post, with a sentence on what happened to it."""
    if written.display is Display.HOLD:
        flash(
            _("Thank you. A person will read this first. You can see it below, change it or take it back."),
            "info",
        )
    elif written.repeated:
        flash(_("We already have this one, so it is here once."), "info")
    else:
        flash(_("Your post is up."), "done")
    if written.suggested and written.display is Display.SHOW:
        flash(_("Would a label help people choose if they read this now? You can add one with Edit."), "info")
    return redirect(url_for("posts.find", post_id=written.post.id), code=303)


def may_reply(thread: ThreadFacts) -> str | None:
    """None where this person may write a reply here now, else the code of what stands in the way."""
    person = viewer()
    if thread.archived:
        return "archived"
    if not thread.listed:
        return "waiting"
    if person.restricted_until is not None and person.restricted_until > clock.now():
        return "paused"
    if thread.group_id in person.resting_group_ids:
        return "resting"
    if thread.group_id not in person.reads and not person.reviews:
        return "not_a_member"
    if not thread.held:
        return "no_facilitator"
    return (
        "locked"
        if thread.locked and not person.facilitates & {thread.group_id} and not person.reviews
        else None
    )


def _reader(session: Session) -> Reader:
    person = viewer()
    claimed = claimed_post_ids(session, person.id, clock.now()) if person.reviews else frozenset()
    return reader(person, claimed)


def _opened(asked: str) -> frozenset[int]:
    parts = asked.split(",")[:MOST_OPENED]
    return frozenset(int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 19)


def _asked(name: str) -> str | None:
    """A parameter to carry along; `url_for` leaves None out."""
    return request.args.get(name)


def _codes(post: PostView) -> tuple[str, ...]:
    return (*post.labels, *(post.quoted.labels if post.quoted else ()))

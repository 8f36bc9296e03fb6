"""The only code that changes whether a post may be read. Posting, reviewing and facilitating call it.

What the group reads is always the newest revision: while an edit waits for a person the whole post waits,
because the words before the edit are no longer what the author wants to say (ADR 0004).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from forum import text
from forum.actions import notices
from forum.models import Member, Post, PostState, Revision, Thread
from moderation.db import FOR_CHANGE
from moderation.subject import Span

UNTITLED = ""
"""A title is part of the first post: while that may not be read, the title may not either."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a post stands for its readers, and what showing it for the first time changes beside it."""

    state: PostState
    shown_revision_id: int | None
    collapsed: bool
    first_shown_at: datetime | None
    listed_at: datetime | None
    last_post_at: datetime


def show(session: Session, post: Post, revision: Revision, *, collapsed: bool, at: datetime) -> None:
    """Let the group read `revision`. Lists the thread with its first post, counts, and tells who was replied to."""
    thread = _thread(session, post)
    if post.state is not PostState.SHOWN:
        thread.post_count += 1
    post.state = PostState.SHOWN
    post.shown_revision_id = revision.id
    post.collapsed = collapsed
    if post.position == 1 and revision.title:
        thread.title = revision.title
        thread.slug = text.slug(UNTITLED if collapsed else revision.title)
    if post.first_shown_at is None:
        post.first_shown_at = at
        thread.last_post_at = at
        _count_for_author(session, post, 1)
        _tell_replied_to(session, post, thread, at)
    if post.position == 1 and thread.listed_at is None:
        thread.listed_at = at


def hold(session: Session, post: Post) -> None:
    """Keep the post for a person to read first."""
    _hide(session, post, PostState.HELD)


def ask_to_edit(session: Session, post: Post) -> None:
    """Keep the post until its author has changed it."""
    _hide(session, post, PostState.ASKED_TO_EDIT)


def remove(session: Session, post: Post) -> None:
    """Take the post out by a person's decision. Its words stay, out of reach, until the appeal window ends."""
    _hide(session, post, PostState.REMOVED)


def withdraw(session: Session, post: Post) -> None:
    """Take the post back at its author's wish."""
    _hide(session, post, PostState.WITHDRAWN)


def mask(session: Session, revision: Revision, spans: Sequence[Span]) -> None:
    """Hide stretches of the revision's plain text from readers. The author's own words stay as they were typed."""
    revision.html = text.masked_html(revision.plain, spans)
    revision.masked = True
    session.flush()


def unmask(session: Session, revision: Revision) -> None:
    """Let readers see the revision as it was typed again."""
    revision.html, revision.render_version = text.render(revision.source).html, text.RENDER_VERSION
    revision.masked = False
    session.flush()


def standing(session: Session, post: Post) -> Standing:
    """How a post stands now."""
    thread = _thread(session, post)
    return Standing(
        post.state,
        post.shown_revision_id,
        post.collapsed,
        post.first_shown_at,
        thread.listed_at,
        thread.last_post_at,
    )


def put_back(session: Session, post: Post, was: Standing, *, left: Standing, at: datetime) -> None:
    """Let a post stand as it `was`. `left` is what made it so: what others changed since then stays."""
    if was.state is PostState.SHOWN:
        revision = session.get_one(Revision, was.shown_revision_id)
        show(session, post, revision, collapsed=was.collapsed, at=at)
        return
    _hide(session, post, was.state)
    post.shown_revision_id, post.collapsed = was.shown_revision_id, was.collapsed
    if was.first_shown_at is not None or post.first_shown_at is None:
        return
    post.first_shown_at = None
    _count_for_author(session, post, -1)
    thread = _thread(session, post)
    if thread.last_post_at == left.last_post_at:
        thread.last_post_at = was.last_post_at
    if was.listed_at is None and thread.post_count == 0:
        thread.listed_at = None


def _hide(session: Session, post: Post, state: PostState) -> None:
    thread = _thread(session, post)
    if post.state is PostState.SHOWN:
        thread.post_count -= 1
    if post.position == 1:
        thread.title, thread.slug = UNTITLED, text.slug(UNTITLED)
    post.state = state
    session.flush()


def _thread(session: Session, post: Post) -> Thread:
    """The post's thread, locked: its counts change with the post."""
    session.flush()
    return session.get_one(Thread, post.thread_id, with_for_update=FOR_CHANGE, populate_existing=True)


def _count_for_author(session: Session, post: Post, more: int) -> None:
    session.execute(
        update(Member)
        .where(Member.id == post.author_id)
        .values(approved_posts=Member.approved_posts + more)
        .execution_options(synchronize_session="fetch")
    )


def _tell_replied_to(session: Session, post: Post, thread: Thread, at: datetime) -> None:
    """One notice to the person answered and one to the person who started the thread, never to oneself."""
    people = {thread.author_id} if post.position > 1 else set()
    if post.reply_to_id is not None:
        answered = session.get(Post, post.reply_to_id)
        if answered is not None:
            people.add(answered.author_id)
    for member_id in sorted(people - {post.author_id}):
        notices.tell(
            session, member_id, "reply", once=f"reply-{post.id}", at=at, post=post.id, thread=thread.id
        )

"""The only code that changes whether a post may be read. Posting, reviewing and facilitating call it.

What the group reads is always the newest revision: while an edit waits for a person the whole post waits,
because the words before the edit are no longer what the author wants to say (ADR 0004).
"""

from __future__ import annotations

from collections.abc import Sequence
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
        _count_for_author(session, post)
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


def _count_for_author(session: Session, post: Post) -> None:
    session.execute(
        update(Member)
        .where(Member.id == post.author_id)
        .values(approved_posts=Member.approved_posts + 1)
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

"""What a facilitator needs to see before acting on a thread or post of a group of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, exists, literal, select
from sqlalchemy.orm import Session, aliased

from forum.models import Group, Member, Notice, Post, PostState, Thread
from forum.queries.names import shown_name
from forum.queries.viewer import Viewer
from moderation import labels

_first = aliased(Post, name="first_post")
_THREAD: Select[*tuple[Any, ...]] = (
    select(
        Thread.id.label("thread_id"),
        Thread.slug,
        Thread.title,
        Thread.pinned,
        Thread.locked_at,
        Thread.lock_reason,
        Group.id.label("group_id"),
        Group.slug.label("group_slug"),
        Group.name.label("group_name"),
        _first.state.label("first_state"),
        _first.collapsed.label("first_collapsed"),
    )
    .join(Group, Group.id == Thread.group_id)
    .join(_first, and_(_first.thread_id == Thread.id, _first.position == 1))
    .where(Thread.listed_at.is_not(None))
)


@dataclass(frozen=True, slots=True)
class HeldThread:
    """A thread in a group that the viewer holds. `title` is None where its words are not for this page."""

    id: int
    slug: str
    title: str | None
    pinned: bool
    locked: bool
    lock_reason: str | None
    group_slug: str
    group_name: str


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post that the group can read, in a group that the viewer holds."""

    id: int
    author: str
    own: bool
    thread: HeldThread
    labels: tuple[str, ...]
    change_asked: bool
    """Already asked for, of this revision."""


def thread_of(session: Session, viewer: Viewer, thread_id: int) -> HeldThread | None:
    """The thread, if it is listed and the viewer facilitates its group."""
    row = session.execute(_THREAD.where(Thread.id == thread_id)).first()
    return None if row is None or row.group_id not in viewer.facilitates else _thread(row)


def post_of(session: Session, viewer: Viewer, post_id: int) -> HeldPost | None:
    """The post, if the group can read it and the viewer facilitates the group."""
    once = literal("edit-asked-").concat(Post.shown_revision_id)
    asked = exists().where(Notice.member_id == Post.author_id, Notice.once == once)
    row = session.execute(
        _THREAD.add_columns(
            Post.id.label("post_id"),
            Post.author_id,
            Post.shown_revision_id,
            Member.pseudonym,
            Member.pseudonym_state,
            Member.state.label("member_state"),
            asked.label("asked"),
        )
        .join(Post, Post.thread_id == Thread.id)
        .join(Member, Member.id == Post.author_id)
        .where(Post.id == post_id, Post.state == PostState.SHOWN)
    ).first()
    if row is None or row.group_id not in viewer.facilitates:
        return None
    on_it = labels.codes_on(session, [row.shown_revision_id]).get(row.shown_revision_id, ())
    return HeldPost(
        id=row.post_id,
        author=shown_name(row.pseudonym, row.pseudonym_state, row.member_state),
        own=row.author_id == viewer.id,
        thread=_thread(row),
        labels=tuple(dict.fromkeys(code for code, _source in on_it)),
        change_asked=bool(row.asked),
    )


def _thread(row: Row[*tuple[Any, ...]]) -> HeldThread:
    readable = row.first_state is PostState.SHOWN and not row.first_collapsed
    return HeldThread(
        id=row.thread_id,
        slug=row.slug,
        title=row.title if readable else None,
        pinned=row.pinned,
        locked=row.locked_at is not None,
        lock_reason=row.lock_reason,
        group_slug=row.group_slug,
        group_name=row.group_name,
    )

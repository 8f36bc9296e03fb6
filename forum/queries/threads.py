"""Reading a thread: one page of posts by stored position, in a fixed number of statements.

Position, not OFFSET: page 250 of a long thread costs what page 1 costs, and a post that was taken out
keeps its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, case, or_, select
from sqlalchemy.orm import Session, aliased

from forum.models import Group, Member, Post, PostState, Revision, Role, Thread
from forum.queries.names import shown_name
from forum.queries.places import active_facilitator
from forum.queries.titles import findings_if_collapsed, hides_title
from forum.queries.visibility import Reader, readable_by
from forum.text import excerpt
from moderation.models import ContentLabel
from moderation.policy import Policy

PAGE = 20


@dataclass(frozen=True, slots=True)
class ThreadFacts:
    """A thread and its group, as every page about it needs them."""

    id: int
    title: str
    """Empty where the first post may not be read."""
    title_folded: bool
    """The title itself is why the first post is folded: it waits until the reader opens that post."""
    slug: str
    author_id: int
    group_id: int
    group_slug: str
    group_name: str
    listed: bool
    locked: bool
    lock_reason: str | None
    pinned: bool
    archived: bool
    held: bool
    """A facilitator is active; without one the group is read-only (R49)."""
    pages: int
    first_post_id: int


@dataclass(frozen=True, slots=True)
class Quoted:
    """A post that another one quotes. `words` is None when this reader may not, or has not asked to, see it."""

    post_id: int
    author: str
    words: str | None
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PostView:
    """One post as one reader sees it. `html` is None when the words are not in the page."""

    id: int
    revision_id: int | None
    author: str
    author_role: Role
    own: bool
    state: PostState
    collapsed: bool
    html: str | None
    note: str | None
    labels: tuple[str, ...]
    masked: bool
    edited: bool
    written_at: datetime
    answers: int | None
    quoted: Quoted | None

    @property
    def gone(self) -> bool:
        """It was here once; this reader sees only that its place is empty."""
        return self.html is None and not self.collapsed

    @property
    def folded(self) -> bool:
        """Its words are left out until the reader asks."""
        return self.html is None and self.collapsed


def find_thread(
    session: Session, reader: Reader, thread_id: int, now: datetime, *, policy: Policy
) -> ThreadFacts | None:
    """A thread that this reader may open: listed in a group of theirs, or their own; else None.

    The title is empty where the first post may not be read; its author, and who holds a claim on it, see it.
    """
    first = aliased(Post)
    row = session.execute(
        select(
            Thread,
            Group.slug,
            Group.name,
            Group.archived_at,
            active_facilitator(now).label("held"),
            first.id,
            Revision.title,
            findings_if_collapsed(first),
        )
        .join(Group, Group.id == Thread.group_id)
        .join(first, and_(first.thread_id == Thread.id, first.position == 1))
        .join(Revision, Revision.id == first.current_revision_id)
        .where(Thread.id == thread_id)
    ).first()
    if row is None:
        return None
    thread, group_slug, group_name, archived_at, held, first_post_id, written_title, findings = row
    own = thread.author_id == reader.id
    reachable = thread.listed_at is not None and (reader.reviews or thread.group_id in reader.reads)
    if not reachable and not own and first_post_id not in reader.claimed_post_ids:
        return None
    sees_all = own or first_post_id in reader.claimed_post_ids
    return ThreadFacts(
        id=thread.id,
        title=(written_title or "") if sees_all else thread.title,
        title_folded=not sees_all and hides_title(policy, findings),
        slug=thread.slug,
        author_id=thread.author_id,
        group_id=thread.group_id,
        group_slug=group_slug,
        group_name=group_name,
        listed=thread.listed_at is not None,
        locked=thread.locked_at is not None,
        lock_reason=thread.lock_reason,
        pinned=thread.pinned,
        archived=archived_at is not None,
        held=bool(held),
        pages=page_of(max(1, thread.next_position - 1)),
        first_post_id=first_post_id,
    )


def page_of(position: int) -> int:
    """The page on which a position stands, counting from 1."""
    return (position - 1) // PAGE + 1


def posts_on_page(
    session: Session, reader: Reader, thread_id: int, page: int, *, opened: frozenset[int], open_all: bool
) -> list[PostView]:
    """The posts of one page. `opened` are revisions whose folded words the reader asked for."""
    rows = session.execute(_page_statement(reader, thread_id, page)).all()
    revision_ids = [row.revision_id for row in rows if row.readable and row.revision_id]
    quoted = _quoted(session, reader, [row.quotes_id for row in rows if row.readable and row.quotes_id])
    labels = visible_labels(session, [*revision_ids, *(row.revision_id for row in quoted.values())])
    views = []
    for row in rows:
        own = row.author_id == reader.id
        folded = row.collapsed and not own and not open_all and row.revision_id not in opened
        views.append(
            PostView(
                id=row.id,
                revision_id=row.revision_id if row.readable else None,
                author=shown_name(row.pseudonym, row.pseudonym_state, row.member_state),
                author_role=row.role,
                own=own,
                state=row.state,
                collapsed=bool(row.readable and row.collapsed and row.state is PostState.SHOWN),
                html=row.html if row.readable and not folded else None,
                note=row.note if row.readable else None,
                labels=labels.get(row.revision_id, ()) if row.readable else (),
                masked=bool(row.readable and row.masked),
                edited=bool(row.readable and row.number and row.number > 1),
                written_at=row.created_at,
                answers=row.reply_to_id if row.readable else None,
                quoted=_quote_view(quoted, labels, row, folded, opened, open_all) if row.readable else None,
            )
        )
    return views


def _page_statement(reader: Reader, thread_id: int, page: int) -> Any:
    readable = readable_by(reader)
    first = (page - 1) * PAGE + 1
    was_here = and_(Post.first_shown_at.is_not(None), Post.state != PostState.SHOWN)
    return (
        select(
            Post.id,
            Post.author_id,
            Post.state,
            Post.collapsed,
            Post.created_at,
            Post.reply_to_id,
            Post.quotes_id,
            Revision.id.label("revision_id"),
            Revision.number,
            Revision.masked,
            case((readable, Revision.html)).label("html"),
            case((readable, Revision.note)).label("note"),
            case((readable, True), else_=False).label("readable"),
            Member.pseudonym,
            Member.pseudonym_state,
            Member.state.label("member_state"),
            Member.role,
        )
        .join(Member, Member.id == Post.author_id)
        .outerjoin(Revision, Revision.id == Post.current_revision_id)
        .where(
            Post.thread_id == thread_id,
            Post.position.between(first, first + PAGE - 1),
            or_(readable, was_here),
        )
        .order_by(Post.position)
    )


def visible_labels(session: Session, revision_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The label codes that stand on each revision, in the order they were put there."""
    if not revision_ids:
        return {}
    found: dict[int, dict[str, None]] = {}
    for revision_id, code in session.execute(
        select(ContentLabel.revision_id, ContentLabel.code)
        .where(ContentLabel.revision_id.in_(revision_ids), ContentLabel.negated_at.is_(None))
        .order_by(ContentLabel.id)
    ):
        found.setdefault(revision_id, {})[code] = None
    return {revision_id: tuple(codes) for revision_id, codes in found.items()}


def _quoted(session: Session, reader: Reader, post_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """The quoted posts that this reader may read now: a quote vanishes with its source."""
    if not post_ids:
        return {}
    author = aliased(Member)
    rows: Sequence[Any] = session.execute(
        select(
            Post.id,
            Post.author_id,
            Post.collapsed,
            Revision.id.label("revision_id"),
            Revision.plain,
            Revision.masked,
            author.pseudonym,
            author.pseudonym_state,
            author.state.label("member_state"),
        )
        .join(author, author.id == Post.author_id)
        .join(Revision, Revision.id == Post.shown_revision_id)
        .where(Post.id.in_(post_ids), Post.state == PostState.SHOWN, readable_by(reader))
    ).all()
    return {row.id: row for row in rows}


def _quote_view(
    quoted: dict[int, Row[Any]],
    labels: dict[int, tuple[str, ...]],
    row: Row[Any],
    folded: bool,
    opened: frozenset[int],
    open_all: bool,
) -> Quoted | None:
    source = quoted.get(row.quotes_id)
    if source is None:
        return None
    asked = open_all or source.revision_id in opened or not source.collapsed
    words = excerpt(source.plain) if asked and not folded and not source.masked else None
    name = shown_name(source.pseudonym, source.pseudonym_state, source.member_state)
    return Quoted(source.id, name, words, labels.get(source.revision_id, ()))

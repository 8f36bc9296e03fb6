"""Reading a thread: one page of posts by stored position, in a fixed number of statements.

Position, not OFFSET: page 250 of a long thread costs what page 1 costs, and a post that was taken out
keeps its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, case, or_, select
from sqlalchemy.orm import Session

from forum.models import Group, Member, Post, PostState, Revision, Role, Thread
from forum.queries.names import shown_name
from forum.queries.places import NOW, active_facilitator
from forum.queries.titles import findings_if_collapsed, hides_title
from forum.queries.visibility import READABLE, Reader, asked_by
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


class PostView(NamedTuple):
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


_thread, _group, _post = Thread.__table__.c, Group.__table__.c, Post.__table__.c
_revision, _member, _label = Revision.__table__.c, Member.__table__.c, ContentLabel.__table__.c
_first_post = Post.__table__.alias("first_post")
_first = _first_post.c
_FACTS = (
    select(
        _thread.id,
        _thread.title,
        _thread.slug,
        _thread.author_id,
        _thread.group_id,
        _thread.listed_at,
        _thread.locked_at,
        _thread.lock_reason,
        _thread.pinned,
        _thread.next_position,
        _group.slug.label("group_slug"),
        _group.name.label("group_name"),
        _group.archived_at,
        active_facilitator(NOW).label("held"),
        _first.id.label("first_post_id"),
        _revision.title.label("written_title"),
        findings_if_collapsed(_first_post).label("findings"),
    )
    .join_from(Thread.__table__, Group.__table__, _group.id == _thread.group_id)
    .join(_first_post, and_(_first.thread_id == _thread.id, _first.position == 1))
    .join(Revision.__table__, _revision.id == _first.current_revision_id)
    .where(_thread.id == bindparam("thread"))
)
_here = (
    select(
        _post.id,
        _post.author_id,
        _post.state,
        _post.collapsed,
        _post.created_at,
        _post.position,
        _post.reply_to_id,
        _post.quotes_id,
        _post.current_revision_id,
        READABLE.label("readable"),
        and_(_post.first_shown_at.is_not(None), _post.state != PostState.SHOWN).label("was_here"),
    )
    .where(
        _post.thread_id == bindparam("thread"),
        _post.position.between(bindparam("first"), bindparam("last")),
    )
    .subquery("here")
    .c
)
_POSTS = (
    select(
        _here.id,
        _here.author_id,
        _here.state,
        _here.collapsed,
        _here.created_at,
        _here.reply_to_id,
        _here.quotes_id,
        _here.readable,
        _revision.id.label("revision_id"),
        _revision.number,
        _revision.masked,
        case((_here.readable, _revision.html)).label("html"),
        case((_here.readable, _revision.note)).label("note"),
        _member.pseudonym,
        _member.pseudonym_state,
        _member.state.label("member_state"),
        _member.role,
    )
    .join(Member.__table__, _member.id == _here.author_id)
    .outerjoin(Revision.__table__, _revision.id == _here.current_revision_id)
    .where(or_(_here.readable, _here.was_here))
    .order_by(_here.position)
)
"""Beside what may be read: the places of posts that were here once."""
_LABELS = (
    select(_label.revision_id, _label.code)
    .where(_label.revision_id.in_(bindparam("revisions", expanding=True)), _label.negated_at.is_(None))
    .order_by(_label.id)
)
_QUOTED = (
    select(
        _post.id,
        _post.author_id,
        _post.collapsed,
        _revision.id.label("revision_id"),
        _revision.plain,
        _revision.masked,
        _member.pseudonym,
        _member.pseudonym_state,
        _member.state.label("member_state"),
    )
    .join_from(Post.__table__, Member.__table__, _member.id == _post.author_id)
    .join(Revision.__table__, _revision.id == _post.shown_revision_id)
    .where(_post.id.in_(bindparam("quoted", expanding=True)), _post.state == PostState.SHOWN, READABLE)
)


def find_thread(
    session: Session, reader: Reader, thread_id: int, now: datetime, *, policy: Policy
) -> ThreadFacts | None:
    """A thread that this reader may open: listed in a group of theirs, or their own; else None.

    The title is empty where the first post may not be read; its author, and who holds a claim on it, see it.
    """
    row = session.execute(_FACTS, {"thread": thread_id, "now": now}).first()
    if row is None:
        return None
    own = row.author_id == reader.id
    reachable = row.listed_at is not None and (reader.reviews or row.group_id in reader.reads)
    if not reachable and not own and row.first_post_id not in reader.claimed_post_ids:
        return None
    sees_all = own or row.first_post_id in reader.claimed_post_ids
    return ThreadFacts(
        id=row.id,
        title=(row.written_title or "") if sees_all else row.title,
        title_folded=not sees_all and hides_title(policy, row.findings),
        slug=row.slug,
        author_id=row.author_id,
        group_id=row.group_id,
        group_slug=row.group_slug,
        group_name=row.group_name,
        listed=row.listed_at is not None,
        locked=row.locked_at is not None,
        lock_reason=row.lock_reason,
        pinned=row.pinned,
        archived=row.archived_at is not None,
        held=bool(row.held),
        pages=page_of(max(1, row.next_position - 1)),
        first_post_id=row.first_post_id,
    )


def page_of(position: int) -> int:
    """The page on which a position stands, counting from 1."""
    return (position - 1) // PAGE + 1


def posts_on_page(
    session: Session, reader: Reader, thread_id: int, page: int, *, opened: frozenset[int], open_all: bool
) -> list[PostView]:
    """The posts of one page. `opened` are revisions whose folded words the reader asked for."""
    first = (page - 1) * PAGE + 1
    window = {"thread": thread_id, "first": first, "last": first + PAGE - 1}
    rows = session.execute(_POSTS, window | asked_by(reader)).all()
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


def visible_labels(session: Session, revision_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The label codes that stand on each revision, in the order they were put there."""
    if not revision_ids:
        return {}
    found: dict[int, dict[str, None]] = {}
    for revision_id, code in session.execute(_LABELS, {"revisions": list(revision_ids)}):
        found.setdefault(revision_id, {})[code] = None
    return {revision_id: tuple(codes) for revision_id, codes in found.items()}


def _quoted(session: Session, reader: Reader, post_ids: Sequence[int]) -> Mapping[int, Any]:
    """The quoted posts that this reader may read now: a quote vanishes with its source."""
    if not post_ids:
        return {}
    rows: Sequence[Any] = session.execute(_QUOTED, {"quoted": list(post_ids)} | asked_by(reader)).all()
    return {row.id: row for row in rows}


def _quote_view(
    quoted: Mapping[int, Any],
    labels: dict[int, tuple[str, ...]],
    row: Any,
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

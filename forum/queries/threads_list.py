"""The threads of a group: pinned first, then by newest activity, in keyset pages and few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, and_, bindparam, false, select, tuple_
from sqlalchemy.orm import Session

from forum.models import Member, Post, PostState, Revision, Thread
from forum.queries.names import shown_name
from forum.queries.titles import findings_if_collapsed, hides_title
from forum.queries.viewer import Viewer
from moderation import labels
from moderation.policy import Policy

PER_PAGE = 20
MOST_WAITING = 5
Key = tuple[bool, datetime, int]
"""Where a thread stands in the list: pinned, last activity, id."""


class ListedThread(NamedTuple):
    """One line of the list. `title` is None where its words are not for this page."""

    id: int
    slug: str
    title: str | None
    author: str
    first_shown: bool
    replies: int
    pinned: bool
    locked: bool
    last_post_at: datetime
    labels: tuple[str, ...]
    """Codes that readers may see, of a first post that is collapsed."""


@dataclass(frozen=True, slots=True)
class ThreadsPage:
    """One page; `before` and `after` are keys to go on from."""

    threads: tuple[ListedThread, ...]
    before: Key | None = None
    after: Key | None = None


@dataclass(frozen=True, slots=True)
class WaitingThread:
    """A thread of the reader's own that a person reads first."""

    id: int
    slug: str
    title: str
    change_asked: bool


_thread, _member, _revision = Thread.__table__.c, Member.__table__.c, Revision.__table__.c
_first_post = Post.__table__.alias("first_post")
_first = _first_post.c
_with_first = and_(_first.thread_id == _thread.id, _first.position == 1)
_LISTED: Select[*tuple[Any, ...]] = (
    select(
        _thread.id,
        _thread.slug,
        _thread.title,
        _thread.author_id,
        _thread.post_count,
        _thread.pinned,
        _thread.locked_at,
        _thread.last_post_at,
        _member.pseudonym,
        _member.pseudonym_state,
        _member.state.label("member_state"),
        _first.state,
        _first.collapsed,
        _first.shown_revision_id,
        findings_if_collapsed(_first_post).label("findings"),
    )
    .join_from(Thread.__table__, _first_post, _with_first)
    .join(Member.__table__, _member.id == _thread.author_id)
    .where(_thread.group_id == bindparam("group"), _thread.listed_at.is_not(None), _thread.post_count > 0)
)
_KEY = (_thread.pinned, _thread.last_post_at, _thread.id)
_NEWEST_FIRST = tuple(column.desc() for column in _KEY)
_there = tuple_(*(bindparam(f"key_{column.name}", type_=column.type) for column in _KEY))
_PAGE = _LISTED.order_by(*_NEWEST_FIRST).limit(PER_PAGE + 1)
_AFTER = _PAGE.where(tuple_(*_KEY) < _there)
_BEFORE = _LISTED.where(tuple_(*_KEY) > _there).order_by(*_KEY).limit(PER_PAGE + 1)
_UNANSWERED = (
    _LISTED.where(
        _thread.post_count == 1,
        _first.state == PostState.SHOWN,
        _thread.locked_at.is_(None),
        _thread.pinned == false(),
    )
    .order_by(_thread.last_post_at, _thread.id)
    .limit(PER_PAGE)
)
_WAITING = (
    select(_thread.id, _thread.slug, _revision.title, _first.state)
    .join_from(Thread.__table__, _first_post, _with_first)
    .join(Revision.__table__, _revision.id == _first.current_revision_id)
    .where(
        _thread.author_id == bindparam("author"),
        _thread.group_id == bindparam("group"),
        _thread.listed_at.is_(None),
        _first.state.in_((PostState.HELD, PostState.ASKED_TO_EDIT)),
    )
    .order_by(_thread.id.desc())
    .limit(MOST_WAITING)
)


def page(
    session: Session,
    group_id: int,
    viewer: Viewer,
    policy: Policy,
    *,
    after: Key | None = None,
    before: Key | None = None,
) -> ThreadsPage:
    """One page of a group that the viewer may read (the caller has asked). Two statements."""
    backwards = before is not None
    mark = before if before is not None else after
    wanted = _PAGE if mark is None else _BEFORE if backwards else _AFTER
    asked: dict[str, Any] = {"group": group_id}
    if mark is not None:
        asked |= {f"key_{column.name}": value for column, value in zip(_KEY, mark, strict=True)}
    rows = list(session.execute(wanted, asked))
    more = len(rows) > PER_PAGE
    rows = rows[:PER_PAGE]
    if backwards:
        rows.reverse()
    if not rows:
        return ThreadsPage(())
    earlier = more if backwards else mark is not None
    later = True if backwards else more
    return ThreadsPage(
        _listed(session, rows, viewer, policy),
        before=_key(rows[0]) if earlier else None,
        after=_key(rows[-1]) if later else None,
    )


def unanswered(session: Session, group_id: int, viewer: Viewer, policy: Policy) -> tuple[ListedThread, ...]:
    """Threads that nobody has replied to, the longest wait first; for the group's facilitators."""
    return _listed(session, list(session.execute(_UNANSWERED, {"group": group_id})), viewer, policy)


def waiting(session: Session, group_id: int, viewer: Viewer) -> tuple[WaitingThread, ...]:
    """The viewer's own threads in this group that are not listed yet, with the titles that only they may read."""
    rows = session.execute(_WAITING, {"author": viewer.id, "group": group_id})
    return tuple(
        WaitingThread(row.id, row.slug, row.title or "", row.state is PostState.ASKED_TO_EDIT) for row in rows
    )


def _key(row: Row[*tuple[Any, ...]]) -> Key:
    return row.pinned, row.last_post_at, row.id


def _listed(
    session: Session, rows: Sequence[Row[*tuple[Any, ...]]], viewer: Viewer, policy: Policy
) -> tuple[ListedThread, ...]:
    folded = [row.shown_revision_id for row in rows if row.collapsed and row.state is PostState.SHOWN]
    codes = labels.codes_on(session, folded) if folded else {}
    return tuple(_one(row, codes.get(row.shown_revision_id, ()), viewer, policy) for row in rows)


def _one(
    row: Row[*tuple[Any, ...]], codes: Sequence[tuple[str, Any]], viewer: Viewer, policy: Policy
) -> ListedThread:
    shown = row.state is PostState.SHOWN
    own = row.author_id == viewer.id
    readable = own or (shown and not (row.collapsed and hides_title(policy, row.findings)))
    known = policy.taxonomy.labels
    seen = dict.fromkeys(code for code, _source in codes if code in known and known[code].reader_may_see)
    return ListedThread(
        id=row.id,
        slug=row.slug if readable else "thread",
        title=row.title if readable else None,
        author=row.pseudonym if own else shown_name(row.pseudonym, row.pseudonym_state, row.member_state),
        first_shown=shown,
        replies=row.post_count - 1 if shown else row.post_count,
        pinned=row.pinned,
        locked=row.locked_at is not None,
        last_post_at=row.last_post_at,
        labels=tuple(seen) if shown and row.collapsed else (),
    )

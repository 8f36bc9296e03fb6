"""The threads of a group: pinned first, then by newest activity, in keyset pages and few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, false, select, tuple_
from sqlalchemy.orm import Session, aliased

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


@dataclass(frozen=True, slots=True)
class ListedThread:
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


_first = aliased(Post, name="first_post")
_LISTED: Select[*tuple[Any, ...]] = (
    select(
        Thread.id,
        Thread.slug,
        Thread.title,
        Thread.author_id,
        Thread.post_count,
        Thread.pinned,
        Thread.locked_at,
        Thread.last_post_at,
        Member.pseudonym,
        Member.pseudonym_state,
        Member.state.label("member_state"),
        _first.state,
        _first.collapsed,
        _first.shown_revision_id,
        findings_if_collapsed(_first).label("findings"),
    )
    .join(_first, and_(_first.thread_id == Thread.id, _first.position == 1))
    .join(Member, Member.id == Thread.author_id)
    .where(Thread.group_id == bindparam("group"), Thread.listed_at.is_not(None), Thread.post_count > 0)
)
_key_columns = tuple_(Thread.pinned, Thread.last_post_at, Thread.id)
_NEWEST_FIRST = (Thread.pinned.desc(), Thread.last_post_at.desc(), Thread.id.desc())
_OLDEST_FIRST = (Thread.pinned, Thread.last_post_at, Thread.id)


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
    wanted = _LISTED
    if mark is not None:
        there = tuple_(
            *(
                bindparam(None, value, type_=column.type)
                for value, column in zip(mark, _columns(), strict=True)
            )
        )
        wanted = wanted.where(_key_columns > there if backwards else _key_columns < there)
    wanted = wanted.order_by(*(_OLDEST_FIRST if backwards else _NEWEST_FIRST)).limit(PER_PAGE + 1)
    rows = list(session.execute(wanted, {"group": group_id}))
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
    wanted = (
        _LISTED.where(
            Thread.post_count == 1,
            _first.state == PostState.SHOWN,
            Thread.locked_at.is_(None),
            Thread.pinned == false(),
        )
        .order_by(Thread.last_post_at, Thread.id)
        .limit(PER_PAGE)
    )
    return _listed(session, list(session.execute(wanted, {"group": group_id})), viewer, policy)


def waiting(session: Session, group_id: int, viewer: Viewer) -> tuple[WaitingThread, ...]:
    """The viewer's own threads in this group that are not listed yet, with the titles that only they may read."""
    rows = session.execute(
        select(Thread.id, Thread.slug, Revision.title, _first.state)
        .join(_first, and_(_first.thread_id == Thread.id, _first.position == 1))
        .join(Revision, Revision.id == _first.current_revision_id)
        .where(
            Thread.author_id == viewer.id,
            Thread.group_id == group_id,
            Thread.listed_at.is_(None),
            _first.state.in_((PostState.HELD, PostState.ASKED_TO_EDIT)),
        )
        .order_by(Thread.id.desc())
        .limit(MOST_WAITING)
    )
    return tuple(
        WaitingThread(row.id, row.slug, row.title or "", row.state is PostState.ASKED_TO_EDIT) for row in rows
    )


def _columns() -> tuple[Any, ...]:
    return (Thread.pinned, Thread.last_post_at, Thread.id)


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

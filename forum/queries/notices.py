"""A member's notices: what happened to their posts and reports, and who answered, with the facts that explain it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from forum.models import Notice, Post, Revision, Thread
from forum.queries.notice_appeals import AppealFacts, appeals_behind
from forum.queries.notice_places import PlaceFacts, places_behind
from forum.queries.visibility import Reader, may_read
from moderation.models import Decision, Report, Restriction
from moderation.policy import Policy

PAGE = 20


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice, ready for words. Fields that do not apply to its kind are empty."""

    id: int
    kind: str
    made_at: datetime
    unread: bool
    post_id: int | None = None
    thread_title: str = ""
    action: str = ""
    why: str = ""
    rewrite: str = ""
    words_at_issue: tuple[str, ...] = ()
    until: datetime | None = None
    outcome: str = ""
    item_id: int | None = None
    place: PlaceFacts | None = None
    appeal: AppealFacts | None = None
    data: dict[str, Any] = field(default_factory=dict)


def page_of_notices(
    session: Session, reader: Reader, *, policy: Policy, before: int | None, now: datetime
) -> tuple[list[NoticeView], int | None]:
    """The newest notices, or those older than id `before`; and where to go on from, or None at the end."""
    query = select(Notice).where(Notice.member_id == reader.id).order_by(Notice.id.desc()).limit(PAGE + 1)
    if before is not None:
        query = query.where(Notice.id < before)
    rows = session.scalars(query).all()
    more = rows[PAGE - 1].id if len(rows) > PAGE else None
    return _views(session, reader, policy, rows[:PAGE], now), more


def _views(
    session: Session, reader: Reader, policy: Policy, rows: Sequence[Notice], now: datetime
) -> list[NoticeView]:
    decisions = _by_id(session, Decision, (row.data.get("decision") for row in rows))
    reports = _by_id(session, Report, (row.data.get("report") for row in rows))
    restrictions = _by_id(session, Restriction, (row.data.get("restriction") for row in rows))
    post_ids = [row.data.get("post") for row in rows] + [
        decision.subject_id for decision in decisions.values()
    ]
    posts = _by_id(session, Post, post_ids)
    titles = _titles(session, {post.thread_id for post in posts.values()})
    revisions = _by_id(session, Revision, (decision.revision_id for decision in decisions.values()))
    places = places_behind(session, rows, now)
    appeals = appeals_behind(session, rows, decisions, posts, policy=policy, now=now)
    views = []
    for row in rows:
        decision = decisions.get(row.data.get("decision", 0))
        report = reports.get(row.data.get("report", 0))
        restriction = restrictions.get(row.data.get("restriction", 0))
        post_id = row.data.get("post") or (
            decision.subject_id if decision and decision.subject_kind == "post" else None
        )
        post = posts.get(post_id or 0)
        reachable = post is not None and may_read(reader, post)
        code = (
            decision.reason_code
            if decision
            else restriction.reason_code
            if restriction
            else row.data.get("reason", "")
        )
        reason = policy.decision_reasons.get(code)
        revision = revisions.get(decision.revision_id or 0) if decision else None
        views.append(
            NoticeView(
                id=row.id,
                kind=row.kind,
                made_at=row.made_at,
                unread=row.read_at is None,
                post_id=post_id if reachable else None,
                thread_title=titles.get(post.thread_id, "") if post is not None and reachable else "",
                action=decision.action if decision else "",
                why=reason.author if reason else "",
                rewrite=reason.rewrite if reason else "",
                words_at_issue=_words(decision, revision, post, reader),
                until=restriction.ends_at if restriction else _moment(row.data.get("opens_at")),
                outcome=report.outcome or "" if report else "",
                item_id=row.data.get("item"),
                place=places.get(row.id),
                appeal=appeals.get(row.id),
                data=row.data,
            )
        )
    return views


def _moment(kept: str | None) -> datetime | None:
    return datetime.fromisoformat(kept) if kept else None


def _words(
    decision: Decision | None, revision: Revision | None, post: Post | None, reader: Reader
) -> tuple[str, ...]:
    """The author's own words that were masked: theirs to see, and nobody else's."""
    if decision is None or revision is None or post is None or post.author_id != reader.id:
        return ()
    return tuple(revision.plain[start:end] for start, end in decision.masked_spans)


def _by_id(session: Session, table: Any, ids: Iterable[int | None]) -> dict[int, Any]:
    wanted = {id_ for id_ in ids if id_}
    if not wanted:
        return {}
    return {row.id: row for row in session.scalars(select(table).where(table.id.in_(wanted)))}


def _titles(session: Session, thread_ids: set[int]) -> dict[int, str]:
    """The titles that may stand in a list: what is folded is left out there."""
    if not thread_ids:
        return {}
    rows = session.execute(
        select(Thread.id, Thread.title)
        .join(Post, and_(Post.thread_id == Thread.id, Post.position == 1))
        .where(Thread.id.in_(thread_ids), Post.collapsed.is_(False))
    )
    return {row.id: row.title for row in rows}

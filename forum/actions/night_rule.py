"""Applying the night rule to a report: the post is held, its author told kindly, and never a member restricted.

Locks go post, then item, then thread, as everywhere. So the posts are locked before the report touches its item.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from forum.actions import notices, publishing
from forum.models import Post, PostState, Thread
from moderation import audit, night, queue
from moderation.answers import Urgency
from moderation.db import FOR_CHANGE
from moderation.models import Report, ReviewItem
from moderation.night import Rule
from moderation.policy import Policy
from moderation.queue import record
from moderation.subject import Subject, SubjectKind
from moderation.verbs import Verb

_ONE_AUTHOR = 0x4E49
"""The first half of the advisory lock's number on PostgreSQL. SQLite has one writer at a time anyway."""


@dataclass(frozen=True, slots=True)
class Watch:
    """The reported posts of one author, locked, and when somebody is at the desk again."""

    post_id: int
    posts: Mapping[int, Post]
    opens_at: datetime


def watch(session: Session, post_id: int, author_id: int, *, opens_at: datetime) -> Watch:
    """Hold what the rule may have to hold, before the report is written. One report on an author's posts at a time."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text("SELECT pg_advisory_xact_lock(:rule, :author)"),
            {"rule": _ONE_AUTHOR, "author": author_id % 2**31},
        )
    reported = select(Report.subject_id).where(
        Report.subject_kind == SubjectKind.POST, Report.outcome.is_(None)
    )
    posts = session.scalars(
        select(Post)
        .where(
            Post.author_id == author_id,
            Post.state == PostState.SHOWN,
            or_(Post.id == post_id, Post.id.in_(reported)),
        )
        .order_by(Post.id)
        .with_for_update(**FOR_CHANGE)
        .execution_options(populate_existing=True)
    ).all()
    return Watch(post_id, {post.id: post for post in posts}, opens_at)


def apply(session: Session, watched: Watch, *, policy: Policy, at: datetime) -> Sequence[Post]:
    """Hold what the reports now ask to hold. Returns the posts that were held."""
    reporters = _reporters(session, watched)
    rule = night.reached(watched.post_id, reporters, policy.values)
    if rule is None:
        return ()
    wanted = [watched.post_id] if rule is Rule.ON_POST else sorted(reporters)
    held = [watched.posts[post_id] for post_id in wanted if post_id in watched.posts]
    items = [_queue(session, post, rule, policy, at) for post in held]
    _lock_threads(session, held)
    counted = [watched.post_id] if rule is Rule.ON_POST else list(reporters)
    people = {person for post_id in counted for person in reporters[post_id]}
    for post, item in zip(held, items, strict=True):
        publishing.hold(session, post)
        record(
            session,
            item,
            Verb.NIGHT_RULE_APPLIED,
            actor=audit.SOFTWARE,
            at=at,
            reason=rule.reason,
            policy=policy.version,
            revision=item.revision_id,
            rule=rule.value,
            reports=sum(len(reporters[post_id]) for post_id in counted),
            people=len(people),
            opens_at=watched.opens_at,
        )
        notices.tell(
            session,
            post.author_id,
            "night_hold",
            once=f"night-{item.id}",
            at=at,
            post=post.id,
            opens_at=watched.opens_at.isoformat(),
        )
    return held


def _reporters(session: Session, watched: Watch) -> Mapping[int, set[int]]:
    """Who has reported each of these posts and waits for an answer."""
    found: dict[int, set[int]] = {}
    rows = session.execute(
        select(Report.subject_id, Report.reporter_ref).where(
            Report.subject_kind == SubjectKind.POST,
            Report.subject_id.in_(list(watched.posts)),
            Report.outcome.is_(None),
        )
    )
    for post_id, reporter in rows:
        found.setdefault(post_id, set()).add(reporter)
    return found


def _queue(session: Session, post: Post, rule: Rule, policy: Policy, at: datetime) -> ReviewItem:
    """The post's item, with the rule among its reasons."""
    return queue.open_item(
        session,
        Subject(SubjectKind.POST, post.id, post.shown_revision_id),
        author_ref=post.author_id,
        group_ref=post.group_id,
        urgency=Urgency.RED,
        source="report",
        codes=(rule.reason,),
        assessment_id=None,
        policy=policy.version,
        actor=audit.SOFTWARE,
        at=at,
    )


def _lock_threads(session: Session, posts: Sequence[Post]) -> None:
    """In one order, whatever order the posts stand in."""
    threads = select(Thread.id).where(Thread.id.in_({post.thread_id for post in posts}))
    session.execute(threads.order_by(Thread.id).with_for_update(**FOR_CHANGE))

"""What can be reported by whom, and a member's own reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from forum.models import (
    Facilitation,
    Member,
    Membership,
    MembershipState,
    MemberState,
    Post,
    Revision,
    Thread,
)
from forum.queries.names import shown_name
from forum.queries.viewer import Viewer
from forum.queries.visibility import may_read, reader
from moderation.answers import Urgency
from moderation.models import Report, ReviewItem
from moderation.subject import Subject, SubjectKind

PAGE = 20


@dataclass(frozen=True, slots=True)
class Reportable:
    """Something that this reader can see and may report."""

    subject: Subject
    author_id: int
    author: str
    group_id: int | None
    thread_id: int | None = None
    thread_slug: str = ""
    html: str | None = None
    """The reported words, for a reader who asks to see them again."""


@dataclass(frozen=True, slots=True)
class MyReport:
    """One of a member's own reports, without a word of what was reported."""

    id: int
    kind: SubjectKind
    reason_code: str
    made_at: datetime
    urgency: Urgency
    details: str | None
    outcome: str | None
    told_at: datetime | None


def post_to_report(
    session: Session, viewer: Viewer, post_id: int, *, seen: int | None = None, with_words: bool = False
) -> Reportable | None:
    """A post that this reader may read, at the revision they saw (`seen`), else at the newest.

    The words given back are always those that can be read now: an earlier revision may never have been shown.
    """
    found = session.execute(
        select(Post, Revision, Thread.slug, Member.pseudonym, Member.pseudonym_state, Member.state)
        .join(Revision, Revision.id == Post.shown_revision_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Member, Member.id == Post.author_id)
        .where(Post.id == post_id)
    ).first()
    if found is None or not may_read(reader(viewer), found[0]):
        return None
    post, revision, slug, pseudonym, pseudonym_state, state = found
    words = revision.html if with_words else None
    if seen is not None and seen != revision.id:
        earlier = session.get(Revision, seen)
        if earlier is not None and earlier.post_id == post.id and earlier.id < revision.id:
            revision = earlier
    return Reportable(
        subject=Subject(SubjectKind.POST, post.id, revision.id),
        author_id=post.author_id,
        author=shown_name(pseudonym, pseudonym_state, state),
        group_id=post.group_id,
        thread_id=post.thread_id,
        thread_slug=slug,
        html=words,
    )


def name_to_report(session: Session, viewer: Viewer, member_id: int) -> Reportable | None:
    """Somebody's pseudonym, where the reader shares a group with them."""
    shared = or_(
        select(Membership.id)
        .where(
            Membership.member_id == Member.id,
            Membership.state != MembershipState.LEFT,
            Membership.group_id.in_(viewer.reads),
        )
        .exists(),
        select(Facilitation.id)
        .where(
            Facilitation.member_id == Member.id,
            Facilitation.ended_at.is_(None),
            Facilitation.group_id.in_(viewer.reads),
        )
        .exists(),
    )
    found = session.scalar(
        select(Member).where(Member.id == member_id, Member.state == MemberState.ACTIVE, shared)
    )
    if found is None:
        return None
    return Reportable(
        subject=Subject(SubjectKind.PROFILE, found.id),
        author_id=found.id,
        author=shown_name(found.pseudonym, found.pseudonym_state),
        group_id=None,
    )


def report_on(session: Session, reporter_id: int, subject: Subject) -> int | None:
    """The id of the report that this person has already made about this subject."""
    return session.scalar(
        select(Report.id).where(
            Report.reporter_ref == reporter_id,
            Report.subject_kind == subject.kind,
            Report.subject_id == subject.id,
        )
    )


def my_reports(
    session: Session, reporter_id: int, *, before: int | None = None
) -> tuple[Sequence[MyReport], int | None]:
    """The newest reports of one person, and where to go on from, or None at the end."""
    query = _mine(reporter_id).order_by(Report.id.desc()).limit(PAGE + 1)
    if before is not None:
        query = query.where(Report.id < before)
    rows = [_view(report, urgency) for report, urgency in session.execute(query)]
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def my_report(session: Session, reporter_id: int, report_id: int) -> MyReport | None:
    """One of one's own reports; another person's is not there."""
    found = session.execute(_mine(reporter_id).where(Report.id == report_id)).first()
    return _view(*found) if found is not None else None


def _mine(reporter_id: int) -> Select[Report, int]:
    return (
        select(Report, ReviewItem.urgency)
        .join(ReviewItem, ReviewItem.id == Report.item_id)
        .where(Report.reporter_ref == reporter_id)
    )


def _view(report: Report, urgency: int) -> MyReport:
    return MyReport(
        id=report.id,
        kind=report.subject_kind,
        reason_code=report.reason_code,
        made_at=report.made_at,
        urgency=Urgency(urgency),
        details=report.details,
        outcome=report.outcome,
        told_at=report.outcome_told_at,
    )

"""An author's view of a decision over them: whether they can appeal, and what became of an appeal they made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.models import Member, Post, PostState, PseudonymState, Revision, Thread
from forum.queries.appeal_team import eligible
from moderation.appealable import OVER_ITS_AUTHOR, REPLACES, Closed, standing_of
from moderation.appeals import had_a_hand
from moderation.models import Appeal, AppealOutcome, Decision, ReviewItem
from moderation.policy import Policy
from moderation.subject import SubjectKind
from moderation.workflow import DecisionAction

PAGE = 20
ENOUGH, RECENT = 10, 50
"""Answered appeals that a usual wait is measured from: at least so many, and at most."""


@dataclass(frozen=True, slots=True)
class Case:
    """A decision about the reader's own words, with what they were told of it."""

    decision_id: int
    kind: SubjectKind
    action: str
    why: str
    rewrite: str
    words_at_issue: tuple[str, ...]
    told_at: datetime | None
    post_id: int | None
    closed: Closed | None
    until: datetime | None
    appeal_id: int | None


@dataclass(frozen=True, slots=True)
class MyAppeal:
    """One of the reader's own appeals, and what came of it."""

    id: int
    case: Case
    made_at: datetime
    words: str | None
    outcome: AppealOutcome | None
    decided_at: datetime | None
    reason: str
    """What the author is told for the reason of the answer."""
    answer: str | None
    restored: bool | None
    shown: bool
    """The post may be read by its group now."""
    nobody: bool
    """Nobody on the team may settle it as things are: it waits."""
    usual: timedelta | None
    """How long such a look took lately; None where too few were made to say."""


def case_of(
    session: Session, reader_id: int, decision_id: int, *, policy: Policy, at: datetime
) -> Case | None:
    """The decision as its author may know it; None where it is not about them."""
    decision = session.get(Decision, decision_id)
    if decision is None or not is_about(session, decision, reader_id):
        return None
    return _case(session, decision, policy, at)


def newest_over(session: Session, reader_id: int, post_id: int) -> int | None:
    """The newest decision over the reader's own post that can be appealed by its kind; None where there is none."""
    return session.scalars(
        select(Decision.id)
        .join(Post, Post.id == Decision.subject_id)
        .where(
            Decision.subject_kind == SubjectKind.POST,
            Decision.subject_id == post_id,
            Decision.action.in_([action.value for action in OVER_ITS_AUTHOR & REPLACES]),
            Decision.author_told_at.is_not(None),
            Post.author_id == reader_id,
        )
        .order_by(Decision.id.desc())
        .limit(1)
    ).first()


def is_about(session: Session, decision: Decision, member_id: int) -> bool:
    """Whether the decision is over this person: their words, their name, their posting, their own thread."""
    author = session.scalar(select(ReviewItem.author_ref).where(ReviewItem.id == decision.item_id))
    if author != member_id:
        return False
    if decision.action != DecisionAction.LOCK_THREAD:
        return True
    starter = select(Thread.author_id).join(Post, Post.thread_id == Thread.id)
    return session.scalar(starter.where(Post.id == decision.subject_id)) == member_id


def closed_by_author(session: Session, decision: Decision) -> bool:
    """Whether the author has changed or taken back the words since, so that nothing of the decision is in force."""
    if decision.action not in REPLACES:
        return False
    if decision.subject_kind is SubjectKind.PROFILE:
        return session.get_one(Member, decision.subject_id).pseudonym_state is PseudonymState.SHOWN
    post = session.get_one(Post, decision.subject_id)
    return post.state is PostState.WITHDRAWN or post.current_revision_id != decision.revision_id


def my_appeal(
    session: Session, reader_id: int, appeal_id: int, *, policy: Policy, at: datetime
) -> MyAppeal | None:
    """One of one's own appeals; another person's is not there."""
    appeal = session.scalar(select(Appeal).where(Appeal.id == appeal_id, Appeal.appellant_ref == reader_id))
    if appeal is None:
        return None
    decision = session.get_one(Decision, appeal.decision_id)
    reason = policy.decision_reasons.get(appeal.reason_code or "")
    nobody = appeal.outcome is None and not eligible(session, had_a_hand(session, decision) | {reader_id})
    return MyAppeal(
        id=appeal.id,
        case=_case(session, decision, policy, at),
        made_at=appeal.made_at,
        words=appeal.words,
        outcome=appeal.outcome,
        decided_at=appeal.decided_at,
        reason=reason.author if reason is not None else "",
        answer=appeal.answer,
        restored=appeal.restored,
        shown=_is_shown(session, decision),
        nobody=nobody,
        usual=None if appeal.outcome is not None or nobody else _usual(session),
    )


def my_appeals(
    session: Session, reader_id: int, *, before: int | None = None
) -> tuple[Sequence[tuple[Appeal, Decision]], int | None]:
    """The newest appeals of one person with what they are about, and where to go on from, or None at the end."""
    query = (
        select(Appeal, Decision)
        .join(Decision, Decision.id == Appeal.decision_id)
        .where(Appeal.appellant_ref == reader_id)
        .order_by(Appeal.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(Appeal.id < before)
    rows = [(appeal, decision) for appeal, decision in session.execute(query)]
    return rows[:PAGE], rows[PAGE - 1][0].id if len(rows) > PAGE else None


def is_own(session: Session, reader_id: int, post_id: int) -> bool:
    """Whether the reader wrote this post."""
    return session.scalar(select(Post.author_id).where(Post.id == post_id)) == reader_id


def _usual(session: Session) -> timedelta | None:
    rows = session.execute(
        select(Appeal.made_at, Appeal.decided_at)
        .where(Appeal.decided_at.is_not(None))
        .order_by(Appeal.decided_at.desc())
        .limit(RECENT)
    )
    waits = [(decided_at - made_at).total_seconds() for made_at, decided_at in rows if decided_at is not None]
    return timedelta(seconds=median(waits)) if len(waits) >= ENOUGH else None


def _is_shown(session: Session, decision: Decision) -> bool:
    if decision.subject_kind is SubjectKind.PROFILE:
        return session.get_one(Member, decision.subject_id).pseudonym_state is PseudonymState.SHOWN
    return session.get_one(Post, decision.subject_id).state is PostState.SHOWN


def _case(session: Session, decision: Decision, policy: Policy, at: datetime) -> Case:
    standing = standing_of(session, [decision], at=at, days=policy.values.appeal_days)[decision.id]
    closed = standing.closed
    if closed is None and closed_by_author(session, decision):
        closed = Closed.CHANGED
    reason = policy.decision_reasons.get(decision.reason_code)
    revision = session.get(Revision, decision.revision_id) if decision.revision_id is not None else None
    spans = decision.masked_spans if revision is not None else []
    return Case(
        decision_id=decision.id,
        kind=decision.subject_kind,
        action=decision.action,
        why=reason.author if reason is not None else "",
        rewrite=reason.rewrite if reason is not None else "",
        words_at_issue=tuple(revision.plain[start:end] for start, end in spans) if revision else (),
        told_at=decision.author_told_at,
        post_id=decision.subject_id if decision.subject_kind is SubjectKind.POST else None,
        closed=closed,
        until=standing.until,
        appeal_id=standing.appeal_id,
    )

"""What stands behind a notice of a decision: whether it can be appealed, and how an appeal ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.models import Notice, Post, PostState, Thread
from moderation.appealable import REPLACES, standing_of
from moderation.models import Appeal, AppealOutcome, Decision
from moderation.policy import Policy
from moderation.subject import SubjectKind
from moderation.workflow import DecisionAction

ABOUT_DECISIONS = frozenset({"decision", "restriction"})


@dataclass(frozen=True, slots=True)
class AppealFacts:
    """`may_ask`: the decision can be appealed now. The rest is about an appeal that was made."""

    may_ask: bool = False
    until: datetime | None = None
    appeal_id: int | None = None
    outcome: AppealOutcome | None = None
    why: str = ""
    answer: str | None = None


def appeals_behind(
    session: Session,
    notices: Sequence[Notice],
    decisions: Mapping[int, Decision],
    posts: Mapping[int, Post],
    *,
    policy: Policy,
    now: datetime,
) -> Mapping[int, AppealFacts]:
    """By notice id; notices about other things are left out. `posts` are those that the decisions are about."""
    over = [decisions[notice.data["decision"]] for notice in notices if _is_over(notice, decisions)]
    standing = standing_of(session, over, at=now, days=policy.values.appeal_days)
    foreign = _in_threads_of_others(session, over, posts)
    settled = _settled(session, notices)
    found: dict[int, AppealFacts] = {}
    for notice in notices:
        if _is_over(notice, decisions):
            decision = decisions[notice.data["decision"]]
            stands = standing[decision.id]
            asks = stands.closed is None and decision.id not in foreign and not _changed(decision, posts)
            found[notice.id] = AppealFacts(asks, stands.until, stands.appeal_id)
        elif (appeal := settled.get(notice.data.get("appeal", 0))) is not None:
            reason = policy.decision_reasons.get(appeal.reason_code or "")
            why = reason.author if reason is not None else ""
            found[notice.id] = AppealFacts(False, None, appeal.id, appeal.outcome, why, appeal.answer)
    return found


def _is_over(notice: Notice, decisions: Mapping[int, Decision]) -> bool:
    return notice.kind in ABOUT_DECISIONS and notice.data.get("decision") in decisions


def _changed(decision: Decision, posts: Mapping[int, Post]) -> bool:
    """Its author wrote something new or took the words back: nothing of the decision is in force."""
    post = posts.get(decision.subject_id) if decision.subject_kind is SubjectKind.POST else None
    if post is None or decision.action not in REPLACES:
        return False
    return post.state is PostState.WITHDRAWN or post.current_revision_id != decision.revision_id


def _in_threads_of_others(
    session: Session, over: Sequence[Decision], posts: Mapping[int, Post]
) -> frozenset[int]:
    """Locks of threads that the reader only wrote in: whoever started one can appeal."""
    locks = [one for one in over if one.action == DecisionAction.LOCK_THREAD and one.subject_id in posts]
    if not locks:
        return frozenset()
    threads = {posts[one.subject_id].thread_id for one in locks}
    rows = session.execute(select(Thread.id, Thread.author_id).where(Thread.id.in_(threads)))
    starters = {row.id: row.author_id for row in rows}
    return frozenset(
        one.id
        for one in locks
        for post in [posts[one.subject_id]]
        if starters.get(post.thread_id) != post.author_id
    )


def _settled(session: Session, notices: Sequence[Notice]) -> Mapping[int, Appeal]:
    wanted = {notice.data["appeal"] for notice in notices if notice.kind == "appeal_decided"}
    if not wanted:
        return {}
    return {row.id: row for row in session.scalars(select(Appeal).where(Appeal.id.in_(wanted)))}

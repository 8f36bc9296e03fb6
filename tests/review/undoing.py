"""What the tests of undoing start from: decisions that wait ten seconds, and everything that could be noticed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import clock
from forum.actions import effects, reviewing, undoing
from forum.actions.undoing import TakenBack
from forum.models import Member, Notice, Post, PostState, Revision, Thread
from moderation import labels
from moderation.models import CareContact, Claim, Decision, Report, Restriction, ReviewItem, ReviewReason
from moderation.subject import Span
from moderation.verdicts import Verdict
from moderation.workflow import DecisionAction
from tests.review.desk import RULES, WORDS, Desk, actor_of

WAIT = timedelta(seconds=10)
MASKED = Span(WORDS.index("[graphic"), WORDS.index("]") + 1)
WHAT: dict[DecisionAction, tuple[str, dict[str, Any]]] = {
    DecisionAction.SHOW: ("within_rules", {}),
    DecisionAction.SHOW_WITH_LABEL: ("graphic", {"labels": ("graphic_injury",)}),
    DecisionAction.MASK: ("graphic", {"spans": (MASKED,), "labels": ("urge_now",)}),
    DecisionAction.ASK_EDIT: ("graphic", {}),
    DecisionAction.KEEP_HELD: ("graphic", {}),
    DecisionAction.REMOVE: ("graphic", {}),
    DecisionAction.LOCK_THREAD: ("thread_heated", {}),
    DecisionAction.RESTRICT: ("advert", {"days": 7}),
    DecisionAction.ESCALATE: ("needs_a_lead", {}),
    DecisionAction.CHECK_IN: ("worried", {}),
}
"""Every action of the desk, with a reason and what it needs."""


def take(
    session: Session,
    item: ReviewItem,
    who: Member,
    action: DecisionAction,
    *,
    wait: timedelta = WAIT,
    at: datetime | None = None,
) -> Decision:
    """One decision in `who`'s claim, that can be taken back for as long as `wait` before anybody is told."""
    moment = at or clock.now()
    reason, more = WHAT[action]
    reviewing.claim(session, item.id, actor=actor_of(who), policy=RULES, at=moment)
    item = session.get_one(ReviewItem, item.id, populate_existing=True)
    return reviewing.decide(
        session,
        item.id,
        version=item.version,
        verdict=Verdict(action, RULES.decision_reasons[reason], **more),
        actor=actor_of(who),
        policy=RULES,
        at=moment,
        wait=wait,
    )


def take_effect(session: Session, made: Decision, *, at: datetime | None = None) -> bool:
    """What the worker does when the seconds are over."""
    return effects.take(session, made.id, policy=RULES, at=at or clock.now() + WAIT)


def undo(
    session: Session,
    made: Decision,
    who: Member,
    *,
    reason: str = "undo_second_look",
    only_in_time: bool = False,
    at: datetime | None = None,
) -> TakenBack:
    return undoing.undo(
        session,
        made.id,
        reason=RULES.decision_reasons[reason],
        only_in_time=only_in_time,
        actor=actor_of(who),
        policy=RULES,
        at=at or clock.now() + WAIT,
    )


def notices_of(session: Session, member: Member) -> list[str]:
    """The kinds of a member's notices, in order."""
    return list(session.scalars(select(Notice.kind).where(Notice.member_id == member.id).order_by(Notice.id)))


def everything(session: Session, desk: Desk) -> dict[str, Any]:
    """All that a reader, the author, a reporter or the group could notice about the post and what is around it."""
    session.flush()
    session.expire_all()
    post = session.get_one(Post, desk.post.id)
    thread = session.get_one(Thread, post.thread_id)
    revision = session.get_one(Revision, post.current_revision_id)
    shown = post.state is PostState.SHOWN
    running = select(Restriction.id).where(
        Restriction.member_ref == post.author_id, Restriction.lifted_at.is_(None)
    )
    return {
        "state": post.state,
        "read": (post.shown_revision_id, post.collapsed) if shown else None,
        "first_shown_at": post.first_shown_at,
        "labels": labels.codes_on(session, [revision.id]).get(revision.id, ()),
        "html": (revision.html, revision.masked),
        "title": (thread.title, thread.slug),
        "thread": (thread.listed_at, thread.post_count, thread.last_post_at),
        "lock": (thread.locked_at, thread.lock_reason),
        "approved": session.get_one(Member, post.author_id).approved_posts,
        "paused": list(session.scalars(running)),
        "care": len(session.scalars(select(CareContact.id)).all()),
        "reports": session.execute(
            select(Report.id, Report.outcome, Report.item_id, Report.decision_id)
        ).all(),
    }


def standing_of_item(session: Session, item_id: int) -> dict[str, Any]:
    """Everything about an item but the count of its versions."""
    session.flush()
    session.expire_all()
    item = session.get_one(ReviewItem, item_id)
    claims = select(Claim.id, Claim.moderator_ref, Claim.released_at, Claim.release_reason).where(
        Claim.item_id == item_id
    )
    why = select(ReviewReason.source, ReviewReason.code).where(ReviewReason.item_id == item_id)
    return {
        "state": item.state,
        "urgency": item.urgency,
        "for_lead": item.for_lead,
        "opened_at": item.opened_at,
        "decided_at": item.decided_at,
        "claims": session.execute(claims.order_by(Claim.id)).all(),
        "reasons": session.execute(why.order_by(ReviewReason.id)).all(),
    }

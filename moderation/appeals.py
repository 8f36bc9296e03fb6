"""Appeals: an author asks that another person looks at a decision. Made once, carried by the subject's open item.

An appeal is never settled by anybody who had a hand in the decision (promise 9): they cannot take the item,
`check_another_person` refuses them when it counts, and the database refuses the row.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from moderation.answers import Urgency
from moderation.audit import Actor
from moderation.eligibility import Conflict, NotForYou
from moderation.models import Appeal, AppealOutcome, Decision, ReviewItem, ReviewReason
from moderation.queue import end_claim, locked_item, open_item_of, record, unreleased_claim
from moderation.subject import Subject
from moderation.verbs import Verb
from moderation.workflow import ANSWERS, DecisionAction, ItemState, Step, after, is_open

LONGEST_WORDS = 2_000
SOURCE = "appeal"
WORDS = "appeal_words"
"""What software noticed in the author's words to us: that somebody may be in danger is work for anybody."""
NO_WORK_OF_ITS_OWN = (SOURCE, "escalation")
"""Reasons that ask for nothing beside the appeal; what was escalated has its first reason still."""

TOOK_NO_PART = (DecisionAction.CHECK_IN, *sorted(ANSWERS))
"""Care decides nothing, and who settled another appeal has not judged these words in the first place."""

_TRIES = 3


def file(
    session: Session,
    decision: Decision,
    *,
    words: str,
    policy: int,
    urgency: Urgency,
    actor: Actor,
    at: datetime,
) -> Appeal:
    """Make the appeal and let an item carry it. The caller has locked the subject and knows that it may be made.

    The decided item opens again; where other work on the subject is open, that item carries the appeal. A claim
    on it ends: whoever holds it may be the person whose decision it is about.
    """
    assert actor.ref is not None
    item, was = _carrier(session, decision)
    appeal = Appeal(
        decision_id=decision.id,
        against_ref=decision.actor_ref,
        item_id=item.id,
        reasons_done=0,
        subject_kind=decision.subject_kind,
        subject_id=decision.subject_id,
        appellant_ref=actor.ref,
        words=words,
        policy_version=policy,
        made_at=at,
    )
    reason = ReviewReason(
        item_id=item.id,
        source=SOURCE,
        code=decision.reason_code,
        revision_id=item.revision_id,
        urgency=int(urgency),
        added_at=at,
    )
    session.add_all((appeal, reason))
    if is_open(was):
        item.urgency = max(item.urgency, int(urgency))
        standing = unreleased_claim(session, item)
        if standing is not None:
            end_claim(session, item, standing, "appealed", actor=actor, at=at)
    else:
        item.urgency, item.for_lead = int(urgency), False
        item.opened_at, item.decided_at = at, None
    item.version += 1
    session.flush()
    if not is_open(was):
        appeal.reasons_done = reason.id
    session.flush()
    return appeal


def record_made(
    session: Session, appeal: Appeal, decision: Decision, *, eligible: int, actor: Actor, at: datetime
) -> None:
    """The event of an appeal. `eligible` is how many people may settle it today."""
    record(
        session,
        session.get_one(ReviewItem, appeal.item_id),
        Verb.APPEAL_MADE,
        actor=actor,
        at=at,
        reason=decision.reason_code,
        policy=appeal.policy_version,
        appeal=appeal.id,
        decision=decision.id,
        action=decision.action,
        eligible=eligible,
    )


def of_decision(session: Session, decision_id: int) -> Appeal | None:
    """The one appeal there can be against a decision."""
    return session.scalars(select(Appeal).where(Appeal.decision_id == decision_id)).first()


def of_item(session: Session, item: ReviewItem) -> Appeal | None:
    """The appeal that an item carries now."""
    if item.state is not ItemState.APPEALED:
        return None
    return session.scalars(select(Appeal).where(Appeal.item_id == item.id, Appeal.outcome.is_(None))).first()


def barred(session: Session, appeal: Appeal) -> frozenset[int]:
    """Who may not settle this appeal, beside its author."""
    return had_a_hand(session, session.get_one(Decision, appeal.decision_id))


def had_a_hand(session: Session, decision: Decision) -> frozenset[int]:
    """Everybody with a part in a decision: who took it, and who decided before on the same item."""
    rows = session.scalars(
        select(Decision.actor_ref).where(
            Decision.item_id == decision.item_id,
            Decision.id <= decision.id,
            Decision.action.not_in([action.value for action in TOOK_NO_PART]),
        )
    )
    return frozenset(rows) | {decision.actor_ref}


def other_work(session: Session, appeal: Appeal) -> bool:
    """Whether the item waits for a person apart from the appeal: a report, a held revision, a lead's look."""
    found = session.scalar(
        select(ReviewReason.id)
        .where(
            ReviewReason.item_id == appeal.item_id,
            ReviewReason.id > appeal.reasons_done,
            ReviewReason.source.not_in(NO_WORK_OF_ITS_OWN),
        )
        .limit(1)
    )
    return found is not None


def other_work_done(session: Session, item: ReviewItem) -> None:
    """An ordinary decision dealt with everything on the item but the appeal."""
    appeal = of_item(session, item)
    if appeal is not None:
        newest = select(func.max(ReviewReason.id)).where(ReviewReason.item_id == item.id)
        appeal.reasons_done = session.scalar(newest) or 0
        session.flush()


def check_another_person(session: Session, appeal: Appeal, actor_ref: int) -> None:
    """Raise `NotForYou` for the author, and for everybody who had a hand in the decision. No exceptions."""
    if actor_ref == appeal.appellant_ref:
        raise NotForYou(Conflict.OWN_WORDS)
    if actor_ref in barred(session, appeal):
        raise NotForYou(Conflict.APPEAL_SECOND_PERSON)


def settle(
    session: Session,
    item: ReviewItem,
    appeal: Appeal,
    by: Decision,
    *,
    answer: str | None,
    restored: bool,
    actor: Actor,
    at: datetime,
) -> None:
    """Write down how the appeal ended. The item was moved by the decision `by`; work that is left reopens it."""
    appealed = session.get_one(Decision, appeal.decision_id)
    overturned = by.action == DecisionAction.APPEAL_OVERTURNED
    appeal.outcome = AppealOutcome.OVERTURNED if overturned else AppealOutcome.UPHELD
    appeal.decided_by_ref, appeal.decided_decision_id = by.actor_ref, by.id
    appeal.reason_code, appeal.answer, appeal.decided_at = by.reason_code, answer, at
    appeal.restored = restored if overturned else None
    record(
        session,
        item,
        Verb.APPEAL_DECIDED,
        actor=actor,
        at=at,
        reason=by.reason_code,
        policy=by.policy_version,
        appeal=appeal.id,
        decision=appealed.id,
        by_decision=by.id,
        outcome=appeal.outcome.value,
        restored=restored,
        seconds_waiting=max(0, int((at - appeal.made_at).total_seconds())),
        answer_left=answer is not None,
    )
    if other_work(session, appeal):
        item.state, item.decided_at = after(item.state, Step.REOPEN), None
        item.version += 1
    session.flush()


def _carrier(session: Session, decision: Decision) -> tuple[ReviewItem, ItemState]:
    """The item that carries the appeal, already moved to its new state, and the state it was in.

    A report may open an item on the subject at the same moment: then that one carries it.
    """
    subject = Subject(decision.subject_kind, decision.subject_id, decision.revision_id)
    for _try in range(_TRIES):
        item = open_item_of(session, subject) or locked_item(session, decision.item_id)
        assert item is not None
        was = item.state
        try:
            with session.begin_nested():
                item.state = after(was, Step.APPEAL)
                session.flush()
        except IntegrityError:
            session.refresh(item)
            continue
        return item, was
    raise RuntimeError("the queue changed under us again and again")

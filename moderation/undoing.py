"""The record of taking a decision back: a decision of its own, and the item open again for a person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from moderation import queue
from moderation.answers import Urgency
from moderation.audit import Actor
from moderation.claims import seconds
from moderation.decisions import Change
from moderation.models import Claim, Decision, ReviewItem, ReviewReason
from moderation.policy import Policy
from moderation.queue import subject_of
from moderation.taxonomy import DecisionReason
from moderation.verbs import Verb
from moderation.workflow import ABOUT_WORDS, DecisionAction, ItemState, Step, after, is_open

SOURCE = "undo"
WITH_NOBODY_IN_PARTICULAR = (ItemState.OPEN, ItemState.CLAIMED)
"""Where an item stood that was handed to a lead, unless it had been handed to one before."""


class TakenBackMeanwhile(Exception):
    """Somebody else took the decision back at the same moment."""


def has_begun_again(item: ReviewItem, decision: Decision) -> bool:
    """Whether anybody did anything with the item since the decision."""
    return item.version != decision.item_version + 1


def write(
    session: Session,
    item: ReviewItem,
    decision: Decision,
    *,
    reason: DecisionReason,
    actor: Actor,
    policy: Policy,
    at: datetime,
) -> Decision:
    """The row. That a decision is taken back once is the second guard behind the lock on it."""
    undo = Decision(
        item_id=item.id,
        item_version=item.version,
        subject_kind=decision.subject_kind,
        subject_id=decision.subject_id,
        revision_id=decision.revision_id,
        actor_ref=actor.ref,
        actor_role=actor.role,
        action=DecisionAction.UNDO.value,
        reason_code=reason.code,
        policy_version=policy.version,
        labels=[],
        masked_spans=[],
        seconds_waiting=seconds(decision.decided_at, at),
        decided_at=at,
        undoes_id=decision.id,
        effects_due_at=at,
        effects_at=at,
    )
    try:
        with session.begin_nested():
            session.add(undo)
            session.flush()
    except IntegrityError:
        raise TakenBackMeanwhile(decision.id) from None
    item.version += 1
    return undo


def reopen(
    session: Session, item: ReviewItem, decision: Decision, undo: Decision, *, at: datetime
) -> ReviewItem:
    """Ask again what the decision had answered; returns the item that asks it now.

    Where nobody was told yet, everything about the item is as it was, the claim included. Otherwise whoever is
    free takes it, and its clock begins anew. Where other work on the subject is open by now, that item carries it.
    """
    assert decision.before is not None
    if DecisionAction(decision.action) not in ABOUT_WORDS:
        return item
    other = queue.open_item_of(session, subject_of(item))
    if other is not None and other.id != item.id:
        return _carry(session, item, undo, at)
    kept, in_time = decision.before["item"], decision.effects_at is None
    if decision.action == DecisionAction.ESCALATE:
        _take_from_the_lead(session, item, decision)
    was_open = is_open(item.state)
    if in_time and (not was_open or undo.item_version == decision.item_version + 1):
        claim = session.get_one(Claim, kept["claim"])
        claim.released_at = datetime.fromisoformat(kept["released_at"]) if kept["released_at"] else None
        claim.release_reason = kept["release_reason"]
        state = ItemState(kept["state"])
    elif not was_open:
        state = after(item.state, Step.REOPEN)
    elif decision.action == DecisionAction.ESCALATE and kept["state"] in WITH_NOBODY_IN_PARTICULAR:
        state = ItemState.OPEN
    else:
        state = item.state
    try:
        with session.begin_nested():
            item.state = state
            session.flush()
    except IntegrityError:  # a report was faster by a moment
        session.refresh(item)
        return _carry(session, item, undo, at)
    item.decided_at = None
    if not in_time and not was_open:
        item.opened_at = at
    if not in_time or state is ItemState.APPEALED:
        _add_reason(session, item, undo, at)
    session.flush()
    return item


def record(
    session: Session,
    item: ReviewItem,
    decision: Decision,
    undo: Decision,
    change: Change,
    *,
    reopened: int,
    actor: Actor,
    at: datetime,
) -> None:
    """The event of taking a decision back. `reopened` counts the reports that wait for an outcome again."""
    queue.record(
        session,
        item,
        Verb.DECISION_UNDONE,
        actor=actor,
        at=at,
        reason=undo.reason_code,
        policy=undo.policy_version,
        item_state=item.state.value,
        decision=undo.id,
        undone=decision.id,
        action=decision.action,
        own=decision.actor_ref == undo.actor_ref,
        in_time=decision.effects_at is None,
        was_state=change.was_state,
        now_state=change.now_state,
        was_labels=list(change.was_labels),
        now_labels=list(change.now_labels),
        seconds_since=undo.seconds_waiting,
        reports=reopened,
    )


def _carry(session: Session, item: ReviewItem, undo: Decision, at: datetime) -> ReviewItem:
    """The subject's open item takes the question on; the old one stays decided, by a decision that was undone."""
    return queue.open_item(
        session,
        subject_of(item),
        author_ref=item.author_ref,
        group_ref=item.group_ref,
        urgency=Urgency(item.urgency),
        source=SOURCE,
        codes=(undo.reason_code,),
        assessment_id=None,
        policy=undo.policy_version,
        actor=Actor(undo.actor_ref, undo.actor_role),
        at=at,
    )


def _take_from_the_lead(session: Session, item: ReviewItem, decision: Decision) -> None:
    assert decision.before is not None
    session.execute(
        delete(ReviewReason).where(
            ReviewReason.item_id == item.id,
            ReviewReason.source == "escalation",
            ReviewReason.added_at == decision.decided_at,
        )
    )
    kept = decision.before["item"]
    item.for_lead, item.urgency = kept["for_lead"], kept["urgency"]


def _add_reason(session: Session, item: ReviewItem, undo: Decision, at: datetime) -> None:
    session.add(
        ReviewReason(
            item_id=item.id,
            source=SOURCE,
            code=undo.reason_code,
            revision_id=item.revision_id,
            urgency=item.urgency,
            added_at=at,
        )
    )

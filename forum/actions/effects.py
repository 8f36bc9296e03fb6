"""What a decision shows and whom it tells: at once, or when the seconds for taking it back are over (ADR 0017).

The worker takes the effects of one decision in one transaction with the mark that they were taken, so that a
worker that is killed leaves them whole for the next; an undo locks the same rows, so that exactly one comes first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import outbox
from forum.actions import notices, reversing, rulings
from forum.actions.rulings import Target
from forum.models import PostState
from moderation import audit, decisions, reports, sampling
from moderation.audit import SOFTWARE, Actor
from moderation.claims import seconds
from moderation.db import FOR_CHANGE
from moderation.models import Decision, Restriction, ReviewItem
from moderation.policy import Policy
from moderation.queue import locked_item, subject_of
from moderation.reversals import is_newest, taken_back_by
from moderation.verbs import Verb
from moderation.workflow import SHOWS, DecisionAction

JOB = "decision_effects"


def promise(session: Session, decision: Decision) -> None:
    """Let the worker take the effects when they are due."""
    assert decision.effects_due_at is not None
    outbox.promise(
        session, JOB, once=f"effects-{decision.id}", due_at=decision.effects_due_at, decision=decision.id
    )


def take(session: Session, decision_id: int, *, policy: Policy, at: datetime) -> bool:
    """Show what the decision shows and tell whom it tells. False where that was done, or it was taken back."""
    found = session.get(Decision, decision_id)
    if found is None:
        return False
    target = reversing.target_of(session, found.subject_kind, found.subject_id)
    item = locked_item(session, found.item_id)
    decision = session.get_one(Decision, decision_id, with_for_update=FOR_CHANGE, populate_existing=True)
    assert item is not None
    if decision.effects_at is not None or taken_back_by(session, decision) is not None:
        return False
    change = decisions.Change(target.state, target.state)
    if decision.action in SHOWS and _still_holds(session, decision, target):
        change = rulings.carry_out(session, target, decision, taxonomy=policy.taxonomy, at=at)
        decision.after = reversing.snapshot(session, target)
    decision.effects_at = at
    session.flush()
    audit.append(
        session,
        Verb.DECISION_TOOK_EFFECT,
        actor=SOFTWARE,
        at=at,
        subject=subject_of(item),
        group=item.group_ref,
        reason=decision.reason_code,
        policy=decision.policy_version,
        decision=decision.id,
        action=decision.action,
        was_state=change.was_state,
        now_state=change.now_state,
        was_labels=list(change.was_labels),
        now_labels=list(change.now_labels),
        seconds_since=seconds(decision.decided_at, at),
    )
    tell(session, item, target, decision, at=at)
    return True


def tell(session: Session, item: ReviewItem, target: Target, decision: Decision, *, at: datetime) -> None:
    """Tell the author and the reporters, once. A check-in is a telling from end to end."""
    actor = Actor(decision.actor_ref, decision.actor_role)
    if not (_overtaken(decision, target) or _nothing_came_of_it(session, item, decision)):
        kind, data = _notice(session, item, target, decision, actor, at)
        notice = notices.tell(session, target.member.id, kind, once=f"decision-{decision.id}", at=at, **data)
        decisions.told(session, item, decision, notice.id, actor=actor, at=at)
    withdrawn = target.post is not None and target.post.state is PostState.WITHDRAWN
    for report in reports.answer(session, item, decision, withdrawn=withdrawn, actor=actor, at=at):
        notices.tell(
            session,
            report.reporter_ref,
            "report_outcome",
            once=f"report-{report.id}-{decision.id}",
            at=at,
            report=report.id,
        )


def _still_holds(session: Session, decision: Decision, target: Target) -> bool:
    """Whether the subject is as the decision left it, and nobody decided anew in the seconds since."""
    return reversing.moved_on(session, decision, target) is None and is_newest(session, decision)


def _overtaken(decision: Decision, target: Target) -> bool:
    """Nobody is told that others can read what they cannot: the words changed before it came to that."""
    return decision.action in SHOWS and target.state != PostState.SHOWN


def _nothing_came_of_it(session: Session, item: ReviewItem, decision: Decision) -> bool:
    """Chance alone had brought it to a moderator, who left it as it was: its author need never know."""
    if decision.action != DecisionAction.SHOW or not sampling.only_by_chance(session, item):
        return False
    was, now = decision.before or {}, decision.after or {}
    return all(was.get(name) == now.get(name) for name in ("state", "collapsed", "labels"))


def _notice(
    session: Session, item: ReviewItem, target: Target, decision: Decision, actor: Actor, at: datetime
) -> tuple[str, dict[str, Any]]:
    match DecisionAction(decision.action):
        case DecisionAction.RESTRICT:
            made = select(Restriction.id).where(Restriction.decision_id == decision.id)
            return "restriction", {"restriction": session.scalars(made).one(), "decision": decision.id}
        case DecisionAction.CHECK_IN:
            care = rulings.check_in(session, item.id, target.member.id, decision.actor_ref, at)
            audit.append(
                session,
                Verb.CARE_CONTACT_MADE,
                actor=actor,
                at=at,
                subject=subject_of(item),
                group=item.group_ref,
                reason=decision.reason_code,
                policy=decision.policy_version,
                care_contact=care.id,
                kind=care.kind,
            )
            return "check_in", {"care_contact": care.id, "decision": decision.id}
        case _:
            return "decision", {"decision": decision.id, "subject": item.subject_kind.value}

"""Decisions that can still be taken back: one's own of the last seconds, and any one with what it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.models import Member
from forum.queries.review_past import PastDecision
from moderation.models import Decision, ReviewItem
from moderation.reversals import standing

LATE = timedelta(minutes=1)
"""The worker looks every second; after this it is more likely that none runs."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A decision that has told nobody yet."""

    decision_id: int
    item_id: int
    action: str
    seconds_left: int
    """0: any moment now."""
    late: bool


@dataclass(frozen=True, slots=True)
class Past:
    """One decision as the page about taking it back shows it."""

    decision_id: int
    item_id: int
    action: str
    reason_code: str
    by: str
    at: datetime
    in_time: bool
    """Nobody has been told of it yet."""


def waiting(session: Session, viewer_id: int, now: datetime) -> list[Waiting]:
    """What this person decided and nobody was told of yet, the newest first."""
    rows = session.execute(
        select(Decision.id, Decision.item_id, Decision.action, Decision.effects_due_at)
        .where(Decision.actor_ref == viewer_id, Decision.effects_at.is_(None), standing())
        .order_by(Decision.id.desc())
    )
    return [_waiting(row.id, row.item_id, row.action, row.effects_due_at, now) for row in rows]


def waiting_here(past: Sequence[PastDecision], viewer_id: int, now: datetime) -> list[Waiting]:
    """The same of one item, from what its page has read already."""
    return [
        _waiting(one.decision_id, one.item_id, one.action, one.due_at, now)
        for one in past
        if one.by_ref == viewer_id and one.due_at is not None
    ]


def _waiting(decision_id: int, item_id: int, action: str, due_at: datetime, now: datetime) -> Waiting:
    left = max(0, -int((now - due_at) // timedelta(seconds=1)))
    return Waiting(decision_id, item_id, action, left, late=now > due_at + LATE)


def find_decision(session: Session, viewer_id: int, decision_id: int) -> Past | None:
    """A decision that still stands, or None; None too for one about the viewer's own words."""
    row = session.execute(
        select(Decision, Member.pseudonym)
        .join(ReviewItem, ReviewItem.id == Decision.item_id)
        .join(Member, Member.id == Decision.actor_ref)
        .where(Decision.id == decision_id, ReviewItem.author_ref != viewer_id, standing())
    ).first()
    if row is None:
        return None
    decision, by = row
    return Past(
        decision_id=decision.id,
        item_id=decision.item_id,
        action=decision.action,
        reason_code=decision.reason_code,
        by=by,
        at=decision.decided_at,
        in_time=decision.effects_at is None,
    )

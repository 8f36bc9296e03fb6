"""What was decided before about a writer's words, apart from care: distress is no record of fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from forum.models import Member
from moderation.models import Appeal, Decision, Restriction, ReviewItem
from moderation.policy import Policy
from moderation.reversals import like, standing
from moderation.workflow import ABOUT_DECISIONS, DecisionAction

MOST = 20
CARE_LABELS = frozenset({"crisis_now", "third_party_risk", "suspected_minor"})
"""A decision for one of these was made because somebody was worried, whatever it did to the post."""


@dataclass(frozen=True, slots=True)
class PastDecision:
    """One earlier decision. A check-in is one too, and stands with care."""

    decision_id: int
    item_id: int
    item_version: int
    by_ref: int
    action: str
    reason_code: str
    by: str
    at: datetime
    noted: bool = False
    note: str | None = None
    """A colleague's note may quote the words, so it opens as they do."""
    taken_back: bool = False
    due_at: datetime | None = None
    """When people are told of it; None where they were, or where it was taken back."""
    can_be_undone: bool = False
    """Nothing of its kind was decided since about the same thing, and it is not words that were read."""


@dataclass(frozen=True, slots=True)
class Past:
    """Newest first. `here` are the decisions on this very item."""

    paused: tuple[tuple[int, datetime], ...]
    """Pauses in posting that run now: id and end."""
    here: tuple[PastDecision, ...]
    conduct: tuple[PastDecision, ...]
    care: tuple[PastDecision, ...]


NOTHING = Past((), (), (), ())


def words_of(session: Session, decision_id: int) -> frozenset[str]:
    """What somebody wrote with a decision: the note, the facts, the answer to an appeal."""
    note, illegality, answer = session.execute(
        select(Decision.note, Decision.illegality, Appeal.answer)
        .outerjoin(Appeal, Appeal.decided_decision_id == Decision.id)
        .where(Decision.id == decision_id)
    ).one()
    return frozenset(words for words in (note, (illegality or {}).get("facts"), answer) if words)


def past_of(session: Session, item: ReviewItem, policy: Policy, now: datetime, *, opened: bool) -> Past:
    """Everything decided on this item, and the newest of what was decided about its author elsewhere."""
    rows = _rows(session, item, opened)
    elsewhere = [row for row in rows if row.item_id != item.id]
    return Past(
        paused=_paused(session, item.author_ref, now),
        here=tuple(row for row in rows if row.item_id == item.id),
        conduct=tuple(row for row in elsewhere if not _is_care(row, policy)),
        care=tuple(row for row in elsewhere if _is_care(row, policy)),
    )


def _rows(session: Session, item: ReviewItem, opened: bool) -> Sequence[PastDecision]:
    decisions = (
        select(
            Decision.id.label("decision_id"),
            Decision.item_id,
            Decision.item_version,
            Decision.action,
            Decision.reason_code,
            Decision.actor_ref,
            Decision.decided_at.label("at"),
            Decision.note,
            Decision.subject_kind,
            Decision.subject_id,
            Decision.effects_at,
            Decision.effects_due_at,
            standing().label("stands"),
            case((Decision.item_id == item.id, 1), else_=0).label("here"),
        )
        .join(ReviewItem, ReviewItem.id == Decision.item_id)
        .where(ReviewItem.author_ref == item.author_ref)
        .order_by(case((Decision.item_id == item.id, 1), else_=0).desc(), Decision.id.desc())
        .limit(MOST)
        .subquery()
    )
    rows = session.execute(
        select(decisions, Member.pseudonym)
        .join(Member, Member.id == decisions.c.actor_ref)
        .order_by(decisions.c.decision_id.desc())
    )
    newest: dict[tuple[str, int, frozenset[DecisionAction]], int] = {}
    found = []
    for row in rows:
        action = DecisionAction(row.action)
        if row.stands:
            newest.setdefault((row.subject_kind, row.subject_id, like(action)), row.decision_id)
        found.append(
            PastDecision(
                decision_id=row.decision_id,
                item_id=row.item_id,
                item_version=row.item_version,
                by_ref=row.actor_ref,
                action=row.action,
                reason_code=row.reason_code,
                by=row.pseudonym,
                at=row.at,
                noted=row.note is not None,
                note=row.note if opened else None,
                taken_back=not row.stands and action not in ABOUT_DECISIONS,
                due_at=row.effects_due_at if row.stands and row.effects_at is None else None,
                can_be_undone=row.stands
                and newest[row.subject_kind, row.subject_id, like(action)] == row.decision_id
                and (action is not DecisionAction.CHECK_IN or row.effects_at is None),
            )
        )
    return found


def _paused(session: Session, member_id: int, now: datetime) -> tuple[tuple[int, datetime], ...]:
    rows = session.execute(
        select(Restriction.id, Restriction.ends_at)
        .where(
            Restriction.member_ref == member_id, Restriction.lifted_at.is_(None), Restriction.ends_at > now
        )
        .order_by(Restriction.ends_at)
    )
    return tuple((restriction_id, ends_at) for restriction_id, ends_at in rows)


def _is_care(row: PastDecision, policy: Policy) -> bool:
    if row.action == DecisionAction.CHECK_IN:
        return True
    reason = policy.decision_reasons.get(row.reason_code)
    return reason is not None and reason.label in CARE_LABELS

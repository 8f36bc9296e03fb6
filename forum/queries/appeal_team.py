"""Who may settle an appeal, and which appeals nobody may settle as things are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from forum.models import Member, MemberState, Role
from moderation.appeals import TOOK_NO_PART
from moderation.models import Appeal, Decision

DECIDING = (Role.MODERATOR, Role.LEAD)


@dataclass(frozen=True, slots=True)
class Stuck:
    """An appeal for which nobody is left: everybody who may decide had a hand in it, or wrote it."""

    appeal_id: int
    item_id: int
    made_at: datetime


def eligible(session: Session, but: Collection[int]) -> int:
    """How many people of today's team may settle an appeal, all but these."""
    people = select(func.count()).where(
        Member.role.in_(DECIDING), Member.state == MemberState.ACTIVE, Member.id.not_in(but)
    )
    return session.scalar(people) or 0


def stuck(session: Session) -> Sequence[Stuck]:
    """Open appeals that have to wait until somebody joins the team, the oldest first."""
    took_part = aliased(Decision)
    appealed = aliased(Decision)
    hand = (
        exists()
        .where(
            took_part.item_id == appealed.item_id,
            took_part.id <= appealed.id,
            took_part.actor_ref == Member.id,
            or_(
                took_part.id == appealed.id,
                took_part.action.not_in([action.value for action in TOOK_NO_PART]),
            ),
        )
        .correlate(appealed, Member)
    )
    somebody = (
        exists()
        .where(
            Member.role.in_(DECIDING),
            Member.state == MemberState.ACTIVE,
            Member.id != Appeal.appellant_ref,
            ~hand,
        )
        .correlate(appealed, Appeal)
    )
    rows = session.execute(
        select(Appeal.id, Appeal.item_id, Appeal.made_at)
        .join(appealed, appealed.id == Appeal.decision_id)
        .where(Appeal.outcome.is_(None), ~somebody)
        .order_by(Appeal.id)
    )
    return [Stuck(appeal_id, item_id, made_at) for appeal_id, item_id, made_at in rows]

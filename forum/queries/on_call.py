"""Who is on call, now and later, and who could be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from forum.models import REVIEW_STAFF, Member, MemberState, OnCall, Role


@dataclass(frozen=True, slots=True)
class Duty:
    """One person's time on call."""

    id: int
    member_id: int
    name: str
    role: Role
    starts_at: datetime
    ends_at: datetime | None
    now: bool


def may_be_called() -> ColumnElement[bool]:
    """Who a page is of use to: people of the review desk, while they are. Who has left is not called."""
    return and_(Member.role.in_(list(REVIEW_STAFF)), Member.state == MemberState.ACTIVE)


def on_call_now(session: Session, at: datetime) -> Sequence[int]:
    """The accounts on call at this moment, each once, in the order of their time."""
    found = session.scalars(
        select(OnCall.member_id)
        .join(Member, Member.id == OnCall.member_id)
        .where(may_be_called(), OnCall.starts_at <= at, not_over(at))
        .order_by(OnCall.id)
    )
    return tuple(dict.fromkeys(found))


def duties(session: Session, at: datetime) -> Sequence[Duty]:
    """Times on call that are running or still to come, by when they begin."""
    rows = session.execute(
        select(OnCall, Member.pseudonym, Member.role)
        .join(Member, Member.id == OnCall.member_id)
        .where(may_be_called(), not_over(at))
        .order_by(OnCall.starts_at, OnCall.id)
    )
    return [
        Duty(
            id=duty.id,
            member_id=duty.member_id,
            name=name,
            role=role,
            starts_at=duty.starts_at,
            ends_at=duty.ends_at,
            now=duty.starts_at <= at,
        )
        for duty, name, role in rows
    ]


def candidates(session: Session) -> Sequence[tuple[int, str, Role]]:
    """People who can be put on call: leads first, then moderators, then clinicians."""
    order = {Role.LEAD: 0, Role.MODERATOR: 1, Role.CLINICIAN: 2}
    rows = session.execute(select(Member.id, Member.pseudonym, Member.role).where(may_be_called())).all()
    return sorted(
        ((member_id, name, role) for member_id, name, role in rows), key=lambda one: (order[one[2]], one[1])
    )


def not_over(at: datetime) -> ColumnElement[bool]:
    """Whether a time on call is running, or still to come."""
    return or_(OnCall.ends_at.is_(None), OnCall.ends_at > at)

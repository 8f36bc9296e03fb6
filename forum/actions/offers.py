"""What follows from time and from freed places: a rest that ends, an offer that lapses, a place for the next in line.

`settle` runs inside each change that could free a place, before it counts, and in the worker's round. So the list
moves on whether or not anybody presses a button, and nobody passes it by pressing Join at the right moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from forum.actions import notices, rests
from forum.actions.room import record, room
from forum.models import Group, Intake, Membership, MembershipState, WaitingEntry, WaitingState
from moderation.audit import SOFTWARE
from moderation.policy import Policy
from moderation.verbs import Verb


def settle(session: Session, group: Group, *, policy: Policy, at: datetime) -> None:
    """Bring a held group up to the present: end what is over, then offer each free place to the next in line."""
    rests.settle(session, group, at=at)
    _end_lapsed(session, group, at)
    if group.archived_at is not None or group.intake is not Intake.OPEN:
        return
    for entry in _next_in_line(session, group, room(session, group).free):
        _offer(session, group, entry, policy, at)


def unsettled(session: Session, *, at: datetime) -> Sequence[int]:
    """Groups where something is due, by number."""
    taken = (
        select(func.count())
        .where(Membership.group_id == Group.id, Membership.state != MembershipState.LEFT)
        .correlate(Group)
        .scalar_subquery()
    )
    listed = WaitingEntry.group_id == Group.id
    offered = and_(listed, WaitingEntry.state == WaitingState.OFFERED)
    kept = select(func.count()).where(offered).correlate(Group).scalar_subquery()
    waiting = exists().where(listed, WaitingEntry.state == WaitingState.WAITING).correlate(Group)
    lapsed = exists().where(offered, WaitingEntry.offer_expires_at <= at).correlate(Group)
    over = exists().where(Membership.group_id == Group.id, rests.due(at)).correlate(Group)
    takes = and_(Group.archived_at.is_(None), Group.intake == Intake.OPEN, Group.capacity > taken + kept)
    return session.scalars(
        select(Group.id).where(or_(lapsed, over, and_(takes, waiting))).order_by(Group.id)
    ).all()


def _end_lapsed(session: Session, group: Group, at: datetime) -> None:
    lapsed = session.scalars(
        select(WaitingEntry)
        .where(
            WaitingEntry.group_id == group.id,
            WaitingEntry.state == WaitingState.OFFERED,
            WaitingEntry.offer_expires_at <= at,
        )
        .order_by(WaitingEntry.id)
        .execution_options(populate_existing=True)
    ).all()
    for entry in lapsed:
        entry.state, entry.ended_at = WaitingState.EXPIRED, at
        session.flush()
        counts = room(session, group).counts
        record(session, Verb.OFFER_EXPIRED, SOFTWARE, group, at, entry=entry.id, **counts)
        _tell(session, entry, "offer_expired", at)


def _next_in_line(session: Session, group: Group, free: int) -> Sequence[WaitingEntry]:
    if not free:
        return ()
    return session.scalars(
        select(WaitingEntry)
        .where(WaitingEntry.group_id == group.id, WaitingEntry.state == WaitingState.WAITING)
        .order_by(WaitingEntry.id)
        .limit(free)
        .execution_options(populate_existing=True)
    ).all()


def _offer(session: Session, group: Group, entry: WaitingEntry, policy: Policy, at: datetime) -> None:
    until = at + timedelta(hours=policy.values.offer_hours)
    entry.state, entry.offered_at, entry.offer_expires_at = WaitingState.OFFERED, at, until
    session.flush()
    record(
        session,
        Verb.OFFER_MADE,
        SOFTWARE,
        group,
        at,
        policy=policy.version,
        entry=entry.id,
        expires_at=until,
        **room(session, group).counts,
    )
    _tell(session, entry, "offer_made", at)


def _tell(session: Session, entry: WaitingEntry, kind: str, at: datetime) -> None:
    notices.tell(
        session,
        entry.member_id,
        kind,
        once=f"{kind}-{entry.id}",
        at=at,
        group=entry.group_id,
        entry=entry.id,
    )

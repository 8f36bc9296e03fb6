"""What an account held when it is closed or changes its role: its places and its groups are given up, on record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.actions import groups
from forum.models import Facilitation, Member, Membership, MembershipState, Role
from moderation import audit
from moderation.audit import Actor, ActorKind
from moderation.verbs import Verb


def give_up_places(session: Session, member: Member, *, at: datetime) -> None:
    """A member leaves every group, so that the places are free for others."""
    if member.role is not Role.MEMBER:
        return
    places = session.scalars(
        select(Membership.group_id)
        .where(Membership.member_id == member.id, Membership.state != MembershipState.LEFT)
        .order_by(Membership.group_id)
    ).all()
    themselves = Actor(member.id, member.role.value, ActorKind.HUMAN)
    for group_id in places:
        groups.leave(session, actor=themselves, group_id=group_id, at=at)


def hand_back_groups(session: Session, member: Member, *, actor: Actor, reason: str, at: datetime) -> None:
    """A facilitator no longer holds any group."""
    held = session.scalars(
        select(Facilitation).where(Facilitation.member_id == member.id, Facilitation.ended_at.is_(None))
    ).all()
    for facilitation in held:
        facilitation.ended_at = at
        audit.append(
            session,
            Verb.FACILITATOR_ENDED,
            actor=actor,
            at=at,
            group=facilitation.group_id,
            reason=reason,
            person=audit.person(session, member.id, member.role.value),
        )

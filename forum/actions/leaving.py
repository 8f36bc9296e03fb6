"""What an account held when it is closed or changes its role: its places, turns and groups are given up, on record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from forum.actions import groups, waiting
from forum.actions.room import locked_group, own_place
from forum.models import LIVE_ENTRY, Facilitation, Member, Membership, MembershipState, Role, WaitingEntry
from moderation import audit
from moderation.audit import Actor, ActorKind
from moderation.verbs import Verb


def give_up_places(session: Session, member: Member, *, at: datetime) -> None:
    """A member leaves every group and every waiting list, so that the places are free for others.

    The next in line are asked in the worker's next round, or by whoever comes to the group before it.
    """
    if member.role is not Role.MEMBER:
        return
    places = select(Membership.group_id).where(
        Membership.member_id == member.id, Membership.state != MembershipState.LEFT
    )
    turns = select(WaitingEntry.group_id).where(
        WaitingEntry.member_id == member.id, WaitingEntry.state.in_(LIVE_ENTRY)
    )
    themselves = Actor(member.id, member.role.value, ActorKind.HUMAN)
    for group_id in sorted(session.scalars(union(places, turns))):
        group = locked_group(session, group_id)
        if own_place(session, group.id, member.id) is not None:  # software may have let it go meanwhile
            groups.give_up(session, actor=themselves, group=group, at=at)
        waiting.give_up_turn(session, actor=themselves, group=group, why="account_closed", at=at)


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

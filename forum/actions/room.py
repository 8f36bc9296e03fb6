"""Room in a group: the lock that everything about places takes first, and the one way of counting them.

A place is in use while somebody holds it, resting or not, and while it is kept for somebody by an open offer.
The database's own triggers are the second lock: whatever a way in forgets, a group never holds more than its
capacity, and no place is promised twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from forum.models import (
    LIVE_ENTRY,
    Group,
    Member,
    Membership,
    MembershipState,
    MemberState,
    Role,
    WaitingEntry,
    WaitingState,
)
from forum.permissions import Action, Refused, require
from moderation import audit
from moderation.audit import Actor
from moderation.db import FOR_CHANGE
from moderation.verbs import Verb

TRIGGER_SAYS = "group_full"


class NoSuchGroup(Exception):
    """There is no such group, or not any more."""


class GroupFull(Exception):
    """Every place is taken or kept for somebody. The page offers the waiting list."""


class IntakeClosed(Exception):
    """The group takes nobody at the moment, whether or not it has room."""


class AlreadyMember(Exception):
    """Joining twice: nothing to do, nothing wrong."""


class NotMember(Exception):
    """The person holds no place in this group."""


@dataclass(frozen=True, slots=True)
class Room:
    """How a group stands, counted while it is held."""

    live: int
    """Places of members, resting ones included."""
    offers: int
    """Places kept for somebody who was asked and has not answered."""
    capacity: int

    @property
    def free(self) -> int:
        """Places for somebody new. None after a lowered capacity, until numbers have fallen."""
        return max(0, self.capacity - self.live - self.offers)

    @property
    def counts(self) -> dict[str, int]:
        """As the audit records it: anybody can check from the log alone that no group was overfull."""
        return {"live": self.live, "offers": self.offers, "capacity": self.capacity}


def locked_group(session: Session, group_id: int) -> Group:
    """The group, held until the transaction ends, as it is now: nobody else counts places meanwhile."""
    group = session.scalar(
        select(Group)
        .where(Group.id == group_id)
        .with_for_update(**FOR_CHANGE)
        .execution_options(populate_existing=True)
    )
    if group is None:
        raise NoSuchGroup
    return group


def room(session: Session, group: Group) -> Room:
    """Count the places of a group that this transaction holds."""
    live = (
        select(func.count())
        .where(Membership.group_id == group.id, Membership.state != MembershipState.LEFT)
        .scalar_subquery()
    )
    offers = (
        select(func.count())
        .where(WaitingEntry.group_id == group.id, WaitingEntry.state == WaitingState.OFFERED)
        .scalar_subquery()
    )
    counted = session.execute(select(live, offers)).one()
    return Room(counted[0], counted[1], group.capacity)


def own_place(session: Session, group_id: int, member_id: int) -> Membership | None:
    """Somebody's place, resting or not."""
    return session.scalar(
        select(Membership)
        .where(
            Membership.group_id == group_id,
            Membership.member_id == member_id,
            Membership.state != MembershipState.LEFT,
        )
        .execution_options(populate_existing=True)
    )


def own_entry(session: Session, group_id: int, member_id: int) -> WaitingEntry | None:
    """Somebody's turn on the waiting list, waiting or offered."""
    return session.scalar(
        select(WaitingEntry)
        .where(
            WaitingEntry.group_id == group_id,
            WaitingEntry.member_id == member_id,
            WaitingEntry.state.in_(LIVE_ENTRY),
        )
        .execution_options(populate_existing=True)
    )


def give_place(session: Session, group: Group, member_id: int, *, at: datetime) -> Membership:
    """Write the place down. Whoever calls has counted; the database counts again."""
    place = Membership(group_id=group.id, member_id=member_id, state=MembershipState.ACTIVE, joined_at=at)
    session.add(place)
    try:
        session.flush()
    except IntegrityError as error:
        if TRIGGER_SAYS in str(error.orig):
            raise GroupFull from error
        raise
    return place


def free_place(session: Session, place: Membership, *, at: datetime) -> None:
    """The place is nobody's any more."""
    place.state, place.left_at = MembershipState.LEFT, at
    place.rest_until = place.kept_until = place.rest_warned_at = None
    session.flush()


def member_of(actor: Actor) -> int:
    """The account that acts: only members hold places."""
    require(Action.JOIN_GROUP, Role(actor.role))
    if actor.ref is None:
        raise Refused(Action.JOIN_GROUP)
    return actor.ref


def hold_account(session: Session, member_id: int) -> None:
    """Lock the account before any group, as closing it does, and see that it still may hold a place."""
    member = session.get_one(Member, member_id, with_for_update=FOR_CHANGE, populate_existing=True)
    require(Action.JOIN_GROUP, member.role)
    if member.state is not MemberState.ACTIVE:
        raise Refused(Action.JOIN_GROUP)


def record(session: Session, verb: Verb, actor: Actor, group: Group, at: datetime, **fields: Any) -> None:
    """The event of a change in this group."""
    audit.append(session, verb, actor=actor, at=at, group=group.id, **fields)

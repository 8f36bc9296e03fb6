"""Taking, keeping and giving up a place. The group's row is locked, then places are counted.

The database's own trigger is the second lock: whatever a way in forgets, a group never holds more than its
capacity. Resting members keep their place, so they count. Each verb is an audit event.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from forum.models import Group, Intake, Member, Membership, MembershipState, MemberState, Role
from forum.permissions import Action, Refused, require
from moderation import audit
from moderation.audit import Actor
from moderation.db import FOR_CHANGE
from moderation.verbs import Verb

TRIGGER_SAYS = "group_full"


class NoSuchGroup(Exception):
    """There is no such group, or not any more."""


class GroupFull(Exception):
    """Every place is taken. The page shows groups that have room."""


class IntakeClosed(Exception):
    """The group takes nobody at the moment, whether or not it has room."""


class AlreadyMember(Exception):
    """Joining twice: nothing to do, nothing wrong."""


class NotMember(Exception):
    """The person holds no place in this group."""


class RestTooLong(Exception):
    """A rest is at least one week and at most as long as the policy keeps a place."""


def join(session: Session, *, actor: Actor, group_id: int, at: datetime) -> Membership:
    """Take a free place. An account that is being closed in this moment takes none."""
    member_id = _member(actor)
    _hold_account(session, member_id)
    group = locked_group(session, group_id)
    if _place(session, group_id, member_id) is not None:
        raise AlreadyMember
    if group.archived_at is not None or group.intake is not Intake.OPEN:
        raise IntakeClosed
    live = live_places(session, group_id)
    if live >= group.capacity:
        raise GroupFull
    place = Membership(group_id=group_id, member_id=member_id, state=MembershipState.ACTIVE, joined_at=at)
    session.add(place)
    _flush(session)
    _record(session, Verb.GROUP_JOINED, actor, group, at, live=live + 1, capacity=group.capacity)
    return place


def leave(session: Session, *, actor: Actor, group_id: int, at: datetime) -> None:
    """Give the place up. What the person wrote stays theirs to take back; to change it they would join again."""
    member_id = _member(actor)
    group = locked_group(session, group_id)
    place = _own_place(session, group_id, member_id)
    place.state, place.left_at, place.rest_until = MembershipState.LEFT, at, None
    session.flush()
    live = live_places(session, group_id)
    _record(session, Verb.GROUP_LEFT, actor, group, at, live=live, capacity=group.capacity)


def rest(
    session: Session, *, actor: Actor, group_id: int, weeks: int, longest: int, at: datetime
) -> Membership:
    """Step back for some weeks; the place is kept. `longest` is the policy's `resting_weeks`."""
    member_id = _member(actor)
    if not 1 <= weeks <= longest:
        raise RestTooLong
    group = locked_group(session, group_id)
    place = _own_place(session, group_id, member_id)
    until = at + timedelta(weeks=weeks)
    place.state, place.rest_until = MembershipState.RESTING, until
    session.flush()
    _record(session, Verb.GROUP_RESTED, actor, group, at, until=until)
    return place


def come_back(session: Session, *, actor: Actor, group_id: int, at: datetime) -> Membership:
    """End a rest. Coming back twice changes nothing."""
    member_id = _member(actor)
    group = locked_group(session, group_id)
    place = _own_place(session, group_id, member_id)
    if place.state is MembershipState.ACTIVE:
        return place
    place.state, place.rest_until = MembershipState.ACTIVE, None
    session.flush()
    live = live_places(session, group_id)
    _record(session, Verb.GROUP_RETURNED, actor, group, at, live=live, capacity=group.capacity)
    return place


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


def live_places(session: Session, group_id: int) -> int:
    """Places in use: active and resting."""
    counted = select(func.count()).where(
        Membership.group_id == group_id, Membership.state != MembershipState.LEFT
    )
    return session.scalar(counted) or 0


def _member(actor: Actor) -> int:
    require(Action.JOIN_GROUP, Role(actor.role))
    if actor.ref is None:
        raise Refused(Action.JOIN_GROUP)
    return actor.ref


def _hold_account(session: Session, member_id: int) -> None:
    """Lock the account before any group, as closing it does, and see that it still may hold a place."""
    member = session.get_one(Member, member_id, with_for_update=FOR_CHANGE, populate_existing=True)
    require(Action.JOIN_GROUP, member.role)
    if member.state is not MemberState.ACTIVE:
        raise Refused(Action.JOIN_GROUP)


def _place(session: Session, group_id: int, member_id: int) -> Membership | None:
    return session.scalar(
        select(Membership).where(
            Membership.group_id == group_id,
            Membership.member_id == member_id,
            Membership.state != MembershipState.LEFT,
        )
    )


def _own_place(session: Session, group_id: int, member_id: int) -> Membership:
    place = _place(session, group_id, member_id)
    if place is None:
        raise NotMember
    return place


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        if TRIGGER_SAYS in str(error.orig):
            raise GroupFull from error
        raise


def _record(session: Session, verb: Verb, actor: Actor, group: Group, at: datetime, **fields: Any) -> None:
    audit.append(session, verb, actor=actor, at=at, group=group.id, **fields)

"""Taking, keeping and giving up a place. The group's row is locked, what is due is settled, then places are counted.

Resting members keep their place for some weeks, so they count. Each verb is an audit event.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from forum.actions import offers
from forum.actions.room import (
    AlreadyMember,
    GroupFull,
    IntakeClosed,
    NotMember,
    free_place,
    give_place,
    hold_account,
    locked_group,
    member_of,
    own_entry,
    own_place,
    record,
    room,
)
from forum.models import Group, Intake, Membership, MembershipState, WaitingEntry, WaitingState
from moderation.audit import Actor
from moderation.policy import Policy
from moderation.verbs import Verb


class NoOffer(Exception):
    """No place is kept for this person: it was answered already, or its time is over."""


class RestTooLong(Exception):
    """A rest is at least one week and at most as long as the policy keeps a place."""


def join(session: Session, *, actor: Actor, group_id: int, policy: Policy, at: datetime) -> Membership:
    """Take a free place, or the one that is kept by an offer. An account that is being closed takes none."""
    member_id, group = _held(session, actor, group_id)
    offers.settle(session, group, policy=policy, at=at)
    entry = own_entry(session, group.id, member_id)
    if entry is not None and entry.state is WaitingState.OFFERED:
        return _take(session, actor, group, entry, at)
    if group.archived_at is not None or group.intake is not Intake.OPEN:
        raise IntakeClosed
    if not room(session, group).free:
        raise GroupFull
    return _given(session, actor, group, member_id, at)


def take_offer(session: Session, *, actor: Actor, group_id: int, policy: Policy, at: datetime) -> Membership:
    """Take the place that is kept. A promise given holds though the group was closed or made smaller since."""
    member_id, group = _held(session, actor, group_id)
    offers.settle(session, group, policy=policy, at=at)
    entry = own_entry(session, group.id, member_id)
    if entry is None or entry.state is not WaitingState.OFFERED:
        raise NoOffer
    return _take(session, actor, group, entry, at)


def leave(session: Session, *, actor: Actor, group_id: int, policy: Policy, at: datetime) -> None:
    """Give the place up. What the person wrote stays theirs to take back; to change it they would join again."""
    group = locked_group(session, group_id)
    give_up(session, actor=actor, group=group, at=at)
    offers.settle(session, group, policy=policy, at=at)


def give_up(session: Session, *, actor: Actor, group: Group, at: datetime) -> None:
    """The leaving itself, in a group that is held; the next in line is asked by whoever settles next."""
    free_place(session, _own(session, group, member_of(actor)), at=at)
    record(session, Verb.GROUP_LEFT, actor, group, at, **room(session, group).counts)


def rest(
    session: Session, *, actor: Actor, group_id: int, weeks: int, longest: int, at: datetime
) -> Membership:
    """Step back for some weeks; the place is kept. `longest` is the policy's `resting_weeks`, counted from the
    day the rest began: resting longer does not begin it anew.
    """
    member_id = member_of(actor)
    group = locked_group(session, group_id)
    place = _own(session, group, member_id)
    if not 1 <= weeks <= longest:
        raise RestTooLong
    kept = place.kept_until if place.state is MembershipState.RESTING else None
    kept = kept or at + timedelta(weeks=longest)
    until = min(at + timedelta(weeks=weeks), kept)
    if until <= at:
        raise RestTooLong
    place.state, place.rest_until, place.kept_until = MembershipState.RESTING, until, kept
    session.flush()
    record(session, Verb.GROUP_RESTED, actor, group, at, until=until, kept_until=kept)
    return place


def come_back(session: Session, *, actor: Actor, group_id: int, at: datetime) -> Membership:
    """End a rest. Coming back twice changes nothing."""
    member_id = member_of(actor)
    group = locked_group(session, group_id)
    place = _own(session, group, member_id)
    if place.state is MembershipState.ACTIVE:
        return place
    place.state = MembershipState.ACTIVE
    place.rest_until = place.kept_until = place.rest_warned_at = None
    session.flush()
    record(session, Verb.GROUP_RETURNED, actor, group, at, **room(session, group).counts)
    return place


def _held(session: Session, actor: Actor, group_id: int) -> tuple[int, Group]:
    """Account, then group, both held; the person has no place yet."""
    member_id = member_of(actor)
    hold_account(session, member_id)
    group = locked_group(session, group_id)
    if own_place(session, group.id, member_id) is not None:
        raise AlreadyMember
    return member_id, group


def _take(session: Session, actor: Actor, group: Group, entry: WaitingEntry, at: datetime) -> Membership:
    place = give_place(session, group, entry.member_id, at=at)
    entry.state, entry.ended_at = WaitingState.JOINED, at
    session.flush()
    counts = room(session, group).counts
    record(session, Verb.OFFER_TAKEN, actor, group, at, entry=entry.id)
    record(session, Verb.GROUP_JOINED, actor, group, at, **counts)
    return place


def _given(session: Session, actor: Actor, group: Group, member_id: int, at: datetime) -> Membership:
    place = give_place(session, group, member_id, at=at)
    record(session, Verb.GROUP_JOINED, actor, group, at, **room(session, group).counts)
    return place


def _own(session: Session, group: Group, member_id: int) -> Membership:
    place = own_place(session, group.id, member_id)
    if place is None:
        raise NotMember
    return place

"""A group's waiting list, from a member's side: ask, change one's mind, say no to an offer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.actions import notices, offers
from forum.actions.groups import NoOffer
from forum.actions.room import (
    AlreadyMember,
    IntakeClosed,
    hold_account,
    locked_group,
    member_of,
    own_entry,
    own_place,
    record,
    room,
)
from forum.models import LIVE_ENTRY, Group, Intake, WaitingEntry, WaitingState
from moderation.audit import Actor
from moderation.policy import Policy
from moderation.verbs import Verb


class NotWaiting(Exception):
    """The person is not on this group's list."""


def ask(session: Session, *, actor: Actor, group_id: int, policy: Policy, at: datetime) -> WaitingEntry:
    """Go to the end of the list. Asking twice keeps the first turn; where a place is free it is offered at once."""
    member_id = member_of(actor)
    hold_account(session, member_id)
    group = locked_group(session, group_id)
    if own_place(session, group.id, member_id) is not None:
        raise AlreadyMember
    offers.settle(session, group, policy=policy, at=at)
    there = own_entry(session, group.id, member_id)
    if there is not None:
        return there
    if group.archived_at is not None or group.intake is not Intake.OPEN:
        raise IntakeClosed
    entry = WaitingEntry(group_id=group.id, member_id=member_id, state=WaitingState.WAITING, asked_at=at)
    session.add(entry)
    session.flush()
    ahead = _ahead(session, entry)
    counts = room(session, group).counts
    record(session, Verb.WAITING_JOINED, actor, group, at, entry=entry.id, ahead=ahead, **counts)
    offers.settle(session, group, policy=policy, at=at)
    return entry


def leave_list(session: Session, *, actor: Actor, group_id: int, policy: Policy, at: datetime) -> None:
    """Go off the list, or let go the place that is kept. What was kept goes to the next in line."""
    group = locked_group(session, group_id)
    if not give_up_turn(session, actor=actor, group=group, why="own_wish", at=at):
        raise NotWaiting
    offers.settle(session, group, policy=policy, at=at)


def give_up_turn(session: Session, *, actor: Actor, group: Group, why: str, at: datetime) -> bool:
    """End the person's turn in a group that is held. False where they have none."""
    entry = own_entry(session, group.id, member_of(actor))
    if entry is None:
        return False
    _end(session, entry, WaitingState.LEFT, actor, group, why, at)
    return True


def decline(session: Session, *, actor: Actor, group_id: int, policy: Policy, at: datetime) -> None:
    """Say no to the place that is kept; it goes to the next in line."""
    member_id = member_of(actor)
    group = locked_group(session, group_id)
    entry = own_entry(session, group.id, member_id)
    if entry is None or entry.state is not WaitingState.OFFERED:
        raise NoOffer
    entry.state, entry.ended_at = WaitingState.DECLINED, at
    session.flush()
    counts = room(session, group).counts
    record(session, Verb.OFFER_DECLINED, actor, group, at, entry=entry.id, **counts)
    offers.settle(session, group, policy=policy, at=at)


def end_list(session: Session, *, actor: Actor, group: Group, at: datetime) -> None:
    """The group ends, and its list with it. Everybody on it is told."""
    entries = session.scalars(
        select(WaitingEntry)
        .where(WaitingEntry.group_id == group.id, WaitingEntry.state.in_(LIVE_ENTRY))
        .order_by(WaitingEntry.id)
        .execution_options(populate_existing=True)
    ).all()
    for entry in entries:
        _end(session, entry, WaitingState.ENDED, actor, group, "group_ended", at)
        notices.tell(
            session,
            entry.member_id,
            "list_ended",
            once=f"list_ended-{entry.id}",
            at=at,
            group=group.id,
            entry=entry.id,
        )


def _end(
    session: Session,
    entry: WaitingEntry,
    to: WaitingState,
    actor: Actor,
    group: Group,
    why: str,
    at: datetime,
) -> None:
    was, entry.state, entry.ended_at = entry.state, to, at
    session.flush()
    record(session, Verb.WAITING_LEFT, actor, group, at, entry=entry.id, was=was.value, why=why)


def _ahead(session: Session, entry: WaitingEntry) -> int:
    """How many people wait before this one."""
    before = select(func.count()).where(
        WaitingEntry.group_id == entry.group_id,
        WaitingEntry.state == WaitingState.WAITING,
        WaitingEntry.id < entry.id,
    )
    return session.scalar(before) or 0

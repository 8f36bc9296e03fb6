"""Whether a person may write in a place now: the group, their place in it, the thread, a pause by staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from forum.models import (
    Facilitation,
    Group,
    Member,
    Membership,
    MembershipState,
    MemberState,
    Role,
    Thread,
)
from forum.queries.places import active_facilitator
from moderation.models import Restriction


class NotInGroup(Exception):
    """Only members of the group and its facilitators write there."""


class RestingNow(Exception):
    """The member rests; coming back needs no permission."""


class GroupReadOnly(Exception):
    """No facilitator is active, or the group is archived (R49)."""


class ThreadLocked(Exception):
    """The thread takes no more replies."""


class PostingPaused(Exception):
    """Staff paused this member's posting until a date."""


@dataclass(frozen=True, slots=True)
class Place:
    """A group as a place to write in, and how the writer stands there."""

    archived: bool
    held: bool
    """A facilitator is active."""
    role: Role
    """The writer's."""
    belongs: bool
    rests: bool
    paused: bool


def place_for_writing(session: Session, author_id: int, group_id: int, *, at: datetime) -> Place:
    """How group and writer stand inside this transaction: what they were before the words were judged is over."""
    writer = aliased(Member)
    holds = (
        select(Membership.state)
        .where(
            Membership.group_id == group_id,
            Membership.member_id == author_id,
            Membership.state != MembershipState.LEFT,
        )
        .scalar_subquery()
    )
    facilitates = exists().where(
        Facilitation.group_id == group_id,
        Facilitation.member_id == author_id,
        Facilitation.ended_at.is_(None),
    )
    paused = exists().where(
        Restriction.member_ref == author_id, Restriction.lifted_at.is_(None), Restriction.ends_at > at
    )
    row: Any = session.execute(
        select(
            Group.archived_at, active_facilitator(at), writer.role, writer.state, holds, facilitates, paused
        )
        .join(writer, writer.id == author_id)
        .where(Group.id == group_id)
    ).one()
    archived_at, held, role, state, place, facilitator, pause = row
    here = place is not None or facilitator or role in (Role.MODERATOR, Role.LEAD)
    return Place(
        archived=archived_at is not None,
        held=bool(held),
        role=role,
        belongs=bool(here) and state is MemberState.ACTIVE,
        rests=place is MembershipState.RESTING,
        paused=bool(pause),
    )


def check_may_write(place: Place, *, thread: Thread | None = None, editing: bool = False) -> None:
    """Raise what stands in the way. Editing one's own words stays open in a read-only group or locked thread."""
    if not place.belongs:
        raise NotInGroup
    if place.paused:
        raise PostingPaused
    if editing:
        return
    if place.rests:
        raise RestingNow
    if place.archived or not place.held:
        raise GroupReadOnly
    if thread is not None and thread.locked_at is not None and place.role is Role.MEMBER:
        raise ThreadLocked

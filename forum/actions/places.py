"""Whether a person may write in a place now: the group, their place in it, the thread, a pause by staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.models import Group, Role, Thread
from forum.queries.places import active_facilitator
from forum.queries.viewer import Viewer


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
    """A group as a place to write in."""

    group_id: int
    archived: bool
    held: bool
    """A facilitator is active."""


def place_for_writing(session: Session, group_id: int, *, at: datetime) -> Place:
    """The group as it is inside this transaction."""
    row = session.execute(select(Group.archived_at, active_facilitator(at)).where(Group.id == group_id)).one()
    return Place(group_id, row[0] is not None, bool(row[1]))


def check_may_write(
    author: Viewer, place: Place, *, at: datetime, thread: Thread | None = None, editing: bool = False
) -> None:
    """Raise what stands in the way. Editing one's own words stays open in a read-only group or locked thread."""
    belongs = place.group_id in author.reads or author.role in (Role.MODERATOR, Role.LEAD)
    if not belongs:
        raise NotInGroup
    if author.restricted_until is not None and author.restricted_until > at:
        raise PostingPaused
    if editing:
        return
    if place.group_id in author.resting_group_ids:
        raise RestingNow
    if place.archived or not place.held:
        raise GroupReadOnly
    if thread is not None and thread.locked_at is not None and author.role is Role.MEMBER:
        raise ThreadLocked

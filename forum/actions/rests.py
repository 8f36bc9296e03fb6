"""The end of a rest. A place is kept for some weeks from the day the rest began; then somebody else may have it.

Nobody loses a place without having been told a week before: where the warning came late, so does the end.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from forum.actions import notices
from forum.actions.room import free_place, record, room
from forum.models import Group, Membership, MembershipState, Role
from moderation import audit
from moderation.audit import SOFTWARE
from moderation.verbs import Verb

WARNED_BEFORE = timedelta(weeks=1)


def due(at: datetime) -> ColumnElement[bool]:
    """SQL: a rest whose member should be warned, or whose place should be let go."""
    return and_(Membership.state == MembershipState.RESTING, or_(_to_warn(at), _to_end(at)))


def settle(session: Session, group: Group, *, at: datetime) -> None:
    """Warn whose rest is nearly over, and let go the places of those whose time has passed."""
    resting = session.scalars(
        select(Membership)
        .where(Membership.group_id == group.id, due(at))
        .order_by(Membership.id)
        .execution_options(populate_existing=True)
    ).all()
    for place in resting:
        if place.rest_warned_at is None:
            _warn(session, place, at)
        else:
            _let_go(session, group, place, at)


def _to_warn(at: datetime) -> ColumnElement[bool]:
    return and_(Membership.rest_warned_at.is_(None), Membership.kept_until <= at + WARNED_BEFORE)


def _to_end(at: datetime) -> ColumnElement[bool]:
    return Membership.kept_until <= at


def _warn(session: Session, place: Membership, at: datetime) -> None:
    if place.kept_until is not None:
        place.kept_until = max(place.kept_until, at + WARNED_BEFORE)
    place.rest_warned_at = at
    session.flush()
    _tell(session, place, "rest_ends_soon", at)


def _let_go(session: Session, group: Group, place: Membership, at: datetime) -> None:
    free_place(session, place, at=at)
    record(
        session,
        Verb.GROUP_REST_ENDED,
        SOFTWARE,
        group,
        at,
        person=audit.person(session, place.member_id, Role.MEMBER),
        **room(session, group).counts,
    )
    _tell(session, place, "rest_ended", at)


def _tell(session: Session, place: Membership, kind: str, at: datetime) -> None:
    notices.tell(
        session,
        place.member_id,
        kind,
        once=f"{kind}-{place.id}-{at:%Y%m%d%H%M%S}",
        at=at,
        group=place.group_id,
        place=place.id,
    )

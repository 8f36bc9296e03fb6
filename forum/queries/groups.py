"""Groups as readers meet them: what a group is for, who holds it, how much room it has, and whether it rests.

A group without an active facilitator is read-only (R49); what "active" means stands in `queries/places.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from forum.models import (
    Facilitation,
    Group,
    GroupKind,
    Intake,
    Member,
    Membership,
    MembershipState,
    WaitingEntry,
    WaitingState,
)
from forum.queries.names import shown_name
from forum.queries.places import NOW, active_facilitator
from forum.queries.viewer import Viewer
from moderation.db import constant


class ReadOnly(StrEnum):
    """Why nobody writes in a group at the moment."""

    ENDED = "ended"
    NO_FACILITATOR = "no_active_facilitator"


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """One group, with its places counted."""

    id: int
    slug: str
    name: str
    purpose: str
    kind: GroupKind
    capacity: int
    intake: Intake
    ended: bool
    live: int
    """Places of members, resting ones included."""
    offers: int
    """Places kept for somebody who was asked and has not answered."""
    facilitated: bool
    """At least one facilitator is active."""

    @property
    def free(self) -> int:
        """Free places; none where a lowered capacity is still above what it allows."""
        return max(0, self.capacity - self.live - self.offers)

    @property
    def over(self) -> int:
        """By how many a lowered capacity is exceeded: nobody joins until numbers have fallen."""
        return max(0, self.live + self.offers - self.capacity)

    @property
    def read_only(self) -> ReadOnly | None:
        if self.ended:
            return ReadOnly.ENDED
        return None if self.facilitated else ReadOnly.NO_FACILITATOR

    @property
    def takes(self) -> bool:
        """Whether the group takes people at all, now or by its waiting list."""
        return not self.ended and self.intake is Intake.OPEN

    @property
    def open(self) -> bool:
        """Whether somebody could join now."""
        return self.takes and self.free > 0


@dataclass(frozen=True, slots=True)
class Holder:
    """A facilitator as readers see them."""

    id: int
    name: str
    away: bool


@dataclass(frozen=True, slots=True)
class Place:
    """The reader's own place."""

    state: MembershipState
    joined_at: datetime
    rest_until: datetime | None
    kept_until: datetime | None
    """While resting: how long the place is kept."""

    @property
    def resting(self) -> bool:
        return self.state is MembershipState.RESTING


@dataclass(frozen=True, slots=True)
class GroupHead:
    """Everything about one group that stands above its threads."""

    facts: GroupFacts
    holders: tuple[Holder, ...]
    place: Place | None


SLUG = re.compile(r"[a-z0-9-]{1,60}")
"""Every address is one of these; anything else is not worth asking the database."""


_group, _place, _entry = Group.__table__.c, Membership.__table__.c, WaitingEntry.__table__.c
_held, _member = Facilitation.__table__.c, Member.__table__.c


def live_count() -> ColumnElement[int]:
    """Places of `Group` in use, resting ones included."""
    return (
        select(func.count())
        .select_from(Membership.__table__)
        .where(_place.group_id == _group.id, _place.state != constant(MembershipState.LEFT))
        .correlate(Group.__table__)
        .scalar_subquery()
    )


def offer_count() -> ColumnElement[int]:
    """Places of `Group` that open offers keep."""
    return (
        select(func.count())
        .select_from(WaitingEntry.__table__)
        .where(_entry.group_id == _group.id, _entry.state == constant(WaitingState.OFFERED))
        .correlate(Group.__table__)
        .scalar_subquery()
    )


def facts_columns() -> tuple[ColumnElement[Any], ...]:
    """The columns that `facts_from` reads, in its order."""
    return (
        _group.id.label("group_id"),
        _group.slug.label("slug"),
        _group.name.label("name"),
        _group.purpose.label("purpose"),
        _group.kind.label("kind"),
        _group.capacity.label("capacity"),
        _group.intake.label("intake"),
        _group.archived_at.label("archived_at"),
        live_count().label("live"),
        offer_count().label("offers"),
        active_facilitator(NOW).label("facilitated"),
    )


def facts_from(row: Row[*tuple[Any, ...]]) -> GroupFacts:
    return GroupFacts(
        id=row.group_id,
        slug=row.slug,
        name=row.name,
        purpose=row.purpose,
        kind=row.kind,
        capacity=row.capacity,
        intake=row.intake,
        ended=row.archived_at is not None,
        live=row.live,
        offers=row.offers,
        facilitated=bool(row.facilitated),
    )


_FACTS_BY_SLUG: Select[*tuple[Any, ...]] = select(*facts_columns()).where(_group.slug == bindparam("slug"))
_HEAD: Select[*tuple[Any, ...]] = (
    select(
        *facts_columns(),
        _place.state.label("place_state"),
        _place.joined_at.label("joined_at"),
        _place.rest_until.label("rest_until"),
        _place.kept_until.label("kept_until"),
        _held.member_id.label("holder_id"),
        _held.away_until.label("away_until"),
        _member.pseudonym.label("pseudonym"),
        _member.pseudonym_state.label("pseudonym_state"),
    )
    .select_from(Group.__table__)
    .outerjoin(
        Membership.__table__,
        and_(
            _place.group_id == _group.id,
            _place.member_id == bindparam("viewer"),
            _place.state != constant(MembershipState.LEFT),
        ),
    )
    .outerjoin(Facilitation.__table__, and_(_held.group_id == _group.id, _held.ended_at.is_(None)))
    .outerjoin(Member.__table__, _member.id == _held.member_id)
    .order_by(_held.since, _held.id)
)
_HEAD_BY_SLUG = _HEAD.where(_group.slug == bindparam("slug"))
_HEAD_BY_ID = _HEAD.where(_group.id == bindparam("group"))


def head(session: Session, slug: str, viewer: Viewer, now: datetime) -> GroupHead | None:
    """A group by its address, in one statement; None where there is none."""
    if not SLUG.fullmatch(slug):
        return None
    found = session.execute(_HEAD_BY_SLUG, {"slug": slug, "viewer": viewer.id, "now": now}).all()
    return _head_from(found, now)


def head_by_id(session: Session, group_id: int, viewer: Viewer, now: datetime) -> GroupHead | None:
    """The same by id, for staff pages."""
    found = session.execute(_HEAD_BY_ID, {"group": group_id, "viewer": viewer.id, "now": now}).all()
    return _head_from(found, now)


def _head_from(rows: Sequence[Row[*tuple[Any, ...]]], now: datetime) -> GroupHead | None:
    if not rows:
        return None
    first = rows[0]
    place = (
        None
        if first.place_state is None
        else Place(first.place_state, first.joined_at, first.rest_until, first.kept_until)
    )
    holders = tuple(holder_from(row, now) for row in rows if row.holder_id is not None)
    return GroupHead(facts_from(first), holders, place)


def holder_from(row: Row[*tuple[Any, ...]], now: datetime) -> Holder:
    away = row.away_until is not None and row.away_until > now
    return Holder(row.holder_id, shown_name(row.pseudonym, row.pseudonym_state), away)


def may_read_group(viewer: Viewer, group_id: int) -> bool:
    """Members of the group, its facilitators, and review staff."""
    return viewer.reviews or group_id in viewer.reads


def find_group(session: Session, viewer: Viewer, slug: str, now: datetime) -> GroupFacts | None:
    """A group that the viewer may read, or None."""
    found = by_slug(session, slug, now)
    return found if found is not None and may_read_group(viewer, found.id) else None


def by_slug(session: Session, slug: str, now: datetime) -> GroupFacts | None:
    """A group by its address, whoever asks: what a group is for is open to everyone with an account."""
    if not SLUG.fullmatch(slug):
        return None
    row = session.execute(_FACTS_BY_SLUG, {"slug": slug, "now": now}).first()
    return None if row is None else facts_from(row)

"""Waiting lists as people meet them: one's own turn, the lists one is on, and how long a list is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from forum.models import LIVE_ENTRY, Group, WaitingEntry, WaitingState

MOST = 60
"""Nobody waits in this many lists; it bounds the page all the same."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's turn on a list. An offer has a date; until that date the place is theirs to take."""

    offered: bool
    number: int
    """Place in the line: 1 is next."""
    until: datetime | None

    def stands(self, now: datetime) -> bool:
        """Whether there is something to wait for, or to answer. A lapsed offer is over, ended yet or not."""
        return self.until is None or self.until > now


@dataclass(frozen=True, slots=True)
class WaitingList:
    """A group's list as one reader may see it: how long it is, and their own turn."""

    length: int
    own: Turn | None


@dataclass(frozen=True, slots=True)
class OwnTurn:
    """A list that the reader is on."""

    slug: str
    name: str
    turn: Turn


@dataclass(frozen=True, slots=True)
class ListCounts:
    """What staff see of a list: numbers, no names."""

    waiting: int = 0
    offers: int = 0
    next_end: datetime | None = None
    """When the next of the open offers ends."""


_before = aliased(WaitingEntry, name="before_them")


def _waiting_in(group_id: ColumnElement[int]) -> Select[int]:
    return select(func.count(_before.id)).where(
        _before.group_id == group_id, _before.state == WaitingState.WAITING
    )


_AHEAD = (
    _waiting_in(WaitingEntry.group_id.expression)
    .where(_before.id < WaitingEntry.id)
    .correlate(WaitingEntry)
    .scalar_subquery()
)
_TURN = (
    WaitingEntry.state.label("state"),
    WaitingEntry.offer_expires_at.label("until"),
    _AHEAD.label("ahead"),
)
_LIST: Select[*tuple[Any, ...]] = (
    select(_waiting_in(Group.id.expression).correlate(Group).scalar_subquery().label("length"), *_TURN)
    .select_from(Group)
    .outerjoin(
        WaitingEntry,
        and_(
            WaitingEntry.group_id == Group.id,
            WaitingEntry.member_id == bindparam("member"),
            WaitingEntry.state.in_(LIVE_ENTRY),
        ),
    )
    .where(Group.id == bindparam("group"))
)
_OWN: Select[*tuple[Any, ...]] = (
    select(Group.slug.label("slug"), Group.name.label("name"), *_TURN)
    .select_from(WaitingEntry)
    .join(Group, Group.id == WaitingEntry.group_id)
    .where(WaitingEntry.member_id == bindparam("member"), WaitingEntry.state.in_(LIVE_ENTRY))
    .order_by(WaitingEntry.offer_expires_at.is_(None), WaitingEntry.offer_expires_at, WaitingEntry.id)
    .limit(MOST)
)


def of_group(session: Session, group_id: int, member_id: int) -> WaitingList:
    """A group's list for one reader, in one statement."""
    row = session.execute(_LIST, {"group": group_id, "member": member_id}).one()
    return WaitingList(row.length, None if row.state is None else _turn(row))


def own_turns(session: Session, member_id: int, now: datetime) -> tuple[OwnTurn, ...]:
    """The lists that a member is on, open offers first, the one that ends soonest at the top."""
    rows = session.execute(_OWN, {"member": member_id}).all()
    turns = tuple(OwnTurn(row.slug, row.name, _turn(row)) for row in rows)
    return tuple(one for one in turns if one.turn.stands(now))


def counts(session: Session, group_ids: Collection[int]) -> Mapping[int, ListCounts]:
    """Numbers for staff, by group; a group with an empty list is left out."""
    if not group_ids:
        return {}
    waits, offered = (
        func.count().filter(WaitingEntry.state == state)
        for state in (WaitingState.WAITING, WaitingState.OFFERED)
    )
    rows = session.execute(
        select(WaitingEntry.group_id, waits, offered, func.min(WaitingEntry.offer_expires_at))
        .where(WaitingEntry.group_id.in_(sorted(group_ids)), WaitingEntry.state.in_(LIVE_ENTRY))
        .group_by(WaitingEntry.group_id)
    ).all()
    return {row[0]: ListCounts(row[1], row[2], row[3]) for row in rows}


def _turn(row: Row[*tuple[Any, ...]]) -> Turn:
    return Turn(row.state is WaitingState.OFFERED, row.ahead + 1, row.until)

"""Lists of groups: one's own, all that there are, and those with room."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from forum.models import Facilitation, Group, Intake, Member, Role
from forum.queries.groups import (
    GroupFacts,
    Holder,
    facts_columns,
    facts_from,
    holder_from,
    live_count,
    offer_count,
)
from forum.queries.places import NOW, active_facilitator
from forum.queries.viewer import Viewer

PER_PAGE = 20
MOST_OWN = 60
"""Nobody belongs to this many; it bounds the page all the same."""
SUGGESTED = 5


@dataclass(frozen=True, slots=True)
class ListedGroup:
    """A group in a list, with its facilitators."""

    facts: GroupFacts
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class GroupsPage:
    """One page by name; `before` and `after` are ids to go on from."""

    groups: tuple[ListedGroup, ...]
    before: int | None = None
    after: int | None = None


def all_groups(
    session: Session,
    now: datetime,
    *,
    after: int | None = None,
    before: int | None = None,
    ended: bool = False,
    but: Collection[int] = (),
) -> GroupsPage:
    """Groups by name. An id that is not there leads to the first page. `ended` adds the ended ones,
    `but` leaves these out.
    """
    wanted: Select[*tuple[Any, ...]] = select(*facts_columns())
    if not ended:
        wanted = wanted.where(Group.archived_at.is_(None))
    if but:
        wanted = wanted.where(Group.id.not_in(sorted(but)))
    mark = before if before is not None else after
    if mark is not None and session.get(Group, mark) is None:
        mark = before = after = None
    backwards = before is not None
    if mark is not None:
        here, there = tuple_(func.lower(Group.name), Group.id), _key_of(mark)
        wanted = wanted.where(here < there if backwards else here > there)
    order = (func.lower(Group.name), Group.id)
    wanted = wanted.order_by(*(column.desc() for column in order)) if backwards else wanted.order_by(*order)
    rows = session.execute(wanted.limit(PER_PAGE + 1), {"now": now}).all()
    more = len(rows) > PER_PAGE
    facts = [facts_from(row) for row in rows[:PER_PAGE]]
    if backwards:
        facts.reverse()
    if not facts:
        return GroupsPage(())
    earlier = more if backwards else mark is not None
    later = True if backwards else more
    return GroupsPage(
        _with_holders(session, facts, now),
        before=facts[0].id if earlier else None,
        after=facts[-1].id if later else None,
    )


def _key_of(group_id: int) -> Any:
    other = aliased(Group)
    return select(func.lower(other.name), other.id).where(other.id == group_id).scalar_subquery()


def own_groups(session: Session, viewer: Viewer, now: datetime) -> tuple[ListedGroup, ...]:
    """The groups that the viewer belongs to or holds, ended ones last."""
    if not viewer.reads:
        return ()
    rows = session.execute(
        select(*facts_columns())
        .where(Group.id.in_(sorted(viewer.reads)))
        .order_by(Group.archived_at.is_not(None), func.lower(Group.name), Group.id)
        .limit(MOST_OWN),
        {"now": now},
    ).all()
    return _with_holders(session, [facts_from(row) for row in rows], now)


def with_room(session: Session, viewer: Viewer, now: datetime) -> tuple[GroupFacts, ...]:
    """A few groups that could be joined now, the emptiest first."""
    taken = live_count() + offer_count()
    rows = session.execute(
        select(*facts_columns())
        .where(
            Group.archived_at.is_(None),
            Group.intake == Intake.OPEN,
            Group.capacity > taken,
            active_facilitator(NOW),
            Group.id.not_in(sorted(viewer.reads)),
        )
        .order_by((Group.capacity - taken).desc(), Group.id)
        .limit(SUGGESTED),
        {"now": now},
    ).all()
    return tuple(facts_from(row) for row in rows)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A facilitator's account that a group could be given to."""

    id: int
    name: str


def candidates(session: Session, group_id: int) -> tuple[Candidate, ...]:
    """Open facilitator accounts that do not hold this group."""
    holding = select(Facilitation.member_id).where(
        Facilitation.group_id == group_id, Facilitation.ended_at.is_(None)
    )
    rows = session.execute(
        select(Member.id, Member.pseudonym)
        .where(Member.role == Role.FACILITATOR, Member.state == "active", Member.id.not_in(holding))
        .order_by(func.lower(Member.pseudonym), Member.id)
    )
    return tuple(Candidate(row.id, row.pseudonym) for row in rows)


def _with_holders(session: Session, facts: Sequence[GroupFacts], now: datetime) -> tuple[ListedGroup, ...]:
    by_group: dict[int, list[Holder]] = {one.id: [] for one in facts}
    rows = session.execute(
        select(
            Facilitation.group_id,
            Facilitation.member_id.label("holder_id"),
            Facilitation.away_until,
            Member.pseudonym,
            Member.pseudonym_state,
        )
        .join(Member, Member.id == Facilitation.member_id)
        .where(Facilitation.group_id.in_(list(by_group)), Facilitation.ended_at.is_(None))
        .order_by(Facilitation.since, Facilitation.id)
    )
    for row in rows:
        by_group[row.group_id].append(holder_from(row, now))
    return tuple(ListedGroup(one, tuple(by_group[one.id])) for one in facts)

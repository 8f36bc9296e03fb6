"""What stands behind a notice about a place: which group, how the offer or the rest stands now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.models import Group, Membership, MembershipState, Notice, WaitingEntry, WaitingState

Row = TypeVar("Row", WaitingEntry, Membership)
KINDS = frozenset({"offer_made", "offer_expired", "list_ended", "rest_ends_soon", "rest_ended"})


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """The group, and until when there is something to answer: None where that is over."""

    slug: str
    name: str
    until: datetime | None
    taken: bool
    """The offer was taken, or the member came back from the rest."""


def places_behind(session: Session, notices: Sequence[Notice], now: datetime) -> Mapping[int, PlaceFacts]:
    """By notice id; notices about other things are left out."""
    about = [notice for notice in notices if notice.kind in KINDS]
    if not about:
        return {}
    groups = {
        row.id: row
        for row in session.execute(
            select(Group.id, Group.slug, Group.name).where(
                Group.id.in_({notice.data.get("group", 0) for notice in about})
            )
        )
    }
    entries = _of(session, WaitingEntry, "entry", about)
    places = _of(session, Membership, "place", about)
    found = {}
    for notice in about:
        group = groups.get(notice.data.get("group", 0))
        if group is None:
            continue
        until, taken = _entry_stands(entries.get(notice.data.get("entry", 0)), now)
        if "place" in notice.data:
            until, taken = _rest_stands(places.get(notice.data["place"]))
        found[notice.id] = PlaceFacts(group.slug, group.name, until, taken)
    return found


def _of(session: Session, table: type[Row], key: str, about: Sequence[Notice]) -> dict[int, Row]:
    wanted = {notice.data[key] for notice in about if key in notice.data}
    return (
        {row.id: row for row in session.scalars(select(table).where(table.id.in_(wanted)))} if wanted else {}
    )


def _entry_stands(entry: WaitingEntry | None, now: datetime) -> tuple[datetime | None, bool]:
    if entry is None:
        return None, False
    until = entry.offer_expires_at if entry.state is WaitingState.OFFERED else None
    return (until if until and until > now else None), entry.state is WaitingState.JOINED


def _rest_stands(place: Membership | None) -> tuple[datetime | None, bool]:
    if place is None:
        return None, False
    return place.kept_until, place.state is MembershipState.ACTIVE

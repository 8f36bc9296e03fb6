"""The hours that rule now, and the staffed part of a wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from moderation.hours import Hours
from moderation.models import StaffedHours


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk at one moment."""

    hours: Hours
    known: bool
    """Somebody has set hours. Until then nothing can be said of when people are there."""
    opens_at: datetime | None
    """When somebody is there again; None while somebody is."""
    closes_at: datetime | None
    """When the last one goes; None where nobody is there, or for a week to come."""

    @property
    def staffed(self) -> bool:
        return self.opens_at is None


def is_newest() -> ColumnElement[bool]:
    """For a query that wants the hours along with what else it reads."""
    return StaffedHours.id == select(func.max(StaffedHours.id)).scalar_subquery()


def look(session: Session, at: datetime) -> Desk:
    """How the desk stands at a moment."""
    row = newest(session)
    kept = hours_of(row)
    opening = kept.next_opening(at)
    return Desk(kept, row is not None, None if opening == at else opening, kept.closing(at))


def newest(session: Session) -> StaffedHours | None:
    """The version of the hours that rules, or None where nobody has set any."""
    return session.scalars(select(StaffedHours).order_by(StaffedHours.id.desc()).limit(1)).first()


def hours(session: Session) -> Hours:
    """When somebody is at the desk. Where no hours are set, always: a clock then never pauses."""
    return hours_of(newest(session))


def staffed_seconds(session: Session, since: datetime, until: datetime) -> int:
    """Whole seconds between two moments in which somebody was at the desk."""
    return int(hours(session).staffed_between(since, until).total_seconds())


def hours_of(row: StaffedHours | None) -> Hours:
    """The hours of one version, or of none."""
    return Hours.always() if row is None else Hours.read(row.timezone, row.week, row.exceptions)

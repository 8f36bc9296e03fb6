"""The hours that rule now, and the staffed part of a wait."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.hours import Hours
from moderation.models import StaffedHours


def newest(session: Session) -> StaffedHours | None:
    """The version of the hours that rules, or None where nobody has set any."""
    return session.scalars(select(StaffedHours).order_by(StaffedHours.id.desc()).limit(1)).first()


def hours(session: Session) -> Hours:
    """When somebody is at the desk. Where no hours are set, always: a clock then never pauses."""
    row = newest(session)
    return Hours.always() if row is None else Hours.read(row.timezone, row.week, row.exceptions)


def staffed_seconds(session: Session, since: datetime, until: datetime) -> int:
    """Whole seconds between two moments in which somebody was at the desk."""
    return int(hours(session).staffed_between(since, until).total_seconds())

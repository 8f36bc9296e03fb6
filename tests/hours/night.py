"""What the tests of this room start from: a desk that opens at eight and closes at midnight, and moments around it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from forum import clock
from moderation.hours import Hours, Shift
from moderation.models import StaffedHours

LONDON = ZoneInfo("Europe/London")
EIGHT_TO_MIDNIGHT = Hours("Europe/London", ((Shift(8 * 60, 24 * 60),),) * 7)


def keep(session: Session, hours: Hours = EIGHT_TO_MIDNIGHT) -> None:
    """Set the hours plainly; a test about setting them calls the action."""
    session.add(
        StaffedHours(
            timezone=hours.timezone,
            week=hours.week_data(),
            exceptions=hours.exceptions_data(),
            made_by=0,
            made_at=clock.now(),
        )
    )
    session.flush()


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    """A moment of a plain week in June, by the clock in London."""
    day = datetime(2026, 6, 10, tzinfo=UTC).date() + timedelta(days=days)
    return datetime.combine(day, time(hour, minute), LONDON).astimezone(UTC)


def travel(time_machine: Any, moment: datetime) -> datetime:
    """Go there. The clock stands still."""
    time_machine.move_to(moment, tick=False)
    return moment

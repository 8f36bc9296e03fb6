"""Saying when somebody is at the desk. Each version stays; the newest rules, for waits that began before it too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from forum.models import Role
from forum.permissions import Action, require
from moderation import audit, desk
from moderation.audit import Actor
from moderation.hours import Day, Hours
from moderation.models import StaffedHours
from moderation.verbs import Verb

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class HoursChanged(Exception):
    """Somebody else has set other hours since the form was opened."""


def set_hours(session: Session, hours: Hours, *, was: int | None, actor: Actor, at: datetime) -> None:
    """Set the hours. `was` is the version that the form was filled from; setting what stands changes nothing."""
    require(Action.MANAGE_DESK, Role(actor.role))
    standing = desk.newest(session)
    if standing is not None and desk.hours_of(standing) == hours:
        return
    if (standing.id if standing is not None else None) != was:
        raise HoursChanged
    made = StaffedHours(
        timezone=hours.timezone,
        week=hours.week_data(),
        exceptions=hours.exceptions_data(),
        made_by=actor.ref,
        made_at=at,
    )
    session.add(made)
    session.flush()
    audit.append(
        session,
        Verb.HOURS_SET,
        actor=actor,
        at=at,
        hours=made.id,
        was=was,
        timezone=hours.timezone,
        week=[_line(name, shifts) for name, shifts in zip(DAYS, hours.week, strict=True)],
        exceptions=[_line(day.isoformat(), shifts) for day, shifts in hours.exceptions],
    )


def _line(day: str, shifts: Day) -> list[Any]:
    """A day as the audit's file shows it: its name and its shifts by the wall's clock."""
    return [day, *(shift.text for shift in shifts)]

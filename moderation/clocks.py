"""How long something has waited. A crisis waits by the clock on the wall, all else only while people are there."""

from __future__ import annotations

from datetime import datetime, timedelta

from moderation.answers import Urgency
from moderation.hours import Hours


def waited(hours: Hours, urgency: Urgency, since: datetime, until: datetime) -> timedelta:
    """How long it has waited by the clock of its urgency, never less than nothing."""
    if urgency is Urgency.CRISIS:
        return max(until - since, timedelta())
    return hours.staffed_between(since, until)


def opened_by(hours: Hours, urgency: Urgency, at: datetime, length: timedelta) -> datetime:
    """`waited` turned round, for the database: what was opened by then has waited `length` at `at`."""
    return at - length if urgency is Urgency.CRISIS else hours.before(at, length)

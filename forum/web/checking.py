"""Whether software can judge what is written just now, for the pages of staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from forum.queries.checking import Backlog, backlog
from forum.web.parts import detectors
from moderation.detectors.health import health_of


@dataclass(frozen=True, slots=True)
class Checking:
    """How the checking software is, and what waits for it."""

    away: bool
    """In this process, or in the one that goes through what waits."""
    since: datetime
    """Since when, as far as this process or the oldest post that waits can tell."""
    problem: str
    backlog: Backlog


def checking(session: Session, now: datetime) -> Checking:
    """How it stands now. Nothing is written."""
    health, waits = health_of(detectors()), backlog(session, now)
    began = [now - timedelta(seconds=health.seconds)] if health.away else []
    if waits.since is not None:
        began.append(waits.since)
    return Checking(health.away or waits.stuck, min(began, default=now), health.problem, waits)

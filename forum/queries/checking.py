"""How many posts wait for a verdict by software, since when, and how many had theirs in the last hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from forum.models import Job, Revision

KIND = "score_again"
LATELY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Backlog:
    """Posts that software gave no verdict on in time."""

    waiting: int
    since: datetime | None
    """When the oldest of them was written."""
    done_lately: int
    stuck: bool
    """Tried again, and there was no verdict to be had for anything."""


def backlog(session: Session, now: datetime) -> Backlog:
    """The line as it stands now."""
    undone = Job.done_at.is_(None)
    tried = and_(undone, Job.attempts > 0, Job.leased_until.is_(None), Job.last_error.is_(None))
    waiting, oldest, done_lately, stuck = session.execute(
        select(
            func.count(case((undone, 1))),
            func.min(case((undone, Job.data["revision"].as_numeric(20, 0)))),
            func.count(case((Job.done_at >= now - LATELY, 1))),
            func.count(case((tried, 1))),
        ).where(Job.kind == KIND, or_(undone, Job.done_at >= now - LATELY))
    ).one()
    since = None
    if oldest is not None:
        since = session.scalar(select(Revision.written_at).where(Revision.id == int(oldest)))
    return Backlog(waiting, since, done_lately, stuck=stuck > 0)

"""Work promised for later, in the same transaction as the change that asks for it: leased, at least once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from forum.models import Job

LEASE = timedelta(minutes=2)
FIRST_RETRY = timedelta(seconds=15)
LONGEST_RETRY = timedelta(minutes=10)


def promise(session: Session, kind: str, *, once: str, due_at: datetime, **data: Any) -> None:
    """Ask for work. `once` names it: promising the same work again changes nothing."""
    if session.scalar(select(Job.id).where(Job.once == once)) is None:
        session.add(Job(kind=kind, data=data, once=once, due_at=due_at))
        session.flush()


def any_due(session: Session, *, now: datetime) -> bool:
    """Whether there is anything to lease: asked before taking the lock that leasing needs."""
    return session.scalar(select(Job.id).where(_due(now)).limit(1)) is not None


def lease(session: Session, *, now: datetime, most: int = 10) -> Sequence[Job]:
    """Take up to `most` due jobs for `LEASE`. A worker that dies lets them go when the lease ends."""
    jobs = session.scalars(
        select(Job)
        .where(_due(now))
        .order_by(Job.due_at, Job.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    for job in jobs:
        job.leased_until = now + LEASE
        job.attempts += 1
    session.flush()
    return jobs


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(
        Job.done_at.is_(None), Job.due_at <= now, or_(Job.leased_until.is_(None), Job.leased_until < now)
    )


def done(job: Job, *, at: datetime) -> None:
    """The promise is kept."""
    job.done_at = at
    job.leased_until = None
    job.last_error = None


def again(job: Job, *, at: datetime, error: str | None = None) -> None:
    """Not yet: try again later, waiting longer each time. `error` is an exception's class name, never its message."""
    job.due_at = at + min(FIRST_RETRY * 2 ** min(job.attempts, 10), LONGEST_RETRY)
    job.leased_until = None
    job.last_error = error

"""Work promised for later, in the same transaction as the change that asks for it: leased, at least once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
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


def any_due(session: Session, *, now: datetime, but: Collection[str] = ()) -> bool:
    """Whether there is anything to lease: asked before taking the lock that leasing needs. `but`: not these kinds."""
    return session.scalar(select(Job.id).where(_due(now, but)).limit(1)) is not None


def lease(session: Session, *, now: datetime, most: int = 10, but: Collection[str] = ()) -> Sequence[Job]:
    """Take up to `most` due jobs for `LEASE`. A worker that dies lets them go when the lease ends."""
    jobs = session.scalars(
        select(Job)
        .where(_due(now, but))
        .order_by(Job.due_at, Job.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    return _leased(session, jobs, now)


def _leased(session: Session, jobs: Sequence[Job], now: datetime) -> Sequence[Job]:
    for job in jobs:
        job.leased_until = now + LEASE
        job.attempts += 1
    session.flush()
    return jobs


def _due(now: datetime, but: Collection[str]) -> ColumnElement[bool]:
    free = or_(Job.leased_until.is_(None), Job.leased_until < now)
    return and_(Job.done_at.is_(None), Job.due_at <= now, free, Job.kind.not_in(list(but)))


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


class Line:
    """Jobs of one kind that are done strictly in the order of a number in their data, by one worker at a time.

    As soon as one of them is due, the line is gone through from its beginning. A job that failed by itself has an
    `error`, steps out, and comes back into its place when it is due.
    """

    def __init__(self, kind: str, number: str) -> None:
        self.kind = kind
        self._place = Job.data[number].as_numeric(20, 0)

    def is_due(self, session: Session, *, now: datetime) -> bool:
        """Whether to lease: one is due, and nobody is at it."""
        return (
            session.scalar(select(Job.id).where(*self._standing(now), Job.due_at <= now).limit(1)) is not None
        )

    def lease(self, session: Session, *, now: datetime, most: int = 10) -> Sequence[Job]:
        """The first of the line. Nothing where another worker is at it, or died there less than `LEASE` ago."""
        first = select(Job).where(*self._standing(now)).order_by(self._place, Job.id)
        session.execute(
            first.with_only_columns(Job.id).limit(1).with_for_update()
        )  # all workers meet at one row
        leased = select(Job.id).where(self._undone(), Job.leased_until >= now)
        if session.scalar(leased.limit(1)) is not None:
            return ()
        return _leased(session, session.scalars(first.limit(most)).all(), now)

    def let_wait(self, session: Session, *, until: datetime, now: datetime) -> None:
        """Nobody in the line can be helped before this moment."""
        session.execute(
            update(Job)
            .where(*self._standing(now))
            .values(due_at=until, leased_until=None)
            .execution_options(synchronize_session=False)
        )

    def _undone(self) -> ColumnElement[bool]:
        return and_(Job.kind == self.kind, Job.done_at.is_(None))

    def _standing(self, now: datetime) -> tuple[ColumnElement[bool], ...]:
        """Who stands in the line: whoever has not failed alone, or may try again."""
        return self._undone(), or_(Job.last_error.is_(None), Job.due_at <= now)

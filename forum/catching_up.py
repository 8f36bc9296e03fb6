"""Going through what had no verdict, once the classifier is back: strictly the oldest first, by one worker at a time.

Whether it is back shows in the doing. Where the first in line gets no verdict and a calm sentence gets none either, the
classifier is away and the whole line waits. Where only that text breaks it, it steps out of the line.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum, auto

import structlog

from forum import clock
from forum.actions import rescoring
from forum.actions.judging import Judges
from forum.models import Job
from forum.outbox import Line, again, done
from forum.web.parts import Parts

log = structlog.get_logger()
LINE = Line("score_again", number="revision")
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(minutes=1)
"""Asking whether the classifier is back costs next to nothing, so that people do not wait long after it is."""


class _Outcome(Enum):
    DONE = auto()
    LATER = auto()
    AWAY = auto()


def catch_up(made: Parts, *, now: datetime | None = None) -> int:
    """Do the first few in line. Returns how many were done; 0 also where it is not time, or another worker is at it."""
    at = now or clock.now()
    with made.database.reading() as session:
        if not LINE.is_due(session, now=at):
            return 0
    with made.database.transaction() as session:
        jobs = LINE.lease(session, now=at)
    judges = Judges(made.detectors, made.policy, made.draw)
    count = 0
    for job in jobs:
        outcome = _do(made, judges, job, now or clock.now())
        if outcome is _Outcome.AWAY:
            _let_wait(made, jobs[0], now or clock.now())
            break
        count += outcome is _Outcome.DONE
    return count


def hurry(made: Parts, *, now: datetime) -> None:
    """The classifier has just come back: the line need not wait for its time."""
    with made.database.transaction() as session:
        LINE.let_wait(session, until=now, now=now)


def _let_wait(made: Parts, first: Job, at: datetime) -> None:
    pause = min(FIRST_PAUSE * 2 ** min(first.attempts - 1, 10), LONGEST_PAUSE)
    with made.database.transaction() as session:
        LINE.let_wait(session, until=at + pause, now=at)


def _do(made: Parts, judges: Judges, job: Job, at: datetime) -> _Outcome:
    try:
        with made.database.reading() as session:
            found = rescoring.unjudged(
                session, made.policy, post_id=job.data["post"], revision_id=job.data["revision"]
            )
        settle = rescoring.judged_again(judges, found) if found is not None else None
        if found is not None and settle is None and not rescoring.answers(judges):
            return _Outcome.AWAY
        with made.database.transaction() as session:
            held = session.get_one(Job, job.id, with_for_update=True, populate_existing=True)
            if held.done_at is not None:
                return _Outcome.LATER
            if found is not None and settle is None:
                again(held, at=at, error="NoVerdict")
                return _Outcome.LATER
            if settle is not None:
                settle(session, at)
            done(held, at=at)
            return _Outcome.DONE
    except Exception as error:
        log.error("job_failed", job=job.id, error=type(error).__name__, exc_info=error)
        with made.database.transaction() as session:
            again(session.get_one(Job, job.id), at=at, error=type(error).__name__)
        return _Outcome.LATER

"""Work after the request: promised jobs, and the hourly record. One loop, in the web process or by itself.

At least once: a job is leased, done in its own transaction, and marked done in that same transaction, so a
worker that is killed in the middle leaves it to be done again, whole.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from flask import Flask
from sqlalchemy.orm import Session

from forum import catching_up, clock, outbox, webhook
from forum.actions import effects, offers, paging
from forum.actions.room import locked_group
from forum.models import Job
from forum.queries.paging import page_to_send
from forum.web.parts import KEY, Parts
from moderation import claims
from moderation.audit import checkpoints, digests
from moderation.detectors.health import health_of

log = structlog.get_logger()
PAUSE_SECONDS = 1.0
RECORD_EVERY = timedelta(minutes=5)

Step = Callable[[Session, datetime], bool]
"""What a job does inside its transaction. False: not possible yet, try again later."""


def _page_outside(made: Parts, job: Job) -> Step:
    """Hand a page to the organisation's receiver, where it has one, and while somebody still has to come."""
    chosen, now = made.settings, clock.now()
    with made.database.reading() as session:
        page = page_to_send(session, job, now) if chosen.pages_outside else None
    if page is None:
        return lambda _session, _at: True
    url, secret = chosen.paging_url, chosen.paging_secret
    answer = webhook.send(url, secret, page.body, delivery=job.once, at=now)
    return lambda session, at: paging.note_try(session, session.get_one(Job, job.id), answer, at=at)


def _take_effects(made: Parts, job: Job) -> Step:
    def step(session: Session, at: datetime) -> bool:
        effects.take(session, job.data["decision"], policy=made.policy, at=at)
        return True

    return step


HANDLERS: Mapping[str, Callable[[Parts, Job], Step]] = {
    "page_outside": _page_outside,
    effects.JOB: _take_effects,
}
"""Each reads, thinks and calls first, and returns the step to take in the transaction: no lock waits for scores or a
receiver."""


def work_once(made: Parts, *, now: datetime | None = None) -> int:
    """Do jobs that are due, and some of what waits for a verdict. Returns how many were done."""
    return _work(made, now or clock.now()) + catching_up.catch_up(made, now=now)


def _work(made: Parts, at: datetime) -> int:
    in_line = (catching_up.LINE.kind,)
    with made.database.reading() as session:
        if not outbox.any_due(session, now=at, but=in_line):
            return 0
    with made.database.transaction() as session:
        jobs = list(outbox.lease(session, now=at, but=in_line))
    return sum(_do(made, job, at) for job in jobs)


def _do(made: Parts, job: Job, at: datetime) -> bool:
    try:
        step = HANDLERS[job.kind](made, job)
        with made.database.transaction() as session:
            held = session.get_one(Job, job.id, with_for_update=True)
            if held.done_at is not None:
                return False
            if step(session, at):
                outbox.done(held, at=at)
                return True
            outbox.again(held, at=at)
            return False
    except Exception as error:
        log.error("job_failed", job=job.id, error=type(error).__name__, exc_info=error)
        with made.database.transaction() as session:
            outbox.again(session.get_one(Job, job.id), at=at, error=type(error).__name__)
        return False


def keep_record(made: Parts, *, now: datetime | None = None) -> None:
    """End claims and offers that lapsed, digest each finished hour of assessments, sign a checkpoint of the chain."""
    at = now or clock.now()
    with made.database.transaction() as session:
        claims.lapse(session, at=at)
    _settle_groups(made, at)
    with made.database.transaction() as session:
        for hour in digests.hours_due(session, at):
            digests.digest_hour(session, hour, at=at)
    with made.database.transaction() as session:
        checkpoints.checkpoint(session, at)


def _settle_groups(made: Parts, at: datetime) -> None:
    """Places and waiting lists, a group at a time: nobody waits for more than one group's worth."""
    with made.database.reading() as session:
        due = offers.unsettled(session, at=at)
    for group_id in due:
        with made.database.transaction() as session:
            offers.settle(session, locked_group(session, group_id), policy=made.policy, at=at)


def run(made: Parts, stop: threading.Event) -> None:
    """Work until `stop` is set. A fault is logged and the loop goes on.

    Each round also looks how the classifier is, which is what opens it again while nobody writes.
    """
    recorded: datetime | None = None
    was_away = True
    while not stop.is_set():
        try:
            away = health_of(made.detectors).away
            if was_away and not away:
                catching_up.hurry(made, now=clock.now())
            was_away = away
            while work_once(made):
                pass
            if recorded is None or clock.now() - recorded >= RECORD_EVERY:
                keep_record(made)
                recorded = clock.now()
        except Exception as error:
            log.error("worker_fault", error=type(error).__name__, exc_info=error)
        stop.wait(PAUSE_SECONDS)


def start_embedded(app: Flask) -> threading.Event:
    """Run the loop in a daemon thread of this process. Set the returned event to stop it."""
    stop = threading.Event()
    made: Parts = app.extensions[KEY]
    own = replace(made, database=made.database.for_a_worker())
    threading.Thread(target=run, args=(own, stop), name="haven-worker", daemon=True).start()
    return stop

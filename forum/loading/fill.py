"""Filling an empty database, a batch of posts at a time, in the order in which it would have happened."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from forum.db import Database
from forum.loading import people
from forum.loading.desk import Desk
from forum.loading.plan import Size, posts_of_threads, timetable
from forum.loading.pool import ASKING_SHARE, Pool
from forum.loading.posts import Writer
from forum.models import Member, Post, Revision, Thread
from moderation.audit import checkpoints, digests
from moderation.models import AssessmentRow
from moderation.policy import Policy

BATCH = 5_000
LEFT_OPEN, OPEN_AT_MOST = 60, 1 / 3
"""About so many items stand in the queue at the end, but never more than this share of all."""
NUMBERED_HERE = (Member, Thread, Post, Revision, AssessmentRow)
"""Tables whose ids were given out here and not by the database."""


def fill(
    database: Database,
    size: Size,
    *,
    policy: Policy,
    password_hash: str,
    now: datetime,
    progress: Callable[[int], None],
) -> None:
    """Fill the database. `progress` is told how many posts a batch added.

    The same `size` at the same `now` gives the same community; only the audit differs, since its pseudonyms
    and signatures are made with the service's own keys. Each batch is a transaction: what was interrupted
    is a part of a community and is best thrown away.
    """
    size.check(policy.values.group_capacity)
    chance = random.Random(size.seed)  # noqa: S311 - invented people, no secrets
    begins = now - timedelta(days=size.days)
    counts = posts_of_threads(size, chance)
    planned = timetable(size, counts, chance)
    with database.transaction() as session:
        everybody = people.fill(
            session, size, policy=policy, password_hash=password_hash, at=begins, chance=chance
        )
    open_for = min(OPEN_AT_MOST, LEFT_OPEN / (size.posts * ASKING_SHARE))
    desk = Desk(everybody, policy, chance, left_open_from=now - open_for * timedelta(days=size.days))
    writer = Writer(
        pool=Pool(policy, chance),
        people=everybody,
        policy=policy,
        counts=counts,
        begins=begins,
        now=now,
        chance=chance,
    )
    for start in range(0, len(planned), BATCH):
        batch = planned[start : start + BATCH]
        until = begins + timedelta(seconds=batch[-1].second)
        with database.transaction() as session:
            made = writer.write(session, batch)
            desk.take_in(session, made)
        with database.transaction() as session:
            desk.work(session, until)
        _digest(database, until)
        progress(len(batch))
    _digest(database, now)
    with database.transaction() as session:
        _go_on_counting(session)
        checkpoints.checkpoint(session, now)


def _digest(database: Database, at: datetime) -> None:
    """Each finished hour of judgements becomes one event, as the worker does it."""
    with database.transaction() as session:
        for hour in digests.hours_due(session, at):
            digests.digest_hour(session, hour, at=min(at, hour + digests.HOUR + digests.SETTLED))


def _go_on_counting(session: Session) -> None:
    """PostgreSQL numbers new rows by a sequence, which has not seen ours; then it looks at what is there."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in NUMBERED_HERE:
        newest = session.scalar(select(func.max(table.id)))
        session.execute(
            text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :newest)"),
            {"table": table.__tablename__, "newest": newest},
        )
    session.execute(text("ANALYZE"))

"""The worker: promised work is done once, tried again when it fails, and a late verdict lets a post through."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum import clock, outbox, worker
from forum.db import Database
from forum.models import Job, Member, Post, PostState, Thread
from forum.web.parts import KEY
from moderation.detectors import Detector
from moderation.detectors.classifier import ClassifierDetector
from moderation.detectors.fixed import FixedClassifier, fixed_detector
from moderation.detectors.holder import ModelHolder
from moderation.models import AssessmentRow, AuditEvent, ReviewItem
from moderation.workflow import ItemState
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_thread


@pytest.fixture
def detectors() -> tuple[Detector, ...]:
    """No model yet."""
    return (ClassifierDetector(ModelHolder(load=lambda _folder: FixedClassifier()), budget_seconds=0.1),)


@pytest.fixture
def held(client: CheckingClient, database: Database) -> tuple[Member, Thread]:
    with database.transaction() as session:
        author = a_member(session)
        thread = a_thread(session, a_group(session, members=(author,)), author)
    client.sign_in(author)
    return author, thread


def write(client: CheckingClient, thread: Thread, text: str) -> None:
    client.get(f"/t/{thread.id}")
    page = client.post(f"/t/{thread.id}/reply", {"text": text, "submission": f"worker-{abs(hash(text))}"})
    assert page.has("Only you can read this for now")


def model_comes_back(app: Flask) -> None:
    app.extensions[KEY] = dataclasses.replace(app.extensions[KEY], detectors=(fixed_detector(),))


def work(app: Flask, minutes: float = 1) -> int:
    return worker.work_once(app.extensions[KEY], now=clock.now() + timedelta(minutes=minutes))


def states(database: Database, author: Member) -> list[PostState]:
    with database.reading() as session:
        found = session.scalars(select(Post.state).where(Post.author_id == author.id).order_by(Post.id)).all()
    return list(found)[1:]


def test_a_verdict_that_comes_late_lets_the_post_through(
    app: Flask, client: CheckingClient, database: Database, held: tuple[Member, Thread]
) -> None:
    author, thread = held
    write(client, thread, "A calm reply.")
    assert work(app) == 0
    assert states(database, author) == [PostState.HELD]
    model_comes_back(app)
    assert work(app, minutes=30) == 1
    assert states(database, author) == [PostState.SHOWN]
    with database.reading() as session:
        assert session.scalars(select(ReviewItem.state)).all() == [ItemState.DECIDED]
        verbs = session.scalars(select(AuditEvent.verb).order_by(AuditEvent.seq)).all()
    assert list(verbs) == ["post.held", "item.opened", "item.closed"]
    assert client.get(f"/t/{thread.id}").has("A calm reply.")


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Words. [graphic detail]", PostState.HELD),
        ("Words. [crisis]", PostState.HELD),
        ("Words. [graphic detail?]", PostState.SHOWN),
        ("Words. [topic]", PostState.SHOWN),
    ],
)
def test_a_late_verdict_is_as_strict_as_one_in_time(
    app: Flask,
    client: CheckingClient,
    database: Database,
    held: tuple[Member, Thread],
    text: str,
    state: PostState,
) -> None:
    author, thread = held
    write(client, thread, text)
    model_comes_back(app)
    work(app)
    assert states(database, author) == [state]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AssessmentRow)) == 2


def test_a_post_that_somebody_has_taken_up_is_left_to_them(
    app: Flask, client: CheckingClient, database: Database, held: tuple[Member, Thread]
) -> None:
    author, thread = held
    write(client, thread, "A calm reply.")
    with database.transaction() as session:
        session.scalars(select(ReviewItem)).one().state = ItemState.CLAIMED
    model_comes_back(app)
    work(app)
    assert states(database, author) == [PostState.HELD]


def test_posts_are_scored_again_in_the_order_they_were_written(
    app: Flask, client: CheckingClient, database: Database, held: tuple[Member, Thread]
) -> None:
    author, thread = held
    for number in range(5):
        write(client, thread, f"Calm reply {number}.")
    model_comes_back(app)
    assert work(app) == 5
    with database.reading() as session:
        shown = session.scalars(
            select(Post.id)
            .where(Post.author_id == author.id, Post.position > 1)
            .order_by(Post.first_shown_at, Post.id)
        ).all()
    assert list(shown) == sorted(shown)


def test_a_job_that_fails_is_tried_again_and_says_only_the_kind_of_fault(
    app: Flask, database: Database
) -> None:
    with database.transaction() as session:
        outbox.promise(session, "score_again", once="broken", due_at=clock.now(), nothing="here")
    assert work(app) == 0
    with database.reading() as session:
        job = session.scalars(select(Job)).one()
    assert (job.last_error, job.attempts, job.done_at) == ("KeyError", 1, None)
    assert job.due_at > clock.now() + timedelta(minutes=1)


def test_a_lease_that_lapsed_is_taken_up_by_another_worker(database: Database) -> None:
    now = clock.now()
    with database.transaction() as session:
        outbox.promise(session, "score_again", once="one", due_at=now)
        assert len(outbox.lease(session, now=now)) == 1
    with database.transaction() as session:
        assert not outbox.lease(session, now=now + timedelta(seconds=30))
        assert len(outbox.lease(session, now=now + timedelta(minutes=3))) == 1


def test_promising_twice_is_promising_once(database: Database) -> None:
    with database.transaction() as session:
        for _ in range(2):
            outbox.promise(session, "score_again", once="one", due_at=clock.now())
        assert session.scalar(select(func.count()).select_from(Job)) == 1


def test_the_record_is_kept_every_hour(
    app: Flask, client: CheckingClient, database: Database, held: tuple[Member, Thread]
) -> None:
    _author, thread = held
    write(client, thread, "A calm reply.")
    worker.keep_record(app.extensions[KEY], now=clock.now() + timedelta(hours=3))
    with database.reading() as session:
        verbs = session.scalars(select(AuditEvent.verb)).all()
    assert verbs.count("assessments.digested") == 1

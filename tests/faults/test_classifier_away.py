"""The classifier removed, hung and crashing: every post waits, people are told, and all is made good in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum import catching_up, clock, worker
from forum.db import Database
from forum.models import Job, Member, Notice, Post, PostState, Revision, Role, Thread
from forum.web.parts import KEY
from moderation.audit.verify import verify
from moderation.detectors import Detector
from moderation.detectors.classifier import ClassifierDetector
from moderation.detectors.fixed import FixedClassifier
from moderation.detectors.holder import BREAKS_AFTER, MOST_LEFT_BEHIND, ModelHolder
from moderation.models import AssessmentRow, AuditEvent, ReviewItem
from moderation.workflow import ItemState
from tests.faults.faulty import Switch, an_empty_model
from tests.moderation.fakes import Raising
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_thread

Writing = tuple[Member, Thread]
AWAY = "The checking software is not working."
FAULTS: dict[str, tuple[Callable[[Switch], None], int]] = {
    "removed": (lambda _switch: None, 1),
    "hung": (Switch.hang, MOST_LEFT_BEHIND + 1),
    "crashing": (Switch.crash, BREAKS_AFTER),
}
"""How each fault begins, and after how many posts the model counts as away."""


@pytest.fixture
def switch(tmp_path: Path) -> Iterator[Switch]:
    made = Switch(an_empty_model(tmp_path / "model"), lambda _folder: FixedClassifier())
    yield made
    made.mend()


@pytest.fixture
def holder(switch: Switch) -> ModelHolder:
    # Long enough for a busy machine, where an answer that needs no thought may still take a while.
    return ModelHolder(switch.folder, load=switch.load, hangs_after_seconds=0.4, first_pause_seconds=0.02)


@pytest.fixture
def detectors(holder: ModelHolder) -> tuple[Detector, ...]:
    return (ClassifierDetector(holder, budget_seconds=0.5),)


@pytest.fixture
def writing(client: CheckingClient, database: Database) -> Writing:
    with database.transaction() as session:
        author, reader = a_member(session), a_member(session)
        thread = a_thread(session, a_group(session, members=(author, reader)), reader)
    client.sign_in(author)
    return author, thread


def write(client: CheckingClient, thread: Thread, text: str) -> None:
    client.get(f"/t/{thread.id}")
    page = client.post(f"/t/{thread.id}/reply", {"text": text, "submission": f"away-{abs(hash(text))}"})
    assert page.has("Only you can read this for now")
    assert page.has("It is not about what you wrote")


def staff(app: Flask, database: Database, role: Role = Role.MODERATOR) -> CheckingClient:
    with database.transaction() as session:
        person = a_member(session, role=role)
    desk = CheckingClient(app)
    desk.sign_in(person)
    return desk


def states(database: Database, author: Member) -> list[PostState]:
    with database.reading() as session:
        return list(session.scalars(select(Post.state).where(Post.author_id == author.id).order_by(Post.id)))


def work_until_done(app: Flask, *, seconds: float = 20) -> None:
    """What the worker's loop does, in later and later rounds, until nothing waits."""
    made = app.extensions[KEY]
    deadline, at = time.monotonic() + seconds, clock.now() + timedelta(hours=2)
    while time.monotonic() < deadline:
        health, at = made.detectors[0].health(), at + timedelta(minutes=2)
        worker.work_once(made, now=at)
        with made.database.reading() as session:
            left = session.scalar(select(func.count()).select_from(Job).where(Job.done_at.is_(None)))
        if not left and not health.away:
            return
        time.sleep(0.02)
    raise AssertionError("it did not come back")


def wait_until_back(holder: ModelHolder, *, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while holder.health().away:
        assert time.monotonic() < deadline, "it did not come back"
        time.sleep(0.02)


@pytest.mark.parametrize("fault", FAULTS)
def test_while_it_is_away_all_waits_and_when_it_is_back_all_is_read_in_order(
    app: Flask,
    client: CheckingClient,
    database: Database,
    writing: Writing,
    switch: Switch,
    holder: ModelHolder,
    fault: str,
) -> None:
    begin, enough = FAULTS[fault]
    author, thread = writing
    if fault == "removed":
        switch.remove()
    holder.start()
    holder.wait(10)
    begin(switch)
    count = enough + 3
    for number in range(count):
        write(client, thread, f"A calm reply, number {number}.")

    assert states(database, author) == [PostState.HELD] * count
    desk, admin = staff(app, database), staff(app, database, Role.ADMIN)
    for page in (desk.get("/review"), admin.get("/admin")):
        assert page.has(AWAY)
        assert page.has(f"{count} posts wait for it now.")
    assert worker.work_once(app.extensions[KEY], now=clock.now() + timedelta(hours=1)) == 0
    assert states(database, author) == [PostState.HELD] * count

    switch.mend()
    work_until_done(app)

    assert states(database, author) == [PostState.SHOWN] * count
    with database.reading() as session:
        in_order = session.scalars(select(Post.id).where(Post.author_id == author.id).order_by(Post.id)).all()
        closed = session.scalars(
            select(AuditEvent.subject_ref).where(AuditEvent.verb == "item.closed").order_by(AuditEvent.seq)
        ).all()
        told = session.scalars(
            select(Notice.data).where(Notice.member_id == author.id, Notice.kind == "checked_late")
        ).all()
        items = session.scalars(select(ReviewItem.state)).all()
        judged = session.scalar(select(func.count()).select_from(AssessmentRow))
        keyring = app.extensions[KEY].keyring
        assert verify(session, keyring.signing.public_key()).problems == []
    assert [int(ref) for ref in closed if ref is not None] == list(in_order)
    assert [data["post"] for data in told] == list(in_order)
    assert set(items) == {ItemState.DECIDED}
    assert judged == 2 * count
    assert not desk.get("/review").has(AWAY)
    assert client.get("/notices").has("Your post is up now.")


def test_a_rule_that_crashes_holds_everything_too_and_comes_back(
    app: Flask,
    client: CheckingClient,
    database: Database,
    writing: Writing,
    holder: ModelHolder,
) -> None:
    author, thread = writing
    holder.start()
    holder.wait(10)
    made = app.extensions[KEY]
    well = made.detectors
    object.__setattr__(made, "detectors", (*well, Raising()))
    try:
        for number in range(3):
            write(client, thread, f"A calm reply, number {number}.")
        assert worker.work_once(made, now=clock.now() + timedelta(hours=1)) == 0
        desk = staff(app, database)
        page = desk.get("/review")
        assert page.has(AWAY)
        assert page.has("3 posts wait for it now.")
        assert states(database, author) == [PostState.HELD] * 3
    finally:
        object.__setattr__(made, "detectors", well)
    work_until_done(app)
    assert states(database, author) == [PostState.SHOWN] * 3


def test_one_text_that_breaks_it_keeps_nobody_waiting(
    app: Flask,
    client: CheckingClient,
    database: Database,
    writing: Writing,
    holder: ModelHolder,
    switch: Switch,
) -> None:
    """Whoever stands behind it in the line is read; it waits for a person and is tried again later."""
    author, thread = writing
    switch.remove()
    holder.start()
    for text in ("A calm reply.", "Words. [model fails]", "Another calm reply."):
        write(client, thread, text)
    switch.mend()
    made = app.extensions[KEY]
    wait_until_back(holder)
    assert worker.work_once(made, now=clock.now() + timedelta(minutes=1)) == 2
    assert states(database, author) == [PostState.SHOWN, PostState.HELD, PostState.SHOWN]
    assert staff(app, database).get("/review").has("1 post to go")
    assert worker.work_once(made, now=clock.now() + timedelta(minutes=1)) == 0
    assert worker.work_once(made, now=clock.now() + timedelta(hours=2)) == 0
    assert states(database, author)[1] is PostState.HELD


def test_a_newer_post_does_not_go_up_before_an_older_one(
    app: Flask,
    client: CheckingClient,
    database: Database,
    writing: Writing,
    holder: ModelHolder,
    switch: Switch,
) -> None:
    """The older ones wait for their next try; the newer one is due sooner and takes them all along."""
    _author, thread = writing
    switch.remove()
    holder.start()
    for number in range(3):
        write(client, thread, f"A calm reply, number {number}.")
    made = app.extensions[KEY]
    for _ in range(4):  # the pauses grow to a minute
        worker.work_once(made, now=clock.now() + timedelta(seconds=12))
    write(client, thread, "The newest of them.")
    switch.mend()
    wait_until_back(holder)
    assert catching_up.catch_up(made, now=clock.now() + timedelta(seconds=11)) == 4
    with database.reading() as session:
        closed = session.scalars(
            select(AuditEvent.subject_ref).where(AuditEvent.verb == "item.closed").order_by(AuditEvent.seq)
        ).all()
        written = session.scalars(
            select(Revision.post_id).where(Revision.post_id > 1).order_by(Revision.id)
        ).all()
    assert [int(ref) for ref in closed if ref is not None] == list(written)


def test_two_workers_never_share_the_line(
    app: Flask,
    client: CheckingClient,
    database: Database,
    writing: Writing,
    holder: ModelHolder,
    switch: Switch,
) -> None:
    """One that was killed in the middle leaves the line alone for two minutes, and then it goes on in order."""
    _author, thread = writing
    switch.remove()
    holder.start()
    for number in range(12):
        write(client, thread, f"A calm reply, number {number}.")
    switch.mend()
    wait_until_back(holder)
    at = clock.now() + timedelta(minutes=1)
    with database.transaction() as session:  # the first worker leases, and is killed
        first = [job.data["revision"] for job in catching_up.LINE.lease(session, now=at)]
    assert first == sorted(first)
    assert len(first) == 10
    assert catching_up.catch_up(app.extensions[KEY], now=at + timedelta(seconds=30)) == 0
    assert catching_up.catch_up(app.extensions[KEY], now=at + timedelta(minutes=3)) == 10
    assert catching_up.catch_up(app.extensions[KEY], now=at + timedelta(minutes=3)) == 2


def test_nothing_is_said_while_all_is_well(
    app: Flask,
    client: CheckingClient,
    database: Database,
    writing: Writing,
    holder: ModelHolder,
) -> None:
    holder.start()
    holder.wait(10)
    desk = staff(app, database)
    assert not desk.get("/review").has("checking software")
    assert staff(app, database, Role.ADMIN).get("/admin").has("Works")

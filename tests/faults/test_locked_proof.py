"""Must show: the database locked for twenty seconds while many people write on the live site, and others read.

Each gets a clear page with their words, or success; nothing is half done; who presses again afterwards succeeds, once;
and readers go on reading all the while.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, text

from forum import clock
from forum.db import Database
from forum.models import Member, Post, Revision
from forum.web.parts import KEY
from moderation.audit.verify import verify
from moderation.db import Base
from moderation.models import Appeal, Complaint, Decision, Report
from tests.faults.failing import everything
from tests.faults.writes import KINDS, WORDS, Write
from tests.proofs.browser import Answer, Browser, Form
from tests.support.client import CheckingClient
from tests.support.live import serving
from tests.support.making import a_group, a_member, a_thread

pytestmark = pytest.mark.proof

LOCKED_SECONDS = 20.0
EACH = 1
WRITERS = EACH * len(KINDS)
PRESSES_AGAIN_SECONDS = 3.0
SLOWEST_READ = 6.0
"""Seconds. On a machine that does nothing else it is half of this at the worst, at the moment when the lock begins."""


@dataclass
class Sent:
    """One form and every answer to it."""

    kind: str
    write: Write
    form: Form
    browser: Browser
    answers: list[tuple[float, Answer]] = field(default_factory=list)

    def press(self) -> Answer:
        answer = self.browser._once("POST", self.form.action, urlencode(self.form.fields, doseq=True), 1)
        self.answers.append((time.monotonic(), answer))
        return answer


@dataclass
class Lock:
    """When it began and ended, by the monotonic clock."""

    begun: threading.Event = field(default_factory=threading.Event)
    began: float = 0.0
    ended: float = 0.0


@contextmanager
def locked(database: Database, seconds: float) -> Iterator[Lock]:
    """Another program holds every table for writing, for so long; the block runs meanwhile."""
    lock = Lock()

    def hold() -> None:
        engine = create_engine(
            database.url, isolation_level="AUTOCOMMIT" if database.is_sqlite else "READ COMMITTED"
        )
        with engine.connect() as connection:
            if database.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(text(f"LOCK TABLE {', '.join(Base.metadata.tables)} IN EXCLUSIVE MODE"))
            lock.began = time.monotonic()
            lock.begun.set()
            time.sleep(seconds)
            connection.exec_driver_sql("ROLLBACK")
            lock.ended = time.monotonic()
        engine.dispose()

    holder = threading.Thread(target=hold, daemon=True)
    holder.start()
    assert lock.begun.wait(10)
    yield lock
    holder.join(seconds + 30)


def forms(database: Database, client: CheckingClient, port: int) -> list[Sent]:
    """Everybody has filled in their form before anything happens."""
    found = []
    for kind, prepare in KINDS.items():
        for _ in range(EACH):
            with database.transaction() as session:
                write = prepare(session)
            client.sign_in(write.who)
            browser = Browser(port, client.cookie())
            page = browser.get(write.page)
            form = page.form(write.action)
            assert form is not None, f"no form for {kind}"
            found.append(Sent(kind, write, form.filled(**write.fields), browser))
    return found


def read_until(stop: threading.Event, browser: Browser, path: str) -> list[tuple[float, float, int]]:
    """One page over and over: when, how long it took, what it answered."""
    seen = []
    while not stop.is_set():
        began = time.monotonic()
        answer = browser._once("GET", path, None, 1)
        seen.append((began, time.monotonic() - began, answer.status))
        time.sleep(0.1)
    return seen


def press_until_done(sent: Sent, deadline: float) -> None:
    """As somebody does who is told that it did not work: wait a little, press again."""
    while sent.press().status == 503 and time.monotonic() < deadline:
        time.sleep(PRESSES_AGAIN_SECONDS)


def a_reader(client: CheckingClient, member: Member, port: int, *, ago: timedelta) -> Browser:
    client.sign_in(member, at=clock.now() - ago)
    return Browser(port, client.cookie())


def test_locked_for_twenty_seconds(
    app: Flask, client: CheckingClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database.patience, "most", 2)  # as the site is served with four threads
    with database.transaction() as session:
        reader = a_member(session)
        thread = a_thread(session, a_group(session, members=(reader,)), reader)
    stop = threading.Event()
    with serving(app) as address, ThreadPoolExecutor(WRITERS + 2) as pool:
        port = int(address.rsplit(":", 1)[1])
        everybody = forms(database, client, port)
        path = everybody_reads(thread.id, client, reader, port)
        before = everything(database)
        try:
            with locked(database, LOCKED_SECONDS) as lock:
                reading = [pool.submit(read_until, stop, browser, where) for browser, where in path]
                deadline = time.monotonic() + LOCKED_SECONDS + 60
                writing = [pool.submit(press_until_done, sent, deadline) for sent in everybody]
                time.sleep(max(0.0, lock.began + LOCKED_SECONDS - 1 - time.monotonic()))
                assert everything(database) == before, "something was left behind while it was locked"
            for one in writing:
                one.result()
            time.sleep(1)
        finally:
            stop.set()
        reads = [seen for one in reading for seen in one.result()]

    check_what_writers_saw(everybody, lock)
    meanwhile = [seen for seen in reads if lock.began <= seen[0] <= lock.ended]
    assert {status for _, _, status in reads} == {200}
    assert max(took for _, took, _ in meanwhile) < SLOWEST_READ
    assert len(meanwhile) > 2 * LOCKED_SECONDS
    check_that_each_was_done_once(app, database, everybody)


def everybody_reads(
    thread_id: int, client: CheckingClient, reader: Member, port: int
) -> list[tuple[Browser, str]]:
    """Two people who read; of one the last use would be noted, which is a write that must not keep them."""
    return [
        (a_reader(client, reader, port, ago=timedelta()), f"/t/{thread_id}/a-hard-week"),
        (a_reader(client, reader, port, ago=timedelta(minutes=20)), "/groups"),
    ]


def check_what_writers_saw(everybody: list[Sent], lock: Lock) -> None:
    for sent in everybody:
        for at, answer in sent.answers[:-1]:
            assert answer.status == 503, f"{sent.kind}: {answer.status}"
            assert "Nothing was changed" in answer.body, sent.kind
            for typed in sent.write.typed:
                assert typed in answer.body, f"{sent.kind}: the words are gone"
            assert at > lock.began
        at, last = sent.answers[-1]
        assert last.status == 303, f"{sent.kind} ended with {last.status}"
        assert at >= lock.ended, f"{sent.kind} was acknowledged while nothing could be written"
        assert len(sent.answers) > 1, f"{sent.kind} did not meet the lock"


def check_that_each_was_done_once(app: Flask, database: Database, everybody: list[Sent]) -> None:
    with database.reading() as session:

        def count(column: Any) -> int:
            return session.scalars(select(func.count()).where(column.like(f"{WORDS}%"))).one()

        written = EACH * sum(kind in {"thread", "reply", "held reply", "edit"} for kind in KINDS)
        assert count(Revision.source) == written
        assert count(Report.details) == EACH
        assert count(Decision.note) == EACH * 3
        assert count(Appeal.words) == EACH
        assert count(Appeal.answer) == EACH
        assert count(Complaint.words) == EACH
        assert session.scalar(select(func.count()).where(Decision.undoes_id.is_not(None))) == EACH * 2
        assert session.scalar(select(func.count()).where(Post.state == "withdrawn")) == EACH
        outcome = verify(session, app.extensions[KEY].keyring.signing.public_key())
    assert outcome.problems == []

"""Must show: the classifier removed, hung and crashing in turn, on the live site with the model that ships.

Every post waits and its author is told, the desk says so, nobody reads a word meanwhile, and when the model is back
all is scored again in the order it was written, with the site and its worker never started anew.
"""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum import worker
from forum.db import Database
from forum.judges import build_detectors
from forum.models import Job, Member, Notice, Post, PostState, Revision, Role, Thread
from forum.web.parts import KEY
from moderation.audit.verify import verify
from moderation.classifier import load
from moderation.classifier.files import FOLDER
from moderation.detectors import Detector
from moderation.detectors.holder import MOST_EVER_LEFT_BEHIND, ModelHolder
from moderation.models import AssessmentRow, AuditEvent
from moderation.policy import load_policy
from tests.faults.faulty import Switch
from tests.proofs.browser import Browser
from tests.support.client import CheckingClient
from tests.support.live import serving
from tests.support.making import a_group, a_member, a_thread

pytestmark = pytest.mark.proof

AUTHORS, EACH = 6, 10
RULES = load_policy()
AWAY = "The checking software is not working."
TO_GO = re.compile(r"(\d+) posts? to go")
CALM = "The garden has {number} red flowers now, and the birds are back."


@pytest.fixture
def switch(tmp_path: Path) -> Iterator[Switch]:
    """The real model in a folder of its own, out of its place to begin with."""
    folder = tmp_path / "model"
    shutil.copytree(FOLDER, folder)
    made = Switch(folder, load)
    made.remove()
    yield made
    made.mend()


@pytest.fixture
def holder(switch: Switch) -> ModelHolder:
    """As the site builds it, but it is given up after two seconds, not thirty."""
    return ModelHolder(switch.folder, check=RULES.check_bound, load=switch.load, hangs_after_seconds=2.0)


@pytest.fixture
def detectors(holder: ModelHolder) -> tuple[Detector, ...]:
    return build_detectors(holder, RULES, budget_seconds=RULES.values.request_budget_seconds)


@dataclass
class Site:
    """The live site and everybody on it."""

    database: Database
    thread: Thread
    authors: list[tuple[Member, Browser]]
    reader: Browser
    moderator: Browser
    written: list[int] = field(default_factory=list)
    """Numbers of all posts that were acknowledged."""


@pytest.fixture
def site(app: Flask, client: CheckingClient, database: Database, holder: ModelHolder) -> Iterator[Site]:
    with database.transaction() as session:
        people = [a_member(session) for _ in range(AUTHORS + 1)]
        moderator = a_member(session, role=Role.MODERATOR)
        thread = a_thread(session, a_group(session, members=tuple(people)), people[-1])
    stop = threading.Event()
    work = threading.Thread(target=worker.run, args=(app.extensions[KEY], stop), daemon=True)
    with serving(app) as address:
        port = int(address.rsplit(":", 1)[1])

        def window(member: Member) -> Browser:
            client.sign_in(member)
            return Browser(port, client.cookie())

        holder.start()
        work.start()
        windows = [(one, window(one)) for one in people]
        yield Site(database, thread, windows[:-1], windows[-1][1], window(moderator))
        stop.set()
        work.join(30)
        assert not work.is_alive(), "the worker did not stop"


def write(site: Site, browser: Browser, number: int) -> None:
    """Write a reply; what the author is told is part of it."""
    form = browser.get(f"/t/{site.thread.id}?page=9999").form("/reply")
    assert form is not None
    answer = browser.send(form.filled(text=CALM.format(number=number)))
    assert answer.status == 303, answer.status
    page = browser.get(answer.location)
    assert "Only you can read this for now" in page.body
    assert "It is not about what you wrote" in page.body


def everybody_writes(site: Site, first: int) -> None:
    def one_person(place: int) -> None:
        for turn in range(EACH):
            write(site, site.authors[place][1], first + place * EACH + turn)

    with ThreadPoolExecutor(AUTHORS) as pool:
        list(pool.map(one_person, range(AUTHORS)))
    site.written += range(first, first + AUTHORS * EACH)


def count(site: Site, state: PostState) -> int:
    with site.database.reading() as session:
        found = session.scalar(
            select(func.count()).select_from(Post).where(Post.state == state, Post.position > 1)
        )
        return found or 0


def wait_until(what: Callable[[], bool], seconds: float, why: str) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, why
        time.sleep(0.2)


def one_outage(site: Site, first: int, *, begin: Callable[[], None], end: Callable[[], None]) -> list[int]:
    """Writes through one fault from beginning to end. Returns the numbers "to go" that the desk showed on the way."""
    before = count(site, PostState.SHOWN)
    begin()
    everybody_writes(site, first)
    assert count(site, PostState.HELD) == AUTHORS * EACH
    assert count(site, PostState.SHOWN) == before
    page = site.reader.get(f"/t/{site.thread.id}?page=9999").body
    assert not any(CALM.format(number=number) in page for number in range(first, first + AUTHORS * EACH))
    wait_until(
        lambda: AWAY in site.moderator.get("/review").body, 60, "the desk does not say that it is away"
    )
    assert f"{AUTHORS * EACH} posts wait for it now" in site.moderator.get("/review").body

    end()
    seen: list[int] = []

    def done() -> bool:
        seen.extend(int(number) for number in TO_GO.findall(site.moderator.get("/review").body))
        return count(site, PostState.HELD) == 0

    wait_until(done, 120, "what waited was not scored again")
    assert count(site, PostState.SHOWN) == before + AUTHORS * EACH
    wait_until(
        lambda: "checking software" not in site.moderator.get("/review").body,
        10,
        "the desk still says something",
    )
    return seen


def test_removed_hung_and_crashing_in_turn(app: Flask, site: Site, switch: Switch) -> None:
    threads_before = threading.active_count()
    total = AUTHORS * EACH
    progress = one_outage(site, 0, begin=lambda: None, end=switch.put_back)
    progress += one_outage(site, total, begin=switch.hang, end=switch.mend)
    progress += one_outage(site, 2 * total, begin=switch.crash, end=switch.mend)

    assert progress, "the desk never showed how far it was"
    assert threading.active_count() <= threads_before + MOST_EVER_LEFT_BEHIND
    with site.database.reading() as session:
        posts = session.execute(
            select(Post.id, Post.first_shown_at, Revision.id)
            .join(Revision, Revision.post_id == Post.id)
            .where(Post.position > 1)
            .order_by(Revision.id)
        ).all()
        closed = session.scalars(
            select(AuditEvent.subject_ref).where(AuditEvent.verb == "item.closed").order_by(AuditEvent.seq)
        ).all()
        told = session.execute(
            select(Notice.member_id, func.count())
            .where(Notice.kind == "checked_late")
            .group_by(Notice.member_id)
        ).all()
        judged = session.scalar(select(func.count()).select_from(AssessmentRow))
        left = session.scalar(select(func.count()).select_from(Job).where(Job.done_at.is_(None)))
        outcome = verify(session, app.extensions[KEY].keyring.signing.public_key())
    assert len(posts) == 3 * total == len(site.written)
    assert [int(ref) for ref in closed if ref is not None] == [
        post_id for post_id, _shown, _revision in posts
    ]
    shown = [moment for _id, moment, _revision in posts if moment is not None]
    assert shown == sorted(shown), "a newer one went up before an older one"
    assert sorted((member, each) for member, each in told) == sorted(
        (one.id, 3 * EACH) for one, _ in site.authors
    )
    assert judged == 2 * 3 * total
    assert left == 0
    assert outcome.problems == []

"""One installation with its web process and its worker, and the people who use it."""

from __future__ import annotations

import os
import random
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from forum import clock
from forum.config import ROOT
from forum.db import Database
from forum.models import Job, Role
from forum.queries.appeal_team import stuck
from forum.web.parts import Parts
from moderation.audit.verify import verify
from moderation.models import Appeal, Claim, ReviewItem
from tests.proofs.browser import PATIENCE_SECONDS, Browser
from tests.proofs.ledger import Ledger
from tests.proofs.moderators import Lead, Moderator
from tests.proofs.people import Load, Person, Reader, Wanted
from tests.proofs.processes import Program, free_port, wait_until_it_answers
from tests.proofs.writers import Writer

ROUND_SECONDS = 300
DRAIN_SECONDS = 60
COMMAND_SECONDS = 60
BUSY_SECONDS = 3


class Place:
    """Where an installation lives: its database, its keys, its folder, and its two programs."""

    def __init__(self, url: str, keys: Path, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.url, self.folder = url, folder
        self.port = free_port()
        self.settings = {
            "HAVEN_DATABASE_URL": url,
            "HAVEN_KEYS_DIR": str(keys),
            "HAVEN_INSTANCE": str(folder),
            "HAVEN_MODEL_DIR": str(folder / "no-model"),
            "HAVEN_EMBEDDED_WORKER": "false",
            "HAVEN_UNDO_SECONDS": "1",
            "HOME": str(folder),
        }
        self.web = self.program("serve", "--port", str(self.port), HAVEN_TEST_CLASSIFIER="away")
        self.worker = self.program("worker")

    def program(self, *command: str, **more: str) -> Program:
        return Program(*command, settings={**self.settings, **more}, log=self.folder / f"{command[0]}.log")

    def run(self, *command: str) -> str:
        """One command of the site, to its end; gives what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=ROOT,
            env={**os.environ, **self.settings, "HAVEN_ENV": "test"},
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        self.web.start()
        wait_until_it_answers(self.port, self.web)
        self.worker.start()

    def stop(self) -> None:
        self.web.stop()
        self.worker.stop()

    def faults(self) -> list[str]:
        """What the two said about mistakes of ours."""
        return [*self.web.faults(), *self.worker.faults()]


@dataclass
class Site:
    """The place, and who is signed in there."""

    parts: Parts
    place: Place
    people: dict[int, tuple[Role, str]]
    group_slug: str
    thread_ids: list[int]
    ledger: Ledger = field(default_factory=Ledger)

    @property
    def database(self) -> Database:
        return self.parts.database

    def load(self, wanted: Wanted) -> Load:
        """Work for everybody, to be finished in time."""
        return Load(
            ledger=self.ledger,
            wanted=wanted,
            thread_ids=self.thread_ids,
            group_slug=self.group_slug,
            deadline=time.monotonic() + ROUND_SECONDS,
        )

    def crew(self, load: Load, chance: random.Random) -> list[Person]:
        """Everybody with a browser of their own; the last member only reads."""
        members = [one for one, (role, _) in self.people.items() if role is Role.MEMBER]
        kinds: dict[int, type[Person]] = dict.fromkeys(members[:-1], Writer) | {members[-1]: Reader}
        staff = {Role.MODERATOR: Moderator, Role.LEAD: Lead}
        return [
            (kinds.get(member_id) or staff[role])(
                load, Browser(self.place.port, cookie), member_id, random.Random(chance.random())
            )
            for member_id, (role, cookie) in self.people.items()
        ]


def a_chance() -> tuple[int, random.Random]:
    """A seed and what comes of it: another one every time, unless HAVEN_TEST_SEED names it."""
    seed = int(os.environ.get("HAVEN_TEST_SEED") or secrets.randbits(32))
    return seed, random.Random(seed)


def finish(site: Site, crew: list[Person], load: Load) -> None:
    """Wait until everybody is done, or the round's time is over.

    An appeal that nobody of this small team may settle, since all had a part in it, is not waited for.
    """
    while not (load.over or load.late):
        time.sleep(0.2)
        if all(one.over for one in load.budgets if one is not load.answers):
            with site.database.reading() as session:
                for_nobody = sum(one.made_at >= load.began for one in stuck(session))
            load.enough = load.answers.most - load.answers.done <= for_nobody
    for person in crew:
        person.join(PATIENCE_SECONDS)
    assert not [person.name for person in crew if person.is_alive()]
    done = [f"{one.done} of {one.most}" for one in load.budgets]
    assert load.over, f"not finished: {done}; {load.ledger.problems[:3]}; {_unanswered(site.database)}"


def _unanswered(database: Database) -> list[str]:
    """How each open appeal stands, and with whom."""
    held = (Claim.item_id == Appeal.item_id) & Claim.released_at.is_(None)
    with database.reading() as session:
        rows = session.execute(
            select(Appeal.id, ReviewItem.state, ReviewItem.for_lead, Claim.moderator_ref)
            .join(ReviewItem, ReviewItem.id == Appeal.item_id)
            .outerjoin(Claim, held)
            .where(Appeal.outcome.is_(None))
        )
        return [f"appeal {one}: {state}, for a lead: {lead}, with {who}" for one, state, lead, who in rows]


def wait_for_promised_work(database: Database) -> None:
    """Until the worker has done what was promised, or long enough: then the checks say what is left."""
    deadline = time.monotonic() + DRAIN_SECONDS
    undone = select(func.count()).select_from(Job).where(Job.done_at.is_(None))
    while time.monotonic() < deadline:
        with database.reading() as session:
            if session.scalar(undone) == 0:
                return
        time.sleep(0.1)


def wait_until_a_job_is_under_way(database: Database) -> None:
    """Until the worker has taken a job and not done it yet, or none came for some seconds."""
    deadline = time.monotonic() + BUSY_SECONDS
    taken = select(Job.id).where(Job.done_at.is_(None), Job.leased_until > clock.now()).limit(1)
    while time.monotonic() < deadline:
        with database.reading() as session:
            if session.scalar(taken) is not None:
                return
        time.sleep(0.001)


def require_sound_audit(parts: Parts, *, digests: int = 0) -> None:
    """What `flask audit verify` looks at: the chain, the checkpoints, the digests of the hours."""
    with parts.database.reading() as session:
        outcome = verify(session, parts.keyring.signing.public_key())
    assert not outcome.problems
    assert outcome.checkpoints
    assert outcome.digests >= digests

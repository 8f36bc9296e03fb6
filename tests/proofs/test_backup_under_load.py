"""A backup made while people write and decide comes back whole on an empty machine; nothing of before opens a door."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import func, select, table

from forum import clock, passphrases
from forum.actions import second_factor
from forum.actions.second_factor import DRIFT, STEP_SECONDS
from forum.backup import manifest
from forum.backup.manifest import Manifest
from forum.db import Database
from forum.models import Job, Member, Role, SignInSession
from forum.web.parts import Parts
from moderation.keys import Keyring
from tests.proofs import checks, on_its_way, told
from tests.proofs.browser import Browser, Form
from tests.proofs.ledger import Ledger
from tests.proofs.people import Load, Wanted
from tests.proofs.running import Place, Site, a_chance, finish, require_sound_audit, wait_for_promised_work
from tests.support.databases import PostgresCopies
from tests.support.making import a_member

pytestmark = pytest.mark.proof

BEFORE, AFTERWARDS = (20, 60), 20
"""Posts without a worker before the backup begins, and posts after it was made: people work all the while."""
PHRASE = "paper boats in gentle rain"


@dataclass(frozen=True)
class Known:
    """Somebody whose pass-phrase and codes the test knows."""

    id: int
    name: str
    secret: str

    def code(self, ahead: int = 0) -> str:
        """The code of this moment, or of a later one."""
        now = int(clock.now().timestamp()) // STEP_SECONDS
        return pyotp.TOTP(self.secret, interval=STEP_SECONDS).generate_otp(now + ahead)


@dataclass(frozen=True)
class Left:
    """What is left when the machine is gone: two folders, and what the people remember."""

    data: Path
    keys: Path
    described: Manifest
    sure: Ledger
    """What had been acknowledged when the backup began."""
    used_codes: tuple[str, ...]


@pytest.fixture
def elsewhere(site: Site, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An empty machine: another folder, no keys, a database without a single table."""
    folder = tmp_path / "elsewhere"
    with ExitStack() as tidy:
        url = f"sqlite:///{folder / 'haven.db'}"
        if not site.database.is_sqlite:
            copies: PostgresCopies = request.getfixturevalue("postgres_copies")
            name = f"elsewhere_{secrets.token_hex(4)}"
            copies.cluster.run(f"CREATE DATABASE {name}")
            tidy.callback(copies.cluster.run, f"DROP DATABASE {name} WITH (FORCE)")
            url = copies.cluster.url(name)
        place = Place(url, folder / "keys", folder)
        tidy.callback(place.stop)
        yield place


def test_a_backup_made_under_load_comes_back_whole_on_an_empty_machine(site: Site, elsewhere: Place) -> None:
    known, line = _somebody_known(site), on_its_way.a_line(site.parts)
    left = _work_and_back_up(site, known)

    elsewhere.run("restore", "--from", str(left.data), "--keys", str(left.keys))

    parts = _parts(site, elsewhere)
    _require_one_moment(parts, left, site.ledger)
    elsewhere.start()
    _require_closed_doors(site, elsewhere, known, left)
    wait_for_promised_work(parts.database)
    with parts.database.reading() as session:
        assert not [*told.problems(session), *checks.not_scored_again(session)]
        assert not [*checks.half_done(session), *checks.not_in_the_record(session)]
    on_its_way.require_that_an_appeal_is_answered_once(parts, known.id)
    _require_life_goes_on(site, elsewhere)
    elsewhere.worker.kill()
    on_its_way.require_that_the_place_passes_on_once(parts, line)
    require_sound_audit(parts, digests=1)
    assert not elsewhere.faults()
    parts.database.dispose()


def _somebody_known(site: Site) -> Known:
    """A moderator with a pass-phrase and an app for codes."""
    secret = pyotp.random_base32()
    with site.database.transaction() as session:
        member = a_member(session, role=Role.MODERATOR)
        member.password_hash = passphrases.hashed(PHRASE)
        member.totp_secret = site.parts.keyring.seal(secret.encode())
    return Known(member.id, member.sign_in_name, secret)


def _work_and_back_up(site: Site, known: Known) -> Left:
    """Everybody works; in the middle of it the backup is made; then the machine is lost."""
    seed, chance = a_chance()
    load = site.load(Wanted(posts=5000, decisions=1000, reports=30, appeals=200))
    first, later = known.code(), known.code(ahead=1)
    assert _sign_in(Browser(site.place.port, ""), known, first)
    load.answers.most = 0  # so that appeals are on their way
    crew, said = site.crew(load, chance), site.ledger
    for person in crew:
        person.start()
    _wait_until(load, lambda: len(said.appeals) > 1)
    site.place.worker.kill()  # so that promised work is on its way
    _wait_for_posts(load, len(said.posts) + chance.randint(*BEFORE))
    sure = said.so_far()
    data, keys = site.place.folder.parent / "backup", site.place.folder.parent / "keys-backup"
    site.place.run("backup", "--to", str(data), "--with-keys", str(keys))
    meanwhile = len(said.posts) - len(sure.posts)
    _wait_for_posts(load, len(said.posts) + AFTERWARDS)
    load.enough = True
    finish(site, crew, load)
    print(f"seed {seed}: {meanwhile} posts while the backup was made")  # noqa: T201  (for whoever looks into it)
    assert meanwhile > 5, "hardly anybody was at work while the backup was made"
    assert _sign_in(Browser(site.place.port, ""), known, later)
    site.place.stop()
    assert not said.problems
    return Left(data, keys, manifest.read(data), sure, (first, later))


def _wait_for_posts(load: Load, many: int) -> None:
    _wait_until(load, lambda: len(load.ledger.posts) >= many)


def _wait_until(load: Load, it_is_so: Callable[[], bool]) -> None:
    while not it_is_so():
        assert not load.late, load.ledger.problems
        time.sleep(0.005)


def _parts(site: Site, elsewhere: Place) -> Parts:
    """The new machine's database and keys, for looking into."""
    keyring = Keyring.open(Path(elsewhere.settings["HAVEN_KEYS_DIR"]))
    assert keyring.key_id == site.parts.keyring.key_id
    return replace(site.parts, database=Database(elsewhere.url, keyring=keyring), keyring=keyring)


def _require_one_moment(parts: Parts, left: Left, said: Ledger) -> None:
    """Row for row what the backup counted, nothing half done, nothing missing that had been acknowledged before."""
    with parts.database.reading() as session:
        counts = {
            name: session.scalar(select(func.count()).select_from(table(name)))
            for name in left.described.facts.tables
        }
        there = checks.tags(session)
        wrong = [*checks.half_done(session), *checks.not_in_the_record(session)]
        wrong += checks.shown_unjudged(session)
        wrong += checks.lost(session, left.sure)
        waiting = session.scalar(select(func.count()).select_from(Job).where(Job.done_at.is_(None)))
    restored = {"audit_events": left.described.facts.tables["audit_events"] + 1}
    assert counts == left.described.facts.tables | restored
    assert not wrong
    assert there <= {one.tag for one in said.posts}
    assert waiting, "no promised work was on its way at the moment of the backup"


def _require_closed_doors(site: Site, elsewhere: Place, known: Known, left: Left) -> None:
    """No cookie and no code of before opens anything; the pass-phrase with a fresh code does."""
    for _role, cookie in site.people.values():
        browser = Browser(elsewhere.port, cookie)
        assert browser.get("/groups").path.startswith("/sign-in")
        door = browser.get("/sign-in").form("/sign-in")
        assert door is not None
        reply = Form(f"/t/{site.thread_ids[0]}/reply", {"csrf_token": door.fields["csrf_token"]})
        assert browser.send(reply.filled(text="Sent with a cookie of before.")).status == 401
    for code in left.used_codes:
        assert not _sign_in(Browser(elsewhere.port, ""), known, code)
    parts = _parts(site, elsewhere)
    later = clock.now() + timedelta(seconds=STEP_SECONDS * 2 * (DRIFT + 1))
    with parts.database.reading() as session:  # what stands there two minutes later, and is not kept
        signed_in = session.scalars(
            select(SignInSession.id).where(
                SignInSession.member_id == known.id, SignInSession.revoked_at.is_(None)
            )
        ).first()
        assert signed_in is not None
        second_factor.verify(session, known.id, signed_in, known.code(2 * (DRIFT + 1)), at=later)
    parts.database.dispose()


def _sign_in(browser: Browser, known: Known, code: str) -> bool:
    """By the forms, as anybody does. Whether the code opened the door."""
    door = browser.get("/sign-in").form("/sign-in")
    assert door is not None
    assert browser.send(door.filled(sign_in_name=known.name, pass_phrase=PHRASE)).status == 303
    second = browser.get("/sign-in/code").form("/sign-in/code")
    assert second is not None
    return browser.send(second.filled(code=code)).status == 303


def _require_life_goes_on(site: Site, elsewhere: Place) -> None:
    """A member who signs in anew reads and writes where they left off."""
    member_id = next(one for one, (role, _) in site.people.items() if role is Role.MEMBER)
    parts = _parts(site, elsewhere)
    with parts.database.transaction() as session:
        member = session.get_one(Member, member_id)
        member.password_hash, name = passphrases.hashed(PHRASE), member.sign_in_name
    parts.database.dispose()
    browser = Browser(elsewhere.port, "")
    door = browser.get("/sign-in").form("/sign-in")
    assert door is not None
    assert browser.send(door.filled(sign_in_name=name, pass_phrase=PHRASE)).status == 303
    form = browser.get(f"/t/{site.thread_ids[0]}/reply").form("/reply")
    assert form is not None
    assert browser.send(form.filled(text="I am back, on the new machine.")).status == 303

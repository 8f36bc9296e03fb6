"""kill -9 in the middle: a backup is whole or not there, a restored database is the old one or the new one."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from forum import clock
from forum.backup.making import make
from forum.backup.manifest import read
from forum.backup.restoring import restore
from forum.config import ROOT, Settings
from forum.db import Database
from forum.models import Member, SignInSession
from moderation.keys import Keyring
from tests.support.making import a_group, a_member, a_post, a_thread

pytestmark = pytest.mark.proof

KILLS = 12
POSTS = 2000
DRIVER = """
import sys
from pathlib import Path
from forum import clock
from forum.backup.making import make
from forum.backup.restoring import restore
from forum.config import Settings
from forum.db import Database
from moderation.keys import Keyring

what, url, keys, folder = sys.argv[1:]
settings = Settings(database_url=url, keys_dir=Path(keys))
print("ready", flush=True)
sys.stdin.readline()
if what == "make":
    keyring = Keyring.open(settings.keys)
    database = Database(url, keyring=keyring)
    make(database, keyring, keys_dir=settings.keys, to=Path(folder), with_keys=None, at=clock.now())
else:
    restore(settings, source=Path(folder), keys_from=None, replace=True, at=clock.now())
print("done", flush=True)
"""


def a_session(member: Member) -> SignInSession:
    now = clock.now()
    return SignInSession(
        token_hash=f"live-{member.id}",
        member_id=member.id,
        device="Test",
        created_at=now,
        last_used_at=now,
        expires_at=now + timedelta(days=1),
    )


class Place:
    """A database with enough in it that copying takes a while."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.keys, self.folder = url, folder / "keys", folder
        self.keyring = Keyring.open(self.keys)
        self.database = Database(url, keyring=self.keyring)
        with self.database.transaction() as session:
            author = a_member(session)
            session.add(a_session(author))
            thread = a_thread(session, a_group(session, members=(author,)), author)
            for _ in range(POSTS):
                a_post(session, thread, author, words="[placeholder] " * 50)

    def back_up(self, name: str) -> Path:
        target = self.folder / name
        make(self.database, self.keyring, keys_dir=self.keys, to=target, with_keys=None, at=clock.now())
        return target

    def start(self, what: str, folder: Path) -> subprocess.Popen[str]:
        """The work in a process of its own, waiting for the word to begin."""
        command = [sys.executable, "-c", DRIVER, what, self.url, str(self.keys), str(folder)]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        return process

    def run(self, what: str, folder: Path, *, kill_after: float | None) -> float:
        """Let it work, to the end or until killed. Gives the seconds it took."""
        process = self.start(what, folder)
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write("go\n")
        process.stdin.flush()
        began = time.monotonic()
        if kill_after is not None:
            time.sleep(kill_after)
            process.send_signal(signal.SIGKILL)
        said, _ = process.communicate(timeout=60)
        assert kill_after is not None or said == "done\n", "it failed by itself"
        return time.monotonic() - began


@pytest.fixture
def place(database_url: str, tmp_path: Path) -> Iterator[Place]:
    place = Place(database_url, tmp_path)
    yield place
    place.database.dispose()


def test_a_killed_backup_never_looks_like_one(place: Place) -> None:
    whole = place.run("make", place.folder / "whole", kill_after=None)
    assert read(place.folder / "whole").facts.tables["posts"] == POSTS + 1

    for number in range(KILLS):
        target = place.folder / "killed"
        place.run("make", target, kill_after=whole * number / KILLS)
        if target.exists():
            read(target)
            shutil.rmtree(target)
    place.back_up("killed")
    assert {path.name for path in place.folder.iterdir()} == {"keys", "whole", "killed"}


def test_a_killed_restore_leaves_one_truth_and_can_be_repeated(place: Place) -> None:
    backup = place.back_up("data")
    place.database.dispose()
    whole = place.run("restore", backup, kill_after=None)

    for number in range(KILLS):
        with place.database.transaction() as session:
            session.add(a_session(a_member(session, name="Written later")))
        place.database.dispose()
        place.run("restore", backup, kill_after=whole * number / KILLS)
        _wait_for_other_programs(place)
        _require_one_truth(place)

    settings = Settings(database_url=place.url, keys_dir=place.keys)
    restore(settings, source=backup, keys_from=None, replace=True, at=clock.now())
    assert "Written later" not in _names(place)
    if place.database.is_sqlite:
        assert not list(Path(place.url.removeprefix("sqlite:///")).parent.glob("*restoring*"))


def _names(place: Place) -> list[str]:
    with place.database.reading() as session:
        return list(session.scalars(select(Member.pseudonym)))


def _require_one_truth(place: Place) -> None:
    """Either nothing happened, or the backup is there and nobody is signed in."""
    with place.database.reading() as session:
        if place.database.is_sqlite:
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
        alive = session.scalars(select(SignInSession.id).where(SignInSession.revoked_at.is_(None))).all()
    restored = "Written later" not in _names(place)
    assert bool(alive) != restored
    place.database.dispose()


def _wait_for_other_programs(place: Place) -> None:
    """psql outlives the process that started it; it ends by itself, with all or nothing done."""
    if place.url.startswith("sqlite"):
        return
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with place.database.reading() as session:
            if session.scalar(others) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("another program still works on the database")

"""What must not meet real people: a default secret, a missing name, the invented community."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from forum import clock, config
from forum.config import Environment, Settings, Unfit
from forum.db import Database
from forum.models import Role
from forum.production import refuse_demo_people, refuse_other_keys
from moderation import audit
from moderation.audit.checkpoints import checkpoint
from moderation.keys import Keyring
from moderation.verbs import Verb
from tests.support.making import a_member

FIT = {
    "HAVEN_ENV": "production",
    "HAVEN_SECRET_KEY": "k" * 40,
    "HAVEN_ORGANISATION": "A charity",
    "HAVEN_CONTACT": "hello@charity.example",
    "HAVEN_BASE_URL": "https://forum.example",
}


@pytest.fixture
def fit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    for name, value in {**FIT, "HAVEN_INSTANCE": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_settings_that_are_complete_are_taken(fit: pytest.MonkeyPatch) -> None:
    assert config.load().env is Environment.PRODUCTION


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HAVEN_SECRET_KEY", ""),
        ("HAVEN_SECRET_KEY", "short"),
        ("HAVEN_ORGANISATION", ""),
        ("HAVEN_CONTACT", ""),
        ("HAVEN_BASE_URL", "http://forum.example"),
    ],
)
def test_each_gap_is_a_sentence_that_names_the_setting(
    fit: pytest.MonkeyPatch, name: str, value: str
) -> None:
    fit.setenv(name, value)
    with pytest.raises(Unfit) as refusal:
        config.load()
    assert name in str(refusal.value)
    assert "et it to" in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("HAVEN_MINIMUM_AGE", "7"), ("HAVEN_SIGN_UP", "maybe"), ("HAVEN_PORT", "http"), ("HAVEN_ENV", "prod")],
)
def test_a_bad_value_is_named(fit: pytest.MonkeyPatch, name: str, value: str) -> None:
    fit.setenv(name, value)
    with pytest.raises(Unfit, match=name):
        config.load()


def test_demo_people_are_refused(database: Database) -> None:
    refuse_demo_people(database)
    with database.transaction() as session:
        a_member(session).sign_in_name = "demo-member"
    with pytest.raises(Unfit, match="HAVEN_DATABASE_URL"):
        refuse_demo_people(database)


def test_an_empty_file_is_no_reason_to_refuse(tmp_path: Path) -> None:
    refuse_demo_people(Database(f"sqlite:///{tmp_path / 'new.db'}"))


def test_limits_are_on_unless_this_is_the_suite() -> None:
    assert Settings(env=Environment.DEMO).limits_on
    assert not Settings(env=Environment.TEST).limits_on
    assert Settings(env=Environment.TEST, rate_limits=True).limits_on


def test_the_start_is_refused_in_sentences(tmp_path: Path) -> None:
    env = {**os.environ, **FIT, "HAVEN_SECRET_KEY": "", "HAVEN_INSTANCE": str(tmp_path)}
    started = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=config.ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 1
    assert started.stderr.startswith("Haven cannot start.\nHAVEN_SECRET_KEY is missing or short.")
    assert "Traceback" not in started.stderr


def test_other_keys_than_those_that_signed_the_record_are_refused(database: Database, tmp_path: Path) -> None:
    with database.transaction() as session:
        admin = a_member(session, role=Role.ADMIN)
        audit.append(
            session,
            Verb.BACKUP_MADE,
            actor=audit.Actor(admin.id, "admin"),
            at=clock.now(),
            with_keys=False,
        )
    with database.transaction() as session:
        checkpoint(session, clock.now())
    keyring = database.info["keyring"]
    assert keyring is not None
    refuse_other_keys(database, keyring)
    with pytest.raises(Unfit, match="HAVEN_KEYS_DIR"):
        refuse_other_keys(database, Keyring.open(tmp_path / "new"))

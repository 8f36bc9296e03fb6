"""The site as tests meet it: real parts, a fresh database, and detectors that do not surprise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from forum.app import create_app
from forum.config import Environment, Settings
from forum.db import Database
from forum.web.parts import KEY
from moderation.detectors import Detector
from moderation.detectors.contact import ContactDetector
from moderation.detectors.fixed import fixed_detector
from moderation.detectors.phrases import PhraseDetector
from tests.support.client import CheckingClient


@pytest.fixture
def settings(database_url: str, run_folder: Path) -> Settings:
    """Settings for one test. The keys are shared by the run: making them anew proves nothing."""
    return Settings(
        env=Environment.TEST,
        instance=run_folder / "instance",
        database_url=database_url,
        keys_dir=run_folder / "keys",
        sign_up="open",
        embedded_worker=False,
    )


@pytest.fixture
def detectors() -> tuple[Detector, ...]:
    """The fixed classifier, and the real phrase and contact detectors. Override it to take one away."""
    return (fixed_detector(), PhraseDetector(), ContactDetector())


@pytest.fixture
def app(settings: Settings, detectors: tuple[Detector, ...]) -> Iterator[Flask]:
    """The whole site on this test's database."""
    app = create_app(settings, detectors=detectors)
    yield app
    app.extensions[KEY].database.dispose()


@pytest.fixture
def database(app: Flask) -> Database:
    """The same database that the site uses."""
    database: Database = app.extensions[KEY].database
    return database


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One open transaction, for tests of actions and queries. Pages need `database.transaction()` instead."""
    with database.transaction() as session:
        yield session


@pytest.fixture
def client(app: Flask) -> CheckingClient:
    """A browser that checks every page. Call `another_client` for a second person."""
    return CheckingClient(app)


@pytest.fixture
def another_client(app: Flask) -> CheckingClient:
    return CheckingClient(app)

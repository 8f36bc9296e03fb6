"""The site as tests meet it: real parts, a fresh database, and detectors that do not surprise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from forum.config import Settings
from forum.db import Database
from forum.web.parts import KEY
from moderation import sampling
from moderation.detectors import Detector
from moderation.detectors.contact import ContactDetector
from moderation.detectors.fixed import fixed_detector
from moderation.detectors.phrases import PhraseDetector
from moderation.sampling import Draw
from tests.support.client import CheckingClient
from tests.support.quick_start import PlainSite, plain_settings


@pytest.fixture
def settings(database_url: str, run_folder: Path) -> Settings:
    """Settings for one test; override it to choose others."""
    return plain_settings(database_url, run_folder)


@pytest.fixture
def detectors() -> tuple[Detector, ...]:
    """The fixed classifier, and the real phrase and contact detectors. Override it to take one away."""
    return (fixed_detector(), PhraseDetector(), ContactDetector())


@pytest.fixture(scope="session")
def plain_site(run_folder: Path) -> PlainSite:
    return PlainSite(run_folder)


@pytest.fixture
def draw() -> Draw:
    """No post is drawn at random. Override it to say which are."""
    return sampling.never


@pytest.fixture
def app(
    plain_site: PlainSite, settings: Settings, detectors: tuple[Detector, ...], draw: Draw
) -> Iterator[Flask]:
    """The whole site on this test's database."""
    app = plain_site.lend(settings, detectors, draw)
    yield app
    plain_site.take_back(app)


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

"""Starting the site some thousand times, cheaply: compiled templates and the plain app are kept between tests.

Nothing of a test survives into the next: each gets its own database and detectors, and an app that a test
changed is thrown away.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from types import CodeType
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from forum.app import create_app
from forum.config import Environment, Settings
from forum.db import Database
from forum.web.parts import KEY
from moderation.detectors import Detector
from moderation.keys import Keyring
from moderation.sampling import Draw

PER_TEST = {"database_url"}


def plain_settings(database_url: str, folder: Path) -> Settings:
    """What the suite runs with. The keys are shared by the run: making them anew proves nothing."""
    return Settings(
        env=Environment.TEST,
        instance=folder / "instance",
        database_url=database_url,
        keys_dir=folder / "keys",
        sign_up="open",
        embedded_worker=False,
    )


class CompiledTemplates(BytecodeCache):
    """Templates compiled once a process; a changed source is compiled anew."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self.kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = (bucket.checksum, bucket.code)


class PlainSite:
    """The app with the suite's plain settings, built once. Other settings get an app of their own."""

    def __init__(self, folder: Path) -> None:
        Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": CompiledTemplates()}
        self.app: Flask | None = None
        self.databases: dict[str, Database] = {}
        self.plain = plain_settings("", folder).model_dump(exclude=PER_TEST)
        self.as_built: tuple[dict[str, Any], dict[str, Any], int] = ({}, {}, 0)

    def lend(self, settings: Settings, detectors: Sequence[Detector], draw: Draw) -> Flask:
        """An app on this test's database. Call `take_back` afterwards."""
        if settings.model_dump(exclude=PER_TEST) != self.plain:
            return create_app(settings, detectors=detectors, draw=draw)
        if self.app is None:
            self.app = create_app(settings, detectors=detectors, draw=draw)
            self.as_built = _state(self.app)
        else:
            made = self.app.extensions[KEY]
            self.app.extensions[KEY] = dataclasses.replace(
                made,
                settings=settings,
                database=self._database(settings.url, made.keyring),
                detectors=tuple(detectors),
                draw=draw,
            )
            self.app._got_first_request = False  # a test may still add an address of its own
        return self.app

    def _database(self, url: str, keyring: Keyring) -> Database:
        """The same engine for the same address: it keeps what it compiled, and no connection."""
        if url not in self.databases:
            self.databases[url] = Database(url, keyring=keyring)
        return self.databases[url]

    def take_back(self, app: Flask) -> None:
        app.extensions[KEY].database.dispose()
        if app is self.app and _state(app) != self.as_built:
            self.app = None


def _state(app: Flask) -> tuple[dict[str, Any], dict[str, Any], int]:
    """What a test could change in an app."""
    return dict(app.config), dict(app.view_functions), len(list(app.url_map.iter_rules()))

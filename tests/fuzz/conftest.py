"""A world, and one person who sends inputs to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from forum.db import Database
from tests.fuzz.campaign import Campaign
from tests.fuzz.listening import listening
from tests.fuzz.people import Kind
from tests.fuzz.sending import Sender
from tests.fuzz.snapshots import Snapshot
from tests.fuzz.world_site import a_world
from tests.support.databases import PostgresCopies


@pytest.fixture
def campaign(
    request: pytest.FixtureRequest, app: Flask, database: Database, capfd: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Campaign]]:
    """`campaign(kind, share=…)`: all the inputs of one kind of person, at least so many of them, ready to run.

    PostgreSQL takes its time over a new database: there a world is used for some changes before it is made anew.
    """
    with database.transaction() as session:
        world = a_world(session)
    copies: PostgresCopies | None = None if database.is_sqlite else request.getfixturevalue("postgres_copies")
    snapshot = Snapshot(database, copies.cluster if copies else None)
    senders: list[Sender] = []
    with listening(app) as heard:

        def made(kind: Kind, *, share: int, one_in: int = 1) -> Campaign:
            keeps = 0 if database.is_sqlite else 15
            sender = Sender(app, database, kind, world, snapshot, lambda: capfd.readouterr().err, keeps=keeps)
            senders.append(sender)
            return Campaign(sender, heard, share=share, one_in=one_in)

        yield made
    for sender in senders:
        sender.end()
    snapshot.close()

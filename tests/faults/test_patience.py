"""Who waits for a locked database, and for how long, so that there is always a thread for readers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from forum import clock
from forum.config import Environment, Settings
from forum.db import Database
from forum.patience import FULL_SECONDS, LEAST_SECONDS, SHORT_SECONDS, Patience
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Another program writes, and does not come to an end."""
    engine = create_engine(database.url)
    with engine.connect() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("DELETE FROM jobs")
        else:
            connection.execute(text("LOCK TABLE jobs, sessions IN EXCLUSIVE MODE"))
        yield
        connection.rollback()
    engine.dispose()


def write(database: Database) -> float:
    """Try to write; gives the seconds until it was refused."""
    began = time.monotonic()
    with pytest.raises(OperationalError), database.transaction() as session:
        session.execute(text("DELETE FROM jobs"))
    return time.monotonic() - began


def test_only_so_many_wait_in_full_and_the_others_shortly() -> None:
    patience = Patience(most=2)
    with ExitStack() as under_way:
        waits = [under_way.enter_context(patience.change()) for _ in range(4)]
        assert waits == [FULL_SECONDS, FULL_SECONDS, SHORT_SECONDS, SHORT_SECONDS]
        patience._seated = {number: began - SHORT_SECONDS - 1 for number, began in patience._seated.items()}
        assert under_way.enter_context(patience.change()) == LEAST_SECONDS, "it is locked, and not only busy"
    with patience.change() as waits_now:
        assert waits_now == FULL_SECONDS


def test_what_is_known_to_be_locked_stays_so_until_somebody_gets_through() -> None:
    patience = Patience(full=0.0, most=0)
    with pytest.raises(ValueError, match="in vain"), patience.change():
        raise ValueError("in vain")
    patience.full = FULL_SECONDS
    for _ in range(2):
        with pytest.raises(ValueError, match="in vain"), patience.change() as waits:
            assert waits == LEAST_SECONDS
            time.sleep(LEAST_SECONDS)
            raise ValueError("in vain")
    with patience.change() as waits:
        assert waits == LEAST_SECONDS
    with patience.change() as waits:
        assert waits == SHORT_SECONDS


def test_nobody_is_hurried_where_there_are_no_readers_to_think_of() -> None:
    patience = Patience()
    with ExitStack() as under_way:
        assert [under_way.enter_context(patience.change()) for _ in range(50)] == [FULL_SECONDS] * 50


def test_the_wait_is_kept_to_the_second(database: Database) -> None:
    """Both databases, and the usual wait is back for the next one on the same connection."""
    hasty = Database(database.url, patience=Patience(0.6, most=1))
    try:
        with locked(database):
            with hasty.patience.change():
                assert write(hasty) < 0.6 + 0.4
            hasty.patience._locked = True
            hasty.patience.most = 0
            assert write(hasty) < 0.4
            hasty.patience.most = 1
            assert write(hasty) > 0.5
    finally:
        hasty.dispose()


def test_a_page_does_not_wait_for_its_time_stamp(
    app: Flask, client: CheckingClient, database: Database
) -> None:
    with database.transaction() as session:
        member = a_member(session)
        a_group(session, "Evenings", members=(member,))
    client.sign_in(member, at=clock.now() - timedelta(minutes=30))
    with locked(database):
        began = time.monotonic()
        page = client.get("/groups")
        assert time.monotonic() - began < 3
    assert page.has("Evenings")


def test_the_site_keeps_half_of_its_threads_for_readers() -> None:
    def seats(threads: int, env: Environment = Environment.DEMO) -> int | None:
        return Settings(env=env, threads=threads, instance=Path("unused")).waiting_writers

    assert [seats(threads) for threads in (1, 2, 4, 8)] == [1, 1, 2, 4]
    assert seats(4, Environment.TEST) is None


def test_the_embedded_worker_takes_no_seat(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database.patience, "most", 1)
    own = database.for_a_worker()
    try:
        assert own.patience is not database.patience
        assert own.keyring is database.keyring
        done = threading.Event()
        with own.transaction() as session:
            session.execute(text("SELECT 1"))
            done.set()
        assert done.is_set()
    finally:
        own.dispose()

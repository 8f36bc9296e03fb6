"""The suite's own guards hold."""

from __future__ import annotations

import socket

import pytest
from sqlalchemy import text

from forum.db import Database
from tests.support.network import ReachedOut
from tests.support.statements import counted


def test_no_test_reaches_out_of_this_machine() -> None:
    with pytest.raises(ReachedOut), socket.socket() as outside:
        outside.connect(("192.0.2.1", 80))
    with pytest.raises(ReachedOut):
        socket.getaddrinfo("elsewhere.example", 80)


def test_statements_are_counted_from_every_session(database_url: str) -> None:
    database = Database(database_url)
    try:
        with counted(database) as found:
            with database.reading() as session:
                session.execute(text("SELECT 1"))
            with database.transaction() as session:
                session.execute(text("DELETE FROM jobs"))
            assert len(found) == 2
            assert found.writes == ["DELETE FROM jobs"]
    finally:
        database.dispose()

"""A disk that is full: a clear page, the words kept, nothing half done, and reading goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from forum.db import Database
from moderation.db import Base
from tests.faults.failing import everything
from tests.faults.writes import KINDS, WORDS, form_of
from tests.support.client import CheckingClient

NO_ROOM = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$
"""
MUCH = f"{WORDS} " * 100
LONG = {"thread", "reply", "edit"}
"""These may be long enough that no free corner of a page is left for them."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_keeps_the_words_and_half_does_nothing(
    client: CheckingClient, database: Database, kind: str
) -> None:
    """SQLite may not grow by a page; on PostgreSQL each table says what the server says then (53100)."""
    with database.transaction() as session:
        write = KINDS[kind](session)
    if kind in LONG:
        write = replace(write, fields={**write.fields, "text": MUCH})
    client.sign_in(write.who)
    page = client.get(write.page)
    form = form_of(page, write.action).fill(**write.fields)
    before = everything(database)
    fill_up(database)
    page = client.post(form.action or page.path, form.data, status=None)
    if database.is_sqlite and kind not in LONG and page.status == 200:
        return  # there was room in a page that it has already, and all of it was done
    assert page.status == 503
    assert page.has("Our server has run out of room")
    for typed in write.typed:
        assert typed.strip() in page.body
    assert everything(database) == before
    client.get(write.page)


def fill_up(database: Database) -> None:
    """No room for one more row."""
    if not database.is_sqlite:
        with database.transaction() as session:
            session.execute(text(NO_ROOM))
            for table in Base.metadata.tables:
                session.execute(
                    text(
                        f"CREATE TRIGGER a_full_disk BEFORE INSERT OR UPDATE ON {table} "
                        "EXECUTE FUNCTION no_room()"
                    )
                )
        return
    database.dispose()
    with database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

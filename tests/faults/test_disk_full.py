"""A disk that is full: a clear page, the words kept, nothing half done."""

from __future__ import annotations

from sqlalchemy import func, select, text

from forum.db import Database
from forum.models import Post, Revision
from moderation.models import AssessmentRow
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_thread

NO_ROOM = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$
"""
WORDS = "It took me an hour to write this about the heron. " * 100


def test_a_full_disk_keeps_the_words_and_half_does_nothing(
    client: CheckingClient, database: Database
) -> None:
    """SQLite may not grow by a page; on PostgreSQL a trigger says what the server says then (53100)."""
    with database.transaction() as session:
        author = a_member(session)
        thread = a_thread(session, a_group(session, members=(author,)), author)
    client.sign_in(author)
    client.get(f"/t/{thread.id}")
    fill_up(database)
    page = client.post(
        f"/t/{thread.id}/reply", {"text": WORDS, "submission": "disk-full-submission"}, status=503
    )
    assert page.has("Our server has run out of room")
    assert WORDS.strip() in page.body
    with database.reading() as session:
        counts = [
            session.scalar(select(func.count()).select_from(table))
            for table in (Post, Revision, AssessmentRow)
        ]
    assert counts == [1, 1, 0]


def fill_up(database: Database) -> None:
    """No room for one more revision."""
    if not database.is_sqlite:
        with database.transaction() as session:
            session.execute(text(NO_ROOM))
            session.execute(
                text("CREATE TRIGGER full_disk BEFORE INSERT ON revisions EXECUTE FUNCTION no_room()")
            )
        return
    database.dispose()
    with database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

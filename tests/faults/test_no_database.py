"""The database is gone: every page still says so calmly, with the words, help and the way out."""

from __future__ import annotations

from sqlalchemy import text

from forum.db import Database
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_thread

WORDS = "It took me an hour to write this about the heron."


def test_pages_without_their_tables_stay_calm(client: CheckingClient, database: Database) -> None:
    """Even finding out who is asking fails; the page about it must not ask again."""
    with database.transaction() as session:
        member = a_member(session)
        thread = a_thread(session, a_group(session, members=(member,)), member)
    client.sign_in(member)
    client.get(f"/t/{thread.id}")
    with database.transaction() as session:
        session.execute(text("ALTER TABLE sessions RENAME TO sessions_gone"))
    for path in ("/groups", f"/t/{thread.id}", "/account"):
        page = client.get(path, status=None)
        assert page.status in (500, 503)
        assert page.has("In danger?")
    page = client.post(
        f"/t/{thread.id}/reply", {"text": WORDS, "submission": "no-database-here"}, status=None
    )
    assert page.status in (500, 503)
    assert WORDS in page.body
    assert client.get("/leave/about", status=None).status in (200, 500, 503)

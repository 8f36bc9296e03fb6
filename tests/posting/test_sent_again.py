"""A form that comes back by the Back button, is changed and sent once more: the new words do not vanish."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from forum.db import Database
from forum.models import Group, Member, Post, Revision, Thread
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_thread

FIRST, THEN = "A calm day by the river.", "A calm day by the river, and a long walk."


@pytest.fixture
def thread(database: Database, client: CheckingClient) -> Thread:
    with database.transaction() as session:
        member: Member = a_member(session)
        thread = a_thread(session, a_group(session, members=(member,)), member)
    client.sign_in(member)
    return thread


def sources(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Revision.source).order_by(Revision.id)))


def test_other_words_under_the_same_form_come_back(
    client: CheckingClient, database: Database, thread: Thread
) -> None:
    path = f"/t/{thread.id}/reply"
    sent = {"text": FIRST, "note": "", "submission": "the-same-submission"}
    client.get(path)
    client.post(path, sent)
    client.get(path)
    assert client.post(path, sent).has("We already have this one")
    client.get(path)
    page = client.post(path, {**sent, "text": THEN, "note": "mentions walking"}, status=409)
    assert page.h1 == "You have sent this once already"
    assert sources(database)[1:] == [FIRST]
    form = page.form("Send it again")
    assert (form["text"], form["note"]) == (THEN, "mentions walking")
    page.submit(form, status=200)
    assert sources(database)[1:] == [FIRST, THEN]


def test_another_title_counts_as_other_words(
    client: CheckingClient, database: Database, thread: Thread
) -> None:
    with database.reading() as session:
        path = f"/g/{session.get_one(Group, thread.group_id).slug}/new"
    sent = {"title": "A walk", "text": FIRST, "submission": "the-same-submission"}
    client.get(path)
    client.post(path, sent)
    client.get(path)
    page = client.post(path, {**sent, "title": "A long walk"}, status=409)
    assert page.form("Send it again")["title"] == "A long walk"


def test_an_edit_too(client: CheckingClient, database: Database, thread: Thread) -> None:
    with database.reading() as session:
        post = session.scalars(select(Post).where(Post.thread_id == thread.id)).one()
    path = f"/p/{post.id}/edit"
    sent = {"title": "A walk", "text": FIRST, "submission": "the-same-submission"}
    client.get(path)
    client.post(path, sent)
    client.get(path)
    page = client.post(path, {**sent, "text": THEN}, status=409)
    page.submit(page.form("Send it again"), status=200)
    assert sources(database)[1:] == [FIRST, THEN]

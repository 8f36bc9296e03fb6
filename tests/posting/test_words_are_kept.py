"""Promise 14: what was typed is never lost, whatever stands in the way."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from forum import clock
from forum.db import Database
from forum.models import Group, Member, Thread
from forum.patience import Patience
from forum.web.parts import KEY
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_thread

WORDS = "It took me an hour to write this about the heron."


@pytest.fixture
def thread(database: Database) -> Thread:
    with database.transaction() as session:
        author = a_member(session)
        group = a_group(session, members=(author,))
        return a_thread(session, group, author)


@pytest.fixture
def author(database: Database, thread: Thread) -> Member:
    with database.reading() as session:
        return session.get_one(Member, thread.author_id)


def send(client: CheckingClient, thread: Thread, *, status: int, forge: bool = False, **more: str) -> str:
    fields = {"text": WORDS, "submission": "kept-words-submission", **more}
    return client.post(f"/t/{thread.id}/reply", fields, status=status, forge=forge).body


Obstacle = Callable[[Database, Thread, CheckingClient], tuple[int, bool, dict[str, str]]]


def too_long(
    _database: Database, _thread: Thread, _client: CheckingClient
) -> tuple[int, bool, dict[str, str]]:
    return 422, False, {"text": WORDS + "x" * 10_000}


def bare_warning(
    _database: Database, _thread: Thread, _client: CheckingClient
) -> tuple[int, bool, dict[str, str]]:
    return 422, False, {"note": "TW"}


def unknown_label(
    _database: Database, _thread: Thread, _client: CheckingClient
) -> tuple[int, bool, dict[str, str]]:
    return 422, False, {"labels": "no_such_label"}


def contact_details(
    _database: Database, _thread: Thread, _client: CheckingClient
) -> tuple[int, bool, dict[str, str]]:
    return 422, False, {"text": f"{WORDS} heron@mail.example"}


def forged_token(
    _database: Database, _thread: Thread, _client: CheckingClient
) -> tuple[int, bool, dict[str, str]]:
    return 400, True, {}


def signed_out(
    _database: Database, _thread: Thread, client: CheckingClient
) -> tuple[int, bool, dict[str, str]]:
    with client.http.session_transaction() as cookie:
        cookie.pop("_user_id")
    client.signed_in = False
    return 401, False, {}


def locked_thread(
    database: Database, thread: Thread, _client: CheckingClient
) -> tuple[int, bool, dict[str, str]]:
    with database.transaction() as session:
        session.get_one(Thread, thread.id).locked_at = clock.now()
    return 409, False, {}


def no_facilitator(
    database: Database, _thread: Thread, _client: CheckingClient
) -> tuple[int, bool, dict[str, str]]:
    with database.transaction() as session:
        session.execute(text("UPDATE facilitations SET ended_at = since"))
    return 409, False, {}


def group_ended(
    database: Database, thread: Thread, _client: CheckingClient
) -> tuple[int, bool, dict[str, str]]:
    with database.transaction() as session:
        session.get_one(Group, thread.group_id).archived_at = clock.now()
    return 409, False, {}


OBSTACLES: list[Obstacle] = [
    too_long,
    bare_warning,
    unknown_label,
    contact_details,
    forged_token,
    signed_out,
    locked_thread,
    no_facilitator,
    group_ended,
]


@pytest.mark.parametrize("obstacle", OBSTACLES, ids=lambda found: found.__name__)
def test_words_are_kept(
    client: CheckingClient, database: Database, thread: Thread, author: Member, obstacle: Obstacle
) -> None:
    client.sign_in(author)
    client.get(f"/t/{thread.id}")
    status, forge, more = obstacle(database, thread, client)
    assert WORDS in send(client, thread, status=status, forge=forge, **more)


def test_words_are_kept_while_the_database_is_locked(
    app: Flask, client: CheckingClient, database: Database, thread: Thread, author: Member
) -> None:
    made = app.extensions[KEY]
    hasty = Database(database.url, keyring=made.keyring, patience=Patience(0.2))
    app.extensions[KEY] = dataclasses.replace(made, database=hasty)
    client.sign_in(author)
    client.get(f"/t/{thread.id}")
    with database.transaction() as session:
        session.execute(text("UPDATE threads SET pinned = pinned"))
        body = send(client, thread, status=503)
    hasty.dispose()
    app.extensions[KEY] = made
    assert WORDS in body
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM posts")).scalar() == 1


def test_the_kept_words_can_be_sent_again(
    client: CheckingClient, database: Database, thread: Thread, author: Member
) -> None:
    client.sign_in(author)
    client.get(f"/t/{thread.id}")
    page = client.post(
        f"/t/{thread.id}/reply",
        {"text": WORDS, "submission": "kept-words-submission"},
        status=400,
        forge=True,
    )
    again = page.submit(page.form("Send it again"))
    assert again.has(WORDS)
    assert again.has("Your post is up.")

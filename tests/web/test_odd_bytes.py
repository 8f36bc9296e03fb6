"""Bytes that no keyboard and no browser makes: each is answered with a whole page, and the words come back."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from forum.db import Database
from forum.models import Member, Post, PostState, Thread
from forum.web.typed import seen
from tests.support.client import HEADERS, CheckingClient
from tests.support.making import a_group, a_member, a_thread

NO_TEXT = "country=\xff\xfe&page=\xe9"
"""As a server hands a query over: one character for each byte."""
WORDS = "A calm day by the river."


@pytest.fixture
def thread(database: Database, client: CheckingClient) -> Thread:
    with database.transaction() as session:
        member: Member = a_member(session)
        thread = a_thread(session, a_group(session, members=(member,)), member)
    client.sign_in(member)
    return thread


@pytest.mark.parametrize("path", ["/help", "/sign-in", "/groups", "/no/such/page"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_query_that_is_no_text_is_still_an_address(app: Flask, path: str, method: str) -> None:
    answer = app.test_client().open(
        path, method=method, headers=HEADERS, environ_overrides={"QUERY_STRING": NO_TEXT}
    )
    assert answer.status_code in (200, 303, 400, 404, 405)


def test_asking_for_the_head_of_a_form_does_not_send_it(
    app: Flask, client: CheckingClient, database: Database, thread: Thread
) -> None:
    with database.reading() as session:
        post = session.scalars(select(Post).where(Post.thread_id == thread.id)).one()
    answer = client.http.head(f"/p/{post.id}/withdraw", headers=HEADERS)
    assert (answer.status_code, answer.data) == (200, b"")
    with database.reading() as session:
        assert session.get_one(Post, post.id).state is PostState.SHOWN


def test_a_query_that_is_text_is_read_as_before(client: CheckingClient, thread: Thread) -> None:
    page = client.get("/help", query={"country": "IE"})
    assert page.has("Ireland")


def test_a_field_that_came_twice_stands_once_and_both_are_kept(
    client: CheckingClient, thread: Thread
) -> None:
    client.get(f"/t/{thread.id}/reply")
    page = client.post(
        f"/t/{thread.id}/reply",
        {"text": [WORDS, "And another."], "note": ["one", "two"], "csrf_token": "made up"},
        status=400,
    )
    sent_again = page.form("Send it again").data
    assert sent_again["text"] == [WORDS, "And another."]
    assert sent_again["note"] == ["one", "two"]


@pytest.mark.parametrize("char", ["\ufffe", "\uffff", "\ufdd0", "\U0010ffff", "\x00", "\x9b"])
def test_a_code_that_is_no_character_is_left_out_everywhere(
    client: CheckingClient, thread: Thread, char: str
) -> None:
    client.get(f"/t/{thread.id}/reply")
    page = client.post(
        f"/t/{thread.id}/reply", {"text": f"{WORDS}{char}", "note": "x" * 200, "quotes": char}, status=422
    )
    form = next(form for form in page.forms if "text" in form.fields)
    assert form["text"].strip() == WORDS
    assert char not in page.body


@pytest.mark.parametrize("path", ["/sign-in", "/help", "/join", "/no/such/page"])
def test_a_part_without_a_name_is_no_field(app: Flask, path: str) -> None:
    body = (
        "--edge\r\nContent-Disposition: form-data\r\n\r\nnobody asked\r\n"
        f'--edge\r\nContent-Disposition: form-data; name="text"\r\n\r\n{WORDS}\r\n--edge--\r\n'
    )
    kind = "multipart/form-data; boundary=edge"
    answer = app.test_client().post(path, data=body, content_type=kind, headers=HEADERS)
    assert answer.status_code in (400, 404, 405)
    assert WORDS in answer.get_data(as_text=True)


def test_letters_that_this_python_does_not_know_yet_are_kept() -> None:
    """New emoji come every year: only what stays free for ever is left out."""
    assert (
        seen("\U0001fadd \U0001f1ff\U000e0041 e\u0301 \u202e")
        == "\U0001fadd \U0001f1ff\U000e0041 e\u0301 \u202e"
    )

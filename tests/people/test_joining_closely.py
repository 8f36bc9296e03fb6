"""Joining, looked at closely: what the cookie shows, and what guesses at a new account's pass-phrase gain."""

from __future__ import annotations

import json

from flask import Flask
from sqlalchemy import func, select

from forum.actions.throttle import FREE_BY_NAME
from forum.db import Database
from forum.models import SignInAttempt
from tests.people.people import NAMES, PHRASE, fill_account, joined, to_account_page
from tests.support.client import CheckingClient

WRONG = "other river seven lanterns"


def test_answers_cannot_be_read_in_the_cookie(client: CheckingClient) -> None:
    page = fill_account(to_account_page(client), new_pass_phrase_again=WRONG)
    assert page.status == 422

    with client.http.session_transaction() as cookie:
        shown = json.dumps(dict(cookie))
    # The country with its quotes: two letters alone turn up by chance in what is sealed.
    open_country = '"GB"' in shown.replace("\\", "")
    assert not open_country
    assert not [answer for answer in (*NAMES.values(), "old_enough") if answer in shown]
    form = client.get("/join/account").form("Make my account")
    assert (form["pseudonym"], form["sign_in_name"]) == (NAMES["pseudonym"], NAMES["sign_in_name"])


def test_a_cookie_that_cannot_be_opened_starts_again(client: CheckingClient) -> None:
    to_account_page(client)
    for broken in ("v1.broken", {"old_enough": True, "rules": 1}):
        with client.http.session_transaction() as cookie:
            cookie["joining"] = broken
        assert client.get("/join/account").path == "/join"


def test_answers_of_any_length_leave_a_cookie_that_browsers_keep(app: Flask, client: CheckingClient) -> None:
    letters = "".join(chr(0x1F300 + number) for number in range(700))
    to_account_page(client)
    names = ("pseudonym", "sign_in_name", "country", "timezone")
    client.post("/join/account", dict.fromkeys(names, letters), status=422)
    kept = client.http.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert kept is not None
    assert len(kept.value) < 3900


def test_guesses_at_a_new_account_are_counted_as_at_the_door(
    client: CheckingClient, another_client: CheckingClient, database: Database
) -> None:
    joined(client)
    page = to_account_page(another_client)
    for _ in range(FREE_BY_NAME):
        page = fill_account(page, new_pass_phrase=WRONG, new_pass_phrase_again=WRONG)
        assert page.status == 422

    page = fill_account(page)

    assert page.status == 422
    with database.reading() as session:
        assert (session.scalar(select(func.count()).select_from(SignInAttempt)) or 0) >= FREE_BY_NAME
    door = another_client.get("/sign-in")
    form = door.form("Sign in").fill(sign_in_name=NAMES["sign_in_name"], pass_phrase=PHRASE)
    assert door.submit(form, status=None).status == 429

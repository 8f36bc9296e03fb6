"""Joining: what is asked, what is declined kindly, what is kept and what is never stored."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from forum.db import Database
from forum.models import Member, PseudonymState, RecoveryCode
from tests.people.people import NAMES, PHRASE, fill_account, joined, the_member, to_account_page
from tests.support.client import CheckingClient


def _people(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Member)) or 0


def test_three_pages_make_an_account_and_show_eight_codes_once(
    client: CheckingClient, database: Database
) -> None:
    page = joined(client)

    assert page.h1 == "Your recovery codes"
    member = the_member(database)
    assert (member.pseudonym, member.pseudonym_state) == ("quiet heron", PseudonymState.SHOWN)
    assert member.age_stated_at is not None
    assert member.rules_version == 1
    assert PHRASE not in member.password_hash
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(RecoveryCode)) == 8
    again = client.get("/account/recovery-codes")
    assert again.has("You have 8 codes left that work.")


def test_the_offered_pass_phrase_signs_in(client: CheckingClient, another_client: CheckingClient) -> None:
    page = to_account_page(client)
    offered = page.form("Make my account")["offered_pass_phrase"]
    assert page.has(offered)
    page.submit(page.form("Make my account").fill(**NAMES, how="offered"), status=303)

    door = another_client.get("/sign-in")
    form = door.form("Sign in").fill(sign_in_name="my-own-door", pass_phrase=offered)
    assert door.submit(form, status=303).location == "/"


def test_somebody_younger_is_helped_and_nothing_is_stored(client: CheckingClient, database: Database) -> None:
    page = client.get("/join")
    page = page.submit(page.form("Go on").fill(age="younger"))

    assert page.has("We are glad that you looked")
    assert _people(database) == 0
    assert client.get("/join/account").path == "/join"


def test_the_rules_must_be_agreed_to(client: CheckingClient) -> None:
    page = client.get("/join")
    page = page.submit(page.form("Go on").fill(age="old_enough"))
    page = page.submit(page.form("Agree and go on"), status=422)

    assert page.errors() == ["Please tick the box if you agree. Without that we cannot let you in."]
    assert client.get("/join/account").path == "/join/rules"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "Please choose a name"),
        ("x" * 10_000, "30 letters"),
        ("call 07700 900123", "contact you"),
        ("me@example.org", "contact you"),
        ("quiet\u202eheron", "letters or numbers"),
        ("\U0001f331\U0001f331", "two letters"),
        ("\x00\x01", "Please choose a name"),
        ("Moderator Ana", "our team"),
        ("New member", "our team"),
    ],
)
def test_a_name_that_does_not_fit_is_declined_kindly(
    client: CheckingClient, database: Database, name: str, said: str
) -> None:
    page = fill_account(to_account_page(client), pseudonym=name)

    assert page.status == 422
    assert any(said in error for error in page.errors()), page.errors()
    form = page.form("Make my account")
    assert form["sign_in_name"] == "my-own-door"
    assert form["new_pass_phrase"] == ""
    assert _people(database) == 0


@pytest.mark.parametrize(
    "name", ["ab", "me@example.org", "quiet heron", "demo-ana", "x" * 10_000, "\x00", "-ab", "мой-вход"]
)
def test_a_sign_in_name_that_does_not_fit_is_declined(client: CheckingClient, name: str) -> None:
    page = fill_account(to_account_page(client), sign_in_name=name)

    assert page.status == 422
    assert page.form("Make my account")["pseudonym"] == "quiet heron"


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("short", "at least 12"),
        ("password1234", "guess first"),
        ("aaaaaaaaaaaaaaaa", "guess first"),
        ("my-own-door 12", "own names"),
        ("x" * 10_000, "200 characters"),
    ],
)
def test_a_weak_pass_phrase_is_declined(client: CheckingClient, phrase: str, said: str) -> None:
    page = fill_account(to_account_page(client), new_pass_phrase=phrase, new_pass_phrase_again=phrase)

    assert page.status == 422
    assert any(said in error for error in page.errors()), page.errors()
    assert phrase not in page.body or phrase == "short"


@pytest.mark.parametrize("name", ["Quiet Heron", "quiet-heron", "quiet herоn", "quíet heron", "qu1et her0n"])
def test_a_name_that_looks_like_anothers_is_taken(
    client: CheckingClient, another_client: CheckingClient, name: str
) -> None:
    joined(client)
    page = fill_account(to_account_page(another_client), pseudonym=name, sign_in_name="another-door")

    assert page.status == 422
    assert page.errors() == ["Somebody here has this name, or one that looks like it. Please choose another."]


def test_a_second_press_of_the_button_is_the_same_account(
    client: CheckingClient, another_client: CheckingClient, database: Database
) -> None:
    joined(client)
    page = fill_account(to_account_page(another_client))

    assert page.h1 == "Your recovery codes"
    assert _people(database) == 1


def test_unseen_characters_are_dropped(client: CheckingClient, database: Database) -> None:
    fill_account(to_account_page(client), pseudonym="quiet\x00 he\x01ron", sign_in_name="my-own\x00-door")

    assert the_member(database).pseudonym == "quiet heron"


def test_what_was_typed_survives_starting_over(client: CheckingClient) -> None:
    page = to_account_page(client)
    form = page.form("Make my account").fill(**NAMES)
    with client.http.session_transaction() as cookie:
        del cookie["joining"]
    page = page.submit(form)
    assert page.path == "/join"
    page = page.submit(page.form("Go on").fill(age="old_enough"))
    page = page.submit(page.form("Agree and go on").fill(agree="yes"))

    assert page.form("Make my account")["pseudonym"] == "quiet heron"

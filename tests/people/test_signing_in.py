"""The door: neutral words, slower after wrong tries, sessions that end."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update

from forum import clock
from forum.actions import sessions, throttle
from forum.db import Database
from forum.models import Member, Role, SignInAttempt, SignInSession
from tests.people.people import PHRASE, sign_in, with_phrase
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_thread

WRONG = "That name and pass-phrase do not fit together."


def _member(database: Database, role: Role = Role.MEMBER) -> Member:
    with database.transaction() as session:
        return with_phrase(session, role=role)


def test_the_right_pair_opens_the_door(client: CheckingClient, database: Database) -> None:
    member = _member(database)
    page = sign_in(client, f"  {member.sign_in_name.upper()} ", status=303)
    assert page.location == "/"

    client.signed_in = True
    assert client.get("/account").has(member.pseudonym)


def test_white_space_in_a_pass_phrase_does_not_matter(client: CheckingClient, database: Database) -> None:
    member = _member(database)
    sign_in(client, member.sign_in_name, f" {PHRASE.replace(' ', '   ')} ", status=303)


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("nobody-here", PHRASE),
        ("x" * 10_000, PHRASE),
        ("ab\x00cd", PHRASE),
        ("\u202e\U0001f331", "y" * 10_000),
        ("' OR 1=1 --", "\x00"),
    ],
)
def test_unknown_and_odd_names_get_the_same_answer(client: CheckingClient, name: str, phrase: str) -> None:
    page = sign_in(client, name, phrase, status=422)
    assert page.errors() == [WRONG] or page.errors() == ["Please type your pass-phrase."]


def test_a_wrong_pass_phrase_gets_the_same_answer_and_is_not_sent_back(
    client: CheckingClient, database: Database
) -> None:
    member = _member(database)
    page = sign_in(client, member.sign_in_name, "not the phrase at all", status=422)
    assert page.errors() == [WRONG]
    assert "not the phrase at all" not in page.body
    assert page.form("Sign in")["sign_in_name"] == member.sign_in_name


def test_bytes_that_are_no_text_are_answered(client: CheckingClient) -> None:
    client.get("/sign-in")
    data = b"sign_in_name=%ff%fe&pass_phrase=%ff&csrf_token=" + client.token().encode()
    answer = client.http.post(
        "/sign-in",
        data=data,
        content_type="application/x-www-form-urlencoded",
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("known", [True, False])
def test_after_five_wrong_tries_each_must_wait_longer(
    client: CheckingClient, database: Database, known: bool
) -> None:
    name = _member(database).sign_in_name if known else "nobody-here"
    with time_machine.travel(clock.now(), tick=False) as travel:
        for _ in range(throttle.FREE_BY_NAME):
            sign_in(client, name, "wrong phrase", status=422)
        page = sign_in(client, name, PHRASE, status=429)
        assert page.errors() == ["That was wrong a few times. Please try again in 1 minute."]

        travel.shift(timedelta(seconds=61))
        sign_in(client, name, "wrong phrase", status=422)
        page = sign_in(client, name, PHRASE, status=429)
        assert page.errors() == ["That was wrong a few times. Please try again in 2 minutes."]

        travel.shift(timedelta(seconds=121))
        sign_in(client, name, PHRASE, status=303 if known else 422)
    if known:
        with database.reading() as session:
            assert (
                session.scalar(select(func.count()).select_from(SignInAttempt)) == throttle.FREE_BY_NAME + 1
            )


def test_waits_grow_to_an_hour_and_no_further() -> None:
    waits = [throttle.wait_after(tries, 5) for tries in range(14)]
    assert waits[:7] == [timedelta(0)] * 5 + [timedelta(minutes=1), timedelta(minutes=2)]
    assert max(waits) == timedelta(hours=1)


def test_the_memory_of_tries_holds_no_name(client: CheckingClient, database: Database) -> None:
    sign_in(client, "somebody-here", "wrong phrase", status=422)
    with database.reading() as session:
        keys = session.scalars(select(SignInAttempt.key)).all()
    assert len(keys) == 2
    assert all(len(key) == 64 and "somebody" not in key for key in keys)


def test_signing_in_goes_on_to_the_page_that_was_asked_for(
    client: CheckingClient, database: Database
) -> None:
    member = _member(database)
    page = client.get("/account/browsers")
    assert page.path == "/sign-in?next=/account/browsers"
    form = page.form("Sign in").fill(sign_in_name=member.sign_in_name, pass_phrase=PHRASE)
    assert page.submit(form, status=303).location == "/account/browsers"


@pytest.mark.parametrize(
    "next_page", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example"]
)
def test_it_goes_on_only_within_the_site(client: CheckingClient, database: Database, next_page: str) -> None:
    member = _member(database)
    page = client.get("/sign-in", query={"next": next_page})
    form = page.form("Sign in").fill(sign_in_name=member.sign_in_name, pass_phrase=PHRASE)
    assert page.submit(form, status=303).location == "/"


def test_signing_out_ends_the_session_itself(client: CheckingClient, database: Database) -> None:
    member = _member(database)
    sign_in(client, member.sign_in_name, status=303)
    client.signed_in = True
    with client.http.session_transaction() as cookie:
        token = cookie["_user_id"]
    page = client.get("/account")
    page.submit(page.form("Sign out"))
    with client.http.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert client.get("/account").path.startswith("/sign-in")


@pytest.mark.parametrize(
    ("role", "limits"), [(Role.MEMBER, sessions.PEOPLE), (Role.MODERATOR, sessions.ON_DUTY)]
)
def test_sessions_end_unused_and_after_a_time_in_any_case(
    database: Database, role: Role, limits: sessions.Limits
) -> None:
    now = clock.now()
    with database.transaction() as session:
        member = a_member(session, role=role)
        sessions.start(session, member.id, device="Test", at=now)
        session.flush()
        row = session.scalars(select(SignInSession)).one()
        assert row.expires_at == now + limits.idle
        moment = now
        while moment < row.expires_at:
            moment += limits.idle / 2
            sessions.note_use(session, row.id, role, at=moment)
        assert row.expires_at == now + limits.absolute


def test_last_use_is_written_at_most_once_in_five_minutes(client: CheckingClient, database: Database) -> None:
    def last_used() -> object:
        with database.reading() as session:
            return session.scalars(select(SignInSession.last_used_at)).one()

    with time_machine.travel(clock.now(), tick=False) as travel:
        member = _member(database)
        client.sign_in(member)
        before = last_used()
        travel.shift(timedelta(minutes=4))
        client.get("/account")
        assert last_used() == before
        travel.shift(timedelta(minutes=2))
        client.get("/account")
        assert last_used() == clock.now()


def test_other_browsers_can_be_signed_out(
    client: CheckingClient, another_client: CheckingClient, database: Database
) -> None:
    member = _member(database)
    client.sign_in(member)
    another_client.sign_in(member)
    page = client.get("/account/browsers")
    page = page.submit(page.form("Sign out everywhere else"))

    assert page.has("Every other browser is signed out.")
    assert another_client.get("/account").path.startswith("/sign-in")
    assert client.get("/account").path == "/account"


def test_nobody_ends_anothers_session(
    client: CheckingClient, another_client: CheckingClient, database: Database
) -> None:
    mine, theirs = _member(database), _member(database)
    client.sign_in(mine)
    another_client.sign_in(theirs)
    with database.reading() as session:
        other = session.scalars(select(SignInSession.id).where(SignInSession.member_id == theirs.id)).one()
    client.get("/account")
    client.post(f"/account/browsers/{other}/end", {}, status=303)
    client.get("/account")
    client.post("/account/browsers/99999999999999999999/end", {}, status=404)
    assert another_client.get("/account").path == "/account"


def test_words_are_kept(client: CheckingClient, database: Database) -> None:
    """Promise 14, when the session ends while somebody is writing."""
    with database.transaction() as session:
        member = with_phrase(session)
        group = a_group(session, members=(member,))
        thread = a_thread(session, group, member)
    client.sign_in(member)
    page = client.get(f"/t/{thread.id}/reply")
    with database.transaction() as session:
        session.execute(update(SignInSession).values(revoked_at=clock.now()))
    words = "I wrote this <b>for</b> a long time \U0001f331"
    client.signed_in = False
    page = page.submit(page.form("Post reply").fill(text=words), status=401)
    assert page.form("Sign in and keep my words")["kept_text"] == words

    form = page.form("Sign in and keep my words").fill(
        sign_in_name=member.sign_in_name, pass_phrase="wrong phrase"
    )
    page = page.submit(form, status=422)
    assert page.form("Sign in")["kept_text"] == words

    page = page.submit(page.form("Sign in").fill(pass_phrase=PHRASE), status=200)
    client.signed_in = True
    form = page.form("Send it")
    assert (form["text"], form.action) == (words, f"/t/{thread.id}/reply")
    page = page.submit(form)
    assert page.status == 200, page.text
    assert page.has(words)


def test_the_next_person_at_a_browser_finds_nothing_of_the_last(
    client: CheckingClient, database: Database
) -> None:
    """Recovery codes on their way to a page, and answers of somebody who was joining, go with their owner."""
    member = _member(database)
    page = client.get("/join")
    page = page.submit(page.form("Go on").fill(age="old_enough"))
    sign_in(client, member.sign_in_name, status=303)
    with client.http.session_transaction() as cookie:
        assert "joining" not in cookie
        cookie["shown_once"] = "sealed for somebody"
    client.signed_in = True
    page = client.get("/account")
    page.submit(page.form("Sign out"))
    with client.http.session_transaction() as cookie:
        assert set(cookie) <= {"csrf_token"}


def test_a_browser_cannot_pass_a_second_step_that_is_not_set_up(
    client: CheckingClient, database: Database
) -> None:
    """Else somebody who knows the pass-phrase could pass today, and stay when the owner sets the step up."""
    client.sign_in(_member(database), second_factor=False)
    client.get("/account")
    client.post("/sign-in/code", {"code": "123456"}, status=422)
    with database.reading() as session:
        assert session.scalars(select(SignInSession.second_factor_at)).one() is None

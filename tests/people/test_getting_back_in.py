"""Recovery codes, pass-phrases, the second step, and closing an account."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import time_machine
from sqlalchemy import select

from forum import clock, names
from forum.actions import recovery, second_factor
from forum.db import Database
from forum.models import Member, Membership, MembershipState, MemberState, Role
from tests.people.people import PHRASE, sign_in, with_phrase
from tests.support.client import CheckingClient
from tests.support.making import a_group
from tests.support.page import Page

NEW = "another quiet field of barley"


def _member(database: Database, role: Role = Role.MEMBER) -> Member:
    with database.transaction() as session:
        return with_phrase(session, role=role)


def _codes(database: Database, member: Member) -> tuple[str, ...]:
    with database.transaction() as session:
        return recovery.make_codes(session, member.id, at=clock.now())


def _recover(client: CheckingClient, name: str, code: str, *, status: int | None = None) -> Page:
    page = client.get("/recover")
    form = page.form("Set it and sign in").fill(
        sign_in_name=name, recovery_code=code, how="own", new_pass_phrase=NEW, new_pass_phrase_again=NEW
    )
    return page.submit(form, status=status)


def test_a_code_works_once_and_sets_a_new_pass_phrase(
    client: CheckingClient, another_client: CheckingClient, database: Database
) -> None:
    member = _member(database)
    code = _codes(database, member)[0]
    another_client.sign_in(member)

    client.signed_in = True
    assert _recover(client, member.sign_in_name, code.lower().replace("-", " ")).has("You are back in")
    assert another_client.get("/account").path.startswith("/sign-in")
    client.sign_out()
    assert _recover(client, member.sign_in_name, code, status=422).errors() == [
        "That name and code do not fit together."
    ]
    sign_in(client, member.sign_in_name, PHRASE, status=422)
    sign_in(client, member.sign_in_name, NEW, status=303)


def test_a_code_of_somebody_else_does_not_fit(client: CheckingClient, database: Database) -> None:
    mine, theirs = _member(database), _member(database)
    code = _codes(database, theirs)[0]
    _recover(client, mine.sign_in_name, code, status=422)
    _recover(client, "nobody-here", code, status=422)
    _recover(client, "nobody-here", "\x00" + "x" * 10_000, status=422)


def test_new_codes_end_the_old_ones(client: CheckingClient, database: Database) -> None:
    member = _member(database)
    old = _codes(database, member)[0]
    client.sign_in(member)
    page = client.get("/account/recovery-codes")
    wrong = page.submit(page.form("Make new codes").fill(pass_phrase="wrong"), status=422)
    assert wrong.errors() == ["That is not your pass-phrase."]
    page = page.submit(page.form("Make new codes").fill(pass_phrase=PHRASE))
    assert page.h1 == "Your recovery codes"
    client.sign_out()
    _recover(client, member.sign_in_name, old, status=422)


def test_a_new_pass_phrase_signs_other_browsers_out(
    client: CheckingClient, another_client: CheckingClient, database: Database
) -> None:
    member = _member(database)
    client.sign_in(member)
    another_client.sign_in(member)
    page = client.get("/account/pass-phrase")
    form = page.form("Set the new pass-phrase")
    form.fill(pass_phrase=PHRASE, how="own", new_pass_phrase=NEW, new_pass_phrase_again=NEW)
    assert page.submit(form).has("Your new pass-phrase is set.")
    assert another_client.get("/account").path.startswith("/sign-in")
    client.sign_out()
    sign_in(client, member.sign_in_name, NEW, status=303)


def _set_up(client: CheckingClient, database: Database, member: Member) -> pyotp.TOTP:
    page = client.get("/account/second-step")
    page = page.submit(page.form("Set it up"))
    with database.reading() as session:
        secret = second_factor.secret_to_show(session, member.id)
    assert secret is not None
    picture = client.http.get("/account/second-step/picture.svg")
    assert picture.mimetype == "image/svg+xml"
    assert "no-store" in picture.headers["Cache-Control"]
    totp = pyotp.TOTP(secret)
    page = page.submit(page.form("Turn it on").fill(code=totp.at(clock.now())))
    assert page.has("Your second step is set up.")
    return totp


def test_an_old_tab_is_shown_how_the_second_step_stands(client: CheckingClient, database: Database) -> None:
    member = _member(database)
    client.sign_in(member)
    client.get("/account/second-step")
    page = client.post("/account/second-step", {"code": ""})
    assert page.path == "/account/second-step"
    assert page.has("Set it up")
    page = client.post("/account/second-step/off", {"pass_phrase": ""})
    assert page.has("Set it up")
    _set_up(client, database, member)
    client.get("/account/second-step")
    assert client.post("/account/second-step", {"code": ""}).has("Your second step is on.")


def test_the_second_step_is_asked_for_and_each_code_works_once(
    client: CheckingClient, another_client: CheckingClient, database: Database
) -> None:
    member = _member(database)
    with time_machine.travel(clock.now(), tick=False) as travel:
        client.sign_in(member, second_factor=False)
        totp = _set_up(client, database, member)
        assert client.http.get("/account/second-step/picture.svg").status_code == 404

        used = totp.at(clock.now())
        sign_in(another_client, member.sign_in_name)
        another_client.signed_in = True
        page = another_client.get("/account")
        assert page.path == "/sign-in/code?next=/account"
        assert page.submit(page.form("Go on").fill(code=used), status=422).errors()
        for odd in ("", "abc", "１２３４５６", "0" * 10_000):
            page.submit(page.form("Go on").fill(code=odd), status=422)
        travel.shift(timedelta(seconds=90))
        page = page.submit(page.form("Go on").fill(code=totp.at(clock.now())), status=303)
        assert page.location == "/account"


def test_staff_set_up_their_second_step_before_anything_else(
    client: CheckingClient, database: Database
) -> None:
    with database.transaction() as session:
        staff = with_phrase(session, role=Role.MODERATOR)
        staff.totp_secret = staff.totp_confirmed_at = None
    client.sign_in(staff, second_factor=False)

    assert client.get("/review").path == "/account/second-step?next=/review"
    assert client.get("/help").path == "/help"
    assert client.get("/rules").path == "/rules"
    _set_up(client, database, staff)
    assert client.get("/review").path == "/review"


def test_a_member_without_their_phone_uses_a_recovery_code(
    client: CheckingClient, database: Database
) -> None:
    member = _member(database)
    client.sign_in(member, second_factor=False)
    _set_up(client, database, member)
    code = _codes(database, member)[0]
    client.sign_in(member, second_factor=False)
    page = client.get("/account").follow("I do not have my phone")
    page.submit(page.form("Use this code").fill(recovery_code="wrong"), status=422)
    assert page.submit(page.form("Use this code").fill(recovery_code=code)).has("The second step is off.")


def test_the_secret_is_sealed_in_the_database(client: CheckingClient, database: Database) -> None:
    member = _member(database)
    client.sign_in(member)
    totp = _set_up(client, database, member)
    with database.reading() as session:
        stored = session.get_one(Member, member.id).totp_secret
    assert stored is not None
    assert totp.secret not in stored


def test_words_come_through_the_second_step(client: CheckingClient, database: Database) -> None:
    member = _member(database)
    with time_machine.travel(clock.now(), tick=False) as travel:
        client.sign_in(member)
        totp = _set_up(client, database, member)
        client.sign_out()
        client.get("/sign-in")
        kept = {"kept_action": "/account/name", "kept_pseudonym": "still here", "kept_csrf_token": "old"}
        door = {"sign_in_name": member.sign_in_name, "pass_phrase": PHRASE}
        page = client.post("/sign-in", {**door, **kept})
        travel.shift(timedelta(seconds=90))
        client.signed_in = True
        page = page.submit(page.form("Go on").fill(code=totp.at(clock.now())), status=200)
        assert page.form("Send it")["pseudonym"] == "still here"


def test_kept_words_are_sent_only_within_the_site(client: CheckingClient, database: Database) -> None:
    member = _member(database)
    client.get("/sign-in")
    door = {"sign_in_name": member.sign_in_name, "pass_phrase": PHRASE}
    page = client.post(
        "/sign-in", {**door, "kept_action": "https://evil.example/", "kept_text": "x"}, status=303
    )
    assert page.location == "/"


def test_closing_lets_names_and_places_go(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        member = with_phrase(session)
        a_group(session, members=(member,))
    client.sign_in(member)
    page = client.get("/account/close")
    page.submit(page.form("Close my account").fill(pass_phrase=PHRASE), status=422)
    page = page.submit(page.form("Close my account").fill(pass_phrase=PHRASE, sure="yes"))
    client.signed_in = False

    assert page.path == "/help"
    with database.reading() as session:
        gone = session.get_one(Member, member.id)
        place = session.scalars(select(Membership).where(Membership.member_id == member.id)).one()
    assert (gone.state, gone.pseudonym, gone.password_hash) == (MemberState.CLOSED, "Former member", "closed")
    assert gone.sign_in_name == f"closed-{member.id}"
    assert place.state is MembershipState.LEFT
    sign_in(client, member.sign_in_name, status=422)
    sign_in(client, gone.sign_in_name, "closed", status=422)


def test_changed_rules_are_agreed_to_before_going_on(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        member = with_phrase(session)
        member.rules_version = None
    client.sign_in(member)
    page = client.get("/account/name")
    assert page.path == "/rules/agree?next=/account/name"
    assert client.get("/help").path == "/help"
    client.get("/account/name")
    kept = client.post("/account/name", {"pseudonym": "my typed name"}, status=403)
    assert kept.has("Our ground rules have changed.")
    assert kept.form("/account/name")["pseudonym"] == "my typed name"
    page.submit(page.form("Agree and go on"), status=422)
    page = page.submit(page.form("Agree and go on").fill(agree="yes"), status=303)
    assert page.location == "/account/name"


def test_country_and_clock_are_chosen_from_lists(client: CheckingClient, database: Database) -> None:
    member = _member(database)
    client.sign_in(member)
    page = client.get("/account/place")
    page.submit(page.form("Save").fill(country="FR", timezone="Europe/Paris"))
    client.post("/account/place", {"country": "XX", "timezone": "../../etc/passwd"}, status=422)
    client.post("/account/place", {}, status=422)
    with database.reading() as session:
        found = session.get_one(Member, member.id)
    assert (found.country, found.timezone) == ("FR", "Europe/Paris")


def test_another_name_is_judged_and_must_be_free(
    client: CheckingClient, another_client: CheckingClient, database: Database
) -> None:
    member, other = _member(database), _member(database)
    with database.transaction() as session:
        session.get_one(Member, other.id).pseudonym_key = names.pseudonym_key(other.pseudonym)
    client.sign_in(member)
    page = client.get("/account/name")
    taken = page.submit(page.form("Take this name").fill(pseudonym=other.pseudonym), status=422)
    assert taken.form("Take this name")["pseudonym"] == other.pseudonym
    page.submit(page.form("Take this name").fill(pseudonym="calm otter"))
    with database.reading() as session:
        assert session.get_one(Member, member.id).pseudonym == "calm otter"

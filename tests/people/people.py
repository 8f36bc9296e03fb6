"""Joining and signing in as a person does it, for tests that start from there."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import passphrases
from forum.db import Database
from forum.models import Member, Role
from tests.support.client import CheckingClient
from tests.support.making import a_member
from tests.support.page import Page

PHRASE = "calm river seven lanterns"
NAMES = {"pseudonym": "quiet heron", "sign_in_name": "my-own-door"}


def to_account_page(client: CheckingClient) -> Page:
    """The first two pages of joining."""
    page = client.get("/join")
    page = page.submit(page.form("Go on").fill(age="old_enough"))
    return page.submit(page.form("Agree and go on").fill(agree="yes"))


def fill_account(page: Page, **changes: str) -> Page:
    """Fill the third page, with one's own pass-phrase, and send it."""
    values = {**NAMES, "how": "own", "new_pass_phrase": PHRASE, "new_pass_phrase_again": PHRASE, **changes}
    return page.submit(page.form("Make my account").fill(**values))


def joined(client: CheckingClient) -> Page:
    """A new member, signed in, looking at their recovery codes."""
    page = fill_account(to_account_page(client))
    client.signed_in = True
    return page


def sign_in(client: CheckingClient, name: str, phrase: str = PHRASE, *, status: int | None = None) -> Page:
    """Through the door."""
    page = client.get("/sign-in")
    form = page.form("Sign in").fill(sign_in_name=name, pass_phrase=phrase)
    page = page.submit(form, status=status)
    client.signed_in = page.status == 200
    return page


def with_phrase(session: Session, *, role: Role = Role.MEMBER, phrase: str = PHRASE) -> Member:
    """An account that can sign in by the form."""
    member = a_member(session, role=role)
    member.password_hash = passphrases.hashed(phrase)
    session.flush()
    return member


def the_member(database: Database, sign_in_name: str = "my-own-door") -> Member:
    """The account as the database has it now."""
    with database.reading() as session:
        return session.scalars(select(Member).where(Member.sign_in_name == sign_in_name)).one()

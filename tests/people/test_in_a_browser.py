"""Joining and the account pages in a real browser: axe finds nothing, with scripts and without, small and large."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from forum import clock
from forum.db import Database
from forum.models import Member, Role, SignInSession
from tests.people.people import PHRASE, with_phrase
from tests.support.databases import SqliteCopies
from tests.support.visitor import Look, Visitor

pytestmark = pytest.mark.browser
LOOKS = (Look(False, 390, "dark"), Look(True, 1280, "light"))
PICTURES = os.environ.get("HAVEN_TEST_PICTURES")
"""A folder, for looking at the pages by eye."""


@pytest.fixture
def database_url(sqlite_copies: SqliteCopies) -> Iterator[str]:
    """The pages look the same on every database."""
    with sqlite_copies.fresh() as url:
        yield url


def _look_at(visitor: Visitor, name: str) -> None:
    visitor.check()
    if PICTURES:
        visitor.page.screenshot(path=Path(PICTURES) / f"{name}-{visitor.look}.png", full_page=True)


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_joining_and_the_account(visit: Callable[[Look], Visitor], look: Look) -> None:
    visitor = visit(look)
    page = visitor.open("/join")
    _look_at(visitor, "join-1")
    page.get_by_label("18 or older").check()
    visitor.press("Go on")
    _look_at(visitor, "join-2")
    page.get_by_label("I have read the ground rules").check()
    visitor.press("Agree and go on")
    _look_at(visitor, "join-3")
    visitor.press("Make my account")
    _look_at(visitor, "join-3-errors")
    page.get_by_label("The name others see").fill("quiet heron")
    page.get_by_label("Your private sign-in name").fill("my-own-door")
    visitor.press("Make my account")
    assert len(page.locator(".big-code").inner_text().split()) == 8
    _look_at(visitor, "codes")
    for path in (
        "",
        "/name",
        "/place",
        "/pass-phrase",
        "/recovery-codes",
        "/browsers",
        "/second-step",
        "/close",
    ):
        visitor.open(f"/account{path}")
        _look_at(visitor, f"account{path.replace('/', '-')}")
    visitor.open("/account/second-step")
    visitor.press("Set it up")
    assert page.locator("main img").evaluate("image => image.naturalWidth") > 100
    _look_at(visitor, "second-step-begun")
    visitor.open("/account")
    visitor.press("Sign out")
    _look_at(visitor, "sign-in")
    for path in ("/recover", "/join/younger", "/rules", "/rules/easy"):
        visitor.open(path)
        _look_at(visitor, path.replace("/", "-"))


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_admins_desk(visit: Callable[[Look], Visitor], database: Database, look: Look) -> None:
    with database.transaction() as session:
        admin = with_phrase(session, role=Role.ADMIN)
        admin.totp_secret = admin.totp_confirmed_at = None
        other = with_phrase(session, role=Role.MODERATOR)
    visitor = visit(look)
    page = visitor.open("/sign-in")
    page.get_by_label("Your private sign-in name").fill(admin.sign_in_name)
    page.get_by_label("Pass-phrase").fill(PHRASE)
    visitor.press("Sign in")
    visitor.open("/admin")
    _look_at(visitor, "second-step-staff")
    _pass_second_step(database, admin.id)
    for path in ("", "/staff", "/staff/new", "/accounts", "/accounts?name=nobody", "/invitations"):
        visitor.open(f"/admin{path}")
        _look_at(visitor, f"admin{path.replace('/', '-').replace('?', '-')}")
    visitor.open(f"/admin/accounts/{other.id}")
    for fold in page.locator("summary").all():
        fold.click()
    _look_at(visitor, "admin-account")


def _pass_second_step(database: Database, member_id: int) -> None:
    """As if the second step had been set up and passed; that has tests of its own."""
    with database.transaction() as session:
        session.get_one(Member, member_id).totp_confirmed_at = clock.now()
        session.scalars(select(SignInSession)).one().second_factor_at = clock.now()

"""Appeals and complaints in a real browser: scripts on and off, phone and desk, light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from forum.db import Database
from forum.models import PostState
from tests.appeals.cases import decided
from tests.review.desk import Desk, a_desk
from tests.support.client import CheckingClient
from tests.support.visitor import Look, Visitor

# What a browser sees does not depend on the database.
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


@pytest.fixture
def desk(database: Database) -> Desk:
    """A post that was taken out, and everybody around it."""
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        decided(session, desk)
        return desk


def test_an_appeal_from_the_notice_to_the_answer(
    client: CheckingClient, visit: Callable[[Look], Visitor], look: Look, desk: Desk
) -> None:
    client.sign_in(desk.author)
    author = visit(look)
    author.take_cookie(client.cookie())
    author.open("/notices")
    author.check()
    author.follow("Ask another person to look at it")
    author.check()
    author.press("Send it")
    author.check()
    author.page.get_by_label("Tell us in your own words").fill("I meant it as a way out.")
    author.press("Send it")
    author.check()

    client.sign_in(desk.other)
    other = visit(look)
    other.take_cookie(client.cookie())
    page = other.open("/review?state=appeals")
    other.check()
    other.follow(f"Item {desk.item.id}")
    other.press("Take this one")
    other.press("Open the words")
    other.check()
    page.get_by_label("Put it back as it was", exact=True).check()
    page.get_by_label("Why? (the author is told)").select_option("appeal_too_strict")
    page.get_by_label("Your words to the author").fill("Your words are back. Thank you for asking.")
    other.press("Settle it and tell the author")
    other.check()

    page = author.open("/notices")
    author.check()
    assert page.get_by_text("Your words are back. Thank you for asking.").is_visible()
    author.follow("See all of it")
    author.check()


def test_a_complaint_and_its_answer(
    client: CheckingClient, visit: Callable[[Look], Visitor], look: Look, desk: Desk
) -> None:
    client.sign_in(desk.peer)
    member = visit(look)
    member.take_cookie(client.cookie())
    member.open("/complaints")
    member.check()
    member.follow("Send a complaint")
    member.check()
    member.press("Send it")
    member.check()
    member.page.get_by_label("Something else", exact=True).check()
    member.page.get_by_label("What went wrong?").fill("Nobody answered what I reported.")
    member.press("Send it")
    member.check()

    client.sign_in(desk.lead)
    lead = visit(look)
    lead.take_cookie(client.cookie())
    page = lead.open("/review/complaints")
    lead.check()
    lead.follow("Complaint 1")
    lead.check()
    page.get_by_label("They are right", exact=True).check()
    page.get_by_label("What should the member know?").fill("You are right, and we are sorry.")
    lead.press("Send the answer")
    lead.check()
    member.open("/complaints/1")
    member.check()

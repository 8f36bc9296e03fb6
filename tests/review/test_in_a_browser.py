"""The desk and reporting in a real browser: scripts on and off, phone and desk, light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from forum.db import Database
from forum.models import PostState
from moderation.answers import Urgency
from tests.review.desk import Desk, a_desk, an_item
from tests.support.client import CheckingClient
from tests.support.making import a_post
from tests.support.visitor import Look, Visitor

# What a browser sees does not depend on the database.
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


@pytest.fixture
def desk(database: Database) -> Desk:
    with database.transaction() as session:
        desk = a_desk(session)
        for urgency, code in ((Urgency.CRISIS, "crisis.sure"), (Urgency.AMBER, "missing.model_late")):
            post = a_post(session, desk.thread, desk.author, state=PostState.HELD)
            an_item(session, post, urgency=urgency, code=code)
        a_post(session, desk.thread, desk.peer, words="I hear you.")
        return desk


def test_an_item_is_claimed_opened_and_decided(
    client: CheckingClient, visit: Callable[[Look], Visitor], look: Look, desk: Desk
) -> None:
    client.sign_in(desk.moderator)
    visitor = visit(look)
    visitor.take_cookie(client.cookie())
    page = visitor.open("/review")
    visitor.check()
    visitor.follow(f"Item {desk.item.id}")
    visitor.check()
    visitor.press("Take this one")
    visitor.press("Open the words")
    visitor.check()
    visitor.press("Decide and tell the author")
    assert page.get_by_role("link", name="Choose a reason.").is_visible()
    visitor.check()
    page.get_by_label("Show it", exact=True).check()
    page.get_by_label("Why? (the author is told the rule)").select_option("within_rules")
    visitor.press("Decide and tell the author")
    assert page.get_by_text("Done: Show it.").is_visible()


def test_a_member_tells_a_moderator(
    client: CheckingClient, visit: Callable[[Look], Visitor], look: Look, desk: Desk
) -> None:
    client.sign_in(desk.author)
    visitor = visit(look)
    visitor.take_cookie(client.cookie())
    page = visitor.open("/p/1/report")
    visitor.check()
    page.get_by_label("It is unkind, or puts someone down").check()
    visitor.press("Send to the moderators")
    visitor.check()
    visitor.follow("All your reports")
    visitor.check()

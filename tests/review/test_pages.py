"""The desk as a moderator meets it, page by page; words never where they should not be."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import clock
from forum.db import Database
from forum.models import Notice, PostState, Role
from forum.queries.review import claimed_post_ids
from moderation.answers import Urgency
from moderation.models import Restriction, ReviewItem
from moderation.verbs import Verb
from tests.review.desk import RULES, Desk, a_desk, an_item, claim, claimed, events
from tests.support.client import CheckingClient
from tests.support.making import a_member, a_post
from tests.support.statements import counted

SECRET = "[graphic detail]"
ACROSS = "company"


@pytest.fixture
def desk(database: Database) -> Desk:
    with database.transaction() as session:
        return a_desk(session)


def sees_no_words(body: str) -> bool:
    return SECRET not in body and ACROSS not in body


def test_the_queue_says_why_since_when_and_shows_no_words(client: CheckingClient, desk: Desk) -> None:
    client.sign_in(desk.moderator)

    page = client.get("/review")

    assert page.has("Red")
    assert page.has("The classifier is sure")
    assert page.has("software is sure")
    assert page.has("waits for 5 minutes (target 1 hour)")
    assert page.has(desk.group.name)
    assert sees_no_words(page.body)


def test_an_empty_queue_is_a_kind_page(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        moderator = a_member(session, role=Role.MODERATOR)
    client.sign_in(moderator)

    assert client.get("/review").has("Nothing waits.")
    assert client.get("/review", query={"urgency": "crisis"}).has("Try a wider view.")


def test_members_find_no_queue(client: CheckingClient, desk: Desk) -> None:
    client.sign_in(desk.peer)
    client.get("/review", status=404)
    client.get(f"/review/{desk.item.id}", status=404)


def test_the_words_open_only_inside_ones_own_claim(
    client: CheckingClient, another_client: CheckingClient, database: Database, desk: Desk
) -> None:
    client.sign_in(desk.moderator)
    another_client.sign_in(desk.other)

    page = client.get(f"/review/{desk.item.id}")
    assert sees_no_words(page.body)
    page = page.submit(page.form("Take this one"), status=200)
    assert sees_no_words(page.body)
    page = page.submit(page.form("Open the words"), status=200)
    assert page.has("I am safe now and would like company.")
    assert f"<mark>{SECRET} stood here.</mark>" in page.body

    theirs = another_client.get(f"/review/{desk.item.id}")
    assert sees_no_words(theirs.body)
    assert theirs.has(f"With {desk.moderator.pseudonym} until")
    another_client.get("/account")
    another_client.post(f"/review/{desk.item.id}/open", status=409)
    with database.reading() as session:
        assert len(events(session, Verb.HELD_TEXT_READ)) == 1
        now = clock.now()
        assert claimed_post_ids(session, desk.moderator.id, now) == {desk.post.id}
        assert claimed_post_ids(session, desk.other.id, now) == frozenset()
        late = now + timedelta(minutes=RULES.values.claim_minutes)
        assert claimed_post_ids(session, desk.moderator.id, late) == frozenset()


def test_the_words_close_when_the_claim_lapses(client: CheckingClient, desk: Desk) -> None:
    began = clock.now()
    with time_machine.travel(began, tick=False):
        client.sign_in(desk.moderator)
        page = client.get(f"/review/{desk.item.id}")
        page = page.submit(page.form("Take this one"))
        page.submit(page.form("Open the words"))
    with time_machine.travel(began + timedelta(minutes=21), tick=False):
        page = client.get(f"/review/{desk.item.id}")

    assert sees_no_words(page.body)
    assert page.has("You can still decide while nobody else has taken it.")


def test_a_clinician_checks_in_and_sees_no_decision_form(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    with database.transaction() as session:
        clinician = a_member(session, role=Role.CLINICIAN)
    client.sign_in(clinician)
    page = client.get(f"/review/{desk.item.id}")
    page = page.submit(page.form("Take this one"))
    assert not any(form.id == "decide" for form in page.forms)
    page = page.submit(page.form("care"), status=422)
    assert page.errors() == ["Choose why you check in."]
    page = page.submit(page.form("care").fill(care_reason="worried"), status=200)
    assert page.has("Done. They will see a warm note")
    assert page.has("Decided on this item")
    client.post(f"/review/{desk.item.id}/decisions", {"action": "show"}, status=403)


def test_earlier_care_stands_apart_from_conduct(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    claimed(client, desk)
    page = client.get(f"/review/{desk.item.id}")
    page = page.submit(page.form("care").fill(care_reason="worried"))
    page.submit(page.form("decide").fill(action="remove", reason="graphic"))
    with database.transaction() as session:
        second = a_post(session, desk.thread, desk.author, state=PostState.HELD)
        item = an_item(session, second)

    page = client.get(f"/review/{item.id}")

    conduct, care = page.main_text.split("Times we were worried or checked in")
    assert "Take it out" in conduct
    assert "Take it out" not in care
    assert "Check in with the author" in care


def test_a_pause_can_be_ended_early(client: CheckingClient, database: Database, desk: Desk) -> None:
    claimed(client, desk)
    page = client.get(f"/review/{desk.item.id}")
    page = page.submit(page.form("decide").fill(action="restrict", reason="advert", days="7"))
    form = page.form("End the pause now")
    page = page.submit(form, status=200)
    assert page.has("The pause has ended")
    assert not page.has("Posting is paused until")
    page.submit(form, status=200)
    with database.reading() as session:
        assert session.scalars(select(Restriction)).one().lifted_at is not None
        [event] = events(session, Verb.RESTRICTION_LIFTED)
        assert event.reason_code == "advert"
        kinds = session.scalars(select(Notice.kind).where(Notice.member_id == desk.author.id)).all()
        assert kinds == ["restriction", "restriction_lifted"]


def test_one_cannot_take_ones_own(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        item = session.get_one(ReviewItem, desk.item.id)
        item.author_ref = desk.moderator.id
    client.sign_in(desk.moderator)
    page = client.get(f"/review/{desk.item.id}")
    assert page.has("This is about your own words")
    assert client.get("/review").has("About you")
    client.get("/account")
    client.post(f"/review/{desk.item.id}/claim", status=409)


def test_unknown_items_are_not_there(client: CheckingClient, desk: Desk) -> None:
    client.sign_in(desk.moderator)
    client.get("/review")
    client.get("/review/999999", status=404)
    for step in ("claim", "hand-back", "open", "decisions", "check-in"):
        client.get("/account")
        client.post(f"/review/999999/{step}", status=404)


def many(session: Session, number: int) -> Desk:
    desk = a_desk(session)
    levels = list(Urgency)
    for count in range(number):
        post = a_post(session, desk.thread, desk.author, state=PostState.HELD)
        an_item(
            session,
            post,
            urgency=levels[count % 4],
            at=clock.now() - timedelta(minutes=3 * count),
        )
    return desk


def test_a_queue_of_500_costs_few_statements_and_pages_to_the_end(
    client: CheckingClient, database: Database
) -> None:
    with database.transaction() as session:
        desk = many(session, 500)
        claim(session, desk.item, desk.moderator)
    client.sign_in(desk.moderator)
    with counted(database) as statements:
        page = client.get("/review")
    assert len(statements) <= 12
    assert statements.writes == []

    seen: list[str] = []
    while True:
        seen += [link.href for link in page.links if link.words.startswith("Item ")]
        if not any(link.words.startswith("Further down") for link in page.links):
            break
        page = page.follow("Further down")
    assert len(seen) == len(set(seen)) == 501


def test_an_item_costs_at_most_twelve_statements(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    claimed(client, desk)
    with counted(database) as statements:
        client.get(f"/review/{desk.item.id}")
    assert len(statements) <= 12
    assert statements.writes == []


def test_amber_that_waited_long_rises_and_never_starves(client: CheckingClient, database: Database) -> None:
    now = clock.now()
    with database.transaction() as session:
        desk = a_desk(session)
        old_amber = a_post(session, desk.thread, desk.author, state=PostState.HELD)
        an_item(session, old_amber, urgency=Urgency.AMBER, at=now - timedelta(hours=5))
        for _ in range(3):
            newer = a_post(session, desk.thread, desk.author, state=PostState.HELD)
            an_item(session, newer, urgency=Urgency.RED, at=now - timedelta(minutes=1))
    client.sign_in(desk.moderator)

    page = client.get("/review")

    first = page.main_text.index("Moved up by waiting")
    assert first < page.main_text.index("waits for 1 minute")
    assert client.get("/review", query={"urgency": "amber"}).has("Past its target")


@pytest.mark.parametrize(
    "address", ["?after=x", "?after=1.2.3", "?urgency=no&state=no&group=x", "?group=99999999999999999999"]
)
def test_a_broken_address_is_the_first_page(client: CheckingClient, desk: Desk, address: str) -> None:
    client.sign_in(desk.moderator)
    assert client.get(f"/review{address}").has("Item ")


@pytest.mark.parametrize("state", ["open", "claimed", "mine", "for_lead"])
def test_filters_by_state(client: CheckingClient, database: Database, state: str) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        if state in ("claimed", "mine"):
            claim(session, desk.item, desk.moderator)
        if state == "for_lead":
            session.get_one(ReviewItem, desk.item.id).for_lead = True
    client.sign_in(desk.moderator)
    assert client.get("/review", query={"state": state, "group": str(desk.group.id)}).has("Item ")

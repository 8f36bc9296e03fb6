"""Taking a decision back as people meet it: the desk, the author, the reporter. No page needs a script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from forum import clock
from forum.config import Settings
from forum.db import Database
from forum.models import Member, Post, PostState, Role
from forum.web.parts import KEY
from forum.worker import work_once
from moderation.models import Decision
from moderation.workflow import DecisionAction
from tests.appeals.cases import appeal
from tests.review.desk import Desk, a_desk, an_item
from tests.review.test_reports import report
from tests.review.undoing import WAIT, take, take_effect
from tests.support.client import CheckingClient
from tests.support.forms import Form
from tests.support.making import a_member
from tests.support.markup import visible_text
from tests.support.page import Page
from tests.support.quick_start import plain_settings

SOON = timedelta(seconds=3)
LATER = timedelta(seconds=11)


@pytest.fixture
def settings(database_url: str, run_folder: Path) -> Settings:
    """As on a live site: ten seconds."""
    return plain_settings(database_url, run_folder).model_copy(update={"undo_seconds": 10})


@pytest.fixture
def desk(database: Database) -> Desk:
    with database.transaction() as session:
        return a_desk(session)


def decided(client: CheckingClient, desk: Desk, **filled: str) -> Page:
    """Claim, decide, and the page that follows."""
    client.sign_in(desk.moderator)
    page = client.get(f"/review/{desk.item.id}")
    page = page.submit(page.form("Take this one"))
    return page.submit(page.form("decide").fill(**filled))


def undo_form(page: Page) -> Form:
    """The one button; what it is about is read out after its word."""
    [form] = [one for one in page.forms if one.action.endswith("/undo")]
    [button] = form.buttons()
    assert visible_text(button).startswith("Undo item")
    return form


def work(app: Flask, at: datetime) -> None:
    work_once(app.extensions[KEY], now=at)


def text_of_notices(client: CheckingClient, who: Member) -> str:
    client.sign_in(who)
    return client.get("/notices").body


def test_a_slip_is_undone_with_one_button(
    app: Flask, client: CheckingClient, another_client: CheckingClient, database: Database, desk: Desk
) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        page = decided(client, desk, action="show", reason="within_rules")
        assert page.h1 == "Waiting for a person"
        assert page.has("Done: Show it. It takes effect in 10 seconds.")
        another_client.sign_in(desk.author)
        theirs = another_client.get(f"/t/{desk.thread.id}/{desk.thread.slug}")
        assert theirs.has("Only you can read this for now.")
        time.shift(SOON)
        assert client.get("/review").has("It takes effect in 7 seconds.")
        page = page.submit(undo_form(page))
        assert page.h1 == f"Item {desk.item.id}"
        assert page.has("Taken back. Nobody was told, and all is as it was.")
        assert page.has("With you until")
        time.shift(LATER)
        work(app, clock.now())
        assert not client.get("/review").has("Done: Show it.")
        assert "A moderator" not in text_of_notices(another_client, desk.author)
    with database.reading() as session:
        assert session.get_one(Post, desk.post.id).state is PostState.HELD


def test_nobody_else_reads_a_post_before_the_seconds_are_over(
    app: Flask, client: CheckingClient, another_client: CheckingClient, desk: Desk
) -> None:
    thread = f"/t/{desk.thread.id}/{desk.thread.slug}"
    with time_machine.travel(clock.now(), tick=False) as time:
        decided(client, desk, action="show", reason="within_rules")
        another_client.sign_in(desk.peer)
        assert "company" not in another_client.get(thread).body
        work(app, clock.now())
        assert "company" not in another_client.get(thread).body
        time.shift(LATER)
        work(app, clock.now())
        assert "company" in another_client.get(thread).body
        assert "A moderator read your post" in text_of_notices(another_client, desk.author)


def test_what_hides_is_said_to_be_done(client: CheckingClient, database: Database, desk: Desk) -> None:
    with time_machine.travel(clock.now(), tick=False):
        page = decided(client, desk, action="keep_held", reason="graphic")
        assert page.has("Done: Hold it back. The author is told in 10 seconds.")


def test_what_is_done_beside_the_item_can_be_undone_on_its_page(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    with time_machine.travel(clock.now(), tick=False):
        page = decided(client, desk, action="lock_thread", reason="thread_heated")
        assert page.h1 == f"Item {desk.item.id}"
        assert page.has("Done: Lock the thread. The author is told in 10 seconds.")
        page = page.submit(undo_form(page))
        assert page.has("With you until")
        page = page.submit(page.form("decide").fill(action="show", reason="within_rules"))
        assert page.has("Done: Show it.")


def test_a_check_in_can_be_undone_before_it_is_sent(
    app: Flask, client: CheckingClient, another_client: CheckingClient, desk: Desk
) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        client.sign_in(desk.moderator)
        page = client.get(f"/review/{desk.item.id}")
        page = page.submit(page.form("Take this one"))
        page = page.submit(page.form("care").fill(care_reason="worried"))
        assert page.has("Done: Check in with the author. It takes effect in 10 seconds.")
        page.submit(undo_form(page))
        time.shift(LATER)
        work(app, clock.now())
        assert "thinking of you" not in text_of_notices(another_client, desk.author)


def test_the_button_a_moment_too_late_asks_for_a_reason(
    app: Flask, client: CheckingClient, another_client: CheckingClient, database: Database, desk: Desk
) -> None:
    with database.transaction() as session:
        post = session.get_one(Post, desk.post.id)
        report(session, post, desk.peer)
    with time_machine.travel(clock.now(), tick=False) as time:
        client.sign_in(desk.moderator)
        page = decided(client, desk, action="show", reason="within_rules")
        time.shift(LATER)
        work(app, clock.now())
        page = page.submit(undo_form(page), status=409)
        assert page.h1 == "Take a decision back"
        assert page.has("It took effect a moment ago")
        page = page.submit(page.form("Take it back").fill(reason="undo_second_look"))
        assert page.h1 == f"Item {desk.item.id}"
        assert page.has("Taken back. All is as it was before, the author has been told")
        assert page.has("A decision was taken back: “On a second look it reads differently”.")

        said = text_of_notices(another_client, desk.author)
        assert "It waits for a person again, and only you can see it." in said
        assert "We read it again and were not sure any more" in said
        told = text_of_notices(another_client, desk.peer)
        assert "What we told you about your report has been taken back." in told
    with database.reading() as session:
        assert session.get_one(Post, desk.post.id).state is PostState.HELD


def test_any_time_after_with_a_reason_from_the_list_of_past_decisions(
    app: Flask, client: CheckingClient, another_client: CheckingClient, database: Database, desk: Desk
) -> None:
    with database.transaction() as session:
        made = take(session, desk.item, desk.moderator, DecisionAction.REMOVE)
        take_effect(session, made)
        elsewhere = an_item(session, session.get_one(Post, desk.post.id))
    with time_machine.travel(clock.now() + timedelta(days=2)):
        client.sign_in(desk.moderator)
        page = client.get(f"/review/{elsewhere.id}")
        link = f"/review/decisions/{made.id}/undo"
        assert link in page.body
        page = client.get(link)
        assert page.has("Take it out")
        page = page.submit(page.form("Take it back"), status=422)
        assert page.errors() == ["Choose why you take it back."]
        page = page.submit(page.form("Take it back").fill(reason="undo_new_facts"))
        assert page.has("Taken back.")
        page = client.get(f"/review/{desk.item.id}")
        assert page.has("Taken back")
        assert link not in page.body
        assert "It waits for a person again" in text_of_notices(another_client, desk.author)


def test_pressed_twice_it_is_done_once(client: CheckingClient, database: Database, desk: Desk) -> None:
    with time_machine.travel(clock.now(), tick=False):
        page = decided(client, desk, action="show", reason="within_rules")
        form = undo_form(page)
        page.submit(form)
        again = page.submit(form)
        assert again.has("Taken back. Nobody was told")
    with database.reading() as session:
        assert len(session.scalars(select(Decision)).all()) == 2


def test_only_whoever_decided_or_a_lead(client: CheckingClient, database: Database, desk: Desk) -> None:
    with database.transaction() as session:
        made = take(session, desk.item, desk.moderator, DecisionAction.REMOVE)
        take_effect(session, made)
        clinician = a_member(session, role=Role.CLINICIAN)
    path = f"/review/decisions/{made.id}/undo"
    client.sign_in(desk.other)
    assert path not in client.get(f"/review/{desk.item.id}").body
    page = client.get(path)
    page = page.submit(page.form("Take it back").fill(reason="undo_slip"), status=409)
    assert page.has("Only the person who decided this, or a lead, can take it back.")
    client.sign_in(clinician)
    client.get("/account")
    client.post(path, data={"reason": "undo_slip"}, status=403)
    client.sign_in(desk.peer)
    client.get(path, status=404)
    client.sign_in(desk.lead)
    assert path in client.get(f"/review/{desk.item.id}").body
    page = client.get(path)
    page = page.submit(page.form("Take it back").fill(reason="undo_slip"))
    assert page.has("Taken back.")


def test_a_lead_finds_nothing_about_their_own_words(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        desk.author.role = Role.LEAD
        desk.author.totp_secret, desk.author.totp_confirmed_at = "sealed", clock.now()
        made = take(session, desk.item, desk.moderator, DecisionAction.REMOVE)
        take_effect(session, made)
    client.sign_in(desk.author)
    client.get(f"/review/decisions/{made.id}/undo", status=404)
    client.get("/account")
    page = client.post(f"/review/decisions/{made.id}/undo", data={"reason": "undo_slip"}, status=409)
    assert page.has("This is about your own words")


def newer(desk: Desk, database: Database) -> Decision:
    with database.transaction() as session:
        first = take(session, desk.item, desk.moderator, DecisionAction.KEEP_HELD)
        take_effect(session, first)
        again = an_item(session, session.get_one(Post, desk.post.id))
        take(session, again, desk.other, DecisionAction.REMOVE)
        return first


def taken_back_by_its_author(desk: Desk, database: Database) -> Decision:
    with database.transaction() as session:
        made = take(session, desk.item, desk.moderator, DecisionAction.KEEP_HELD)
        take_effect(session, made)
        session.get_one(Post, desk.post.id).state = PostState.WITHDRAWN
        return made


def folded_by_a_facilitator(desk: Desk, database: Database) -> Decision:
    with database.transaction() as session:
        made = take(session, desk.item, desk.moderator, DecisionAction.SHOW)
        take_effect(session, made)
        session.get_one(Post, desk.post.id).collapsed = True
        return made


def sent(desk: Desk, database: Database) -> Decision:
    with database.transaction() as session:
        made = take(session, desk.item, desk.moderator, DecisionAction.CHECK_IN)
        take_effect(session, made)
        return made


def with_a_lead(desk: Desk, database: Database) -> Decision:
    with database.transaction() as session:
        made = take(session, desk.item, desk.moderator, DecisionAction.ESCALATE)
        take(session, desk.item, desk.lead, DecisionAction.LOCK_THREAD)
        return made


def appealed(desk: Desk, database: Database) -> Decision:
    with database.transaction() as session:
        made = take(session, desk.item, desk.moderator, DecisionAction.REMOVE)
        take_effect(session, made)
        appeal(session, made, desk.author)
        return made


def of_before(desk: Desk, database: Database) -> Decision:
    with database.transaction() as session:
        made = take(session, desk.item, desk.moderator, DecisionAction.REMOVE)
        take_effect(session, made)
        made.before = None
        return made


@pytest.mark.parametrize(
    ("happened", "sentence"),
    [
        (newer, "Something else was decided about this since."),
        (taken_back_by_its_author, "The author has changed this or taken it back since"),
        (folded_by_a_facilitator, "A facilitator has changed something about this since"),
        (sent, "A check-in that has been sent stays"),
        (with_a_lead, "A lead has it by now"),
        (appealed, "The author has appealed against this, so another person settles it."),
        (of_before, "This was decided before decisions could be taken back."),
    ],
)
def test_where_it_cannot_be_taken_back_the_page_says_why(
    client: CheckingClient,
    database: Database,
    desk: Desk,
    happened: Callable[[Desk, Database], Decision],
    sentence: str,
) -> None:
    made = happened(desk, database)
    client.sign_in(desk.moderator)
    page = client.get(f"/review/decisions/{made.id}/undo")
    page = page.submit(page.form("Take it back").fill(reason="undo_slip"), status=409)
    assert page.h1 == f"Item {desk.item.id}"
    assert page.has(sentence)


def test_no_such_decision_is_not_found(client: CheckingClient, desk: Desk) -> None:
    client.sign_in(desk.moderator)
    client.get("/review/decisions/999999/undo", status=404)
    client.get("/account")
    client.post("/review/decisions/999999/undo", data={"reason": "undo_slip"}, status=404)


def test_a_worker_that_stopped_is_noticed(client: CheckingClient, desk: Desk) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        decided(client, desk, action="show", reason="within_rules")
        time.shift(WAIT)
        assert client.get("/review").has("It takes effect any moment now.")
        time.shift(timedelta(minutes=2))
        assert client.get("/review").has("It should have taken effect by now.")

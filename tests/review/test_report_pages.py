"""Reporting as a member meets it: folded words, plain reasons, an answer that comes."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from forum import clock
from forum.actions import reviewing
from forum.db import Database
from forum.models import Post, PostState, Revision, Role
from moderation.models import Report
from moderation.verdicts import Verdict
from moderation.workflow import DecisionAction
from tests.review.desk import RULES, Desk, a_desk, actor_of, claim
from tests.support.client import CheckingClient
from tests.support.making import a_member
from tests.support.statements import counted


@pytest.fixture
def desk(database: Database) -> Desk:
    with database.transaction() as session:
        return a_desk(session, state=PostState.SHOWN)


def test_a_report_keeps_the_words_folded_and_is_thanked_for(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    client.sign_in(desk.peer)
    page = client.get(f"/p/{desk.post.id}/report")
    assert "company" not in page.body
    assert page.follow("Show the words").has("would like company")

    page = page.submit(page.form("report").fill(reason="unkind", details="[my words]"), status=200)

    assert page.has("Thank you for telling us")
    assert page.has("We aim to do this within 1 hour.")
    assert "company" not in page.body
    with database.reading() as session:
        made = session.scalars(select(Report)).one()
        assert (made.revision_id, made.details) == (desk.post.current_revision_id, "[my words]")


def test_a_second_report_is_answered_kindly(client: CheckingClient, desk: Desk) -> None:
    client.sign_in(desk.peer)
    page = client.get(f"/p/{desk.post.id}/report")
    first = page.form("report").fill(reason="unkind")
    page.submit(first)

    again = page.submit(first, status=200)
    assert again.has("We have your report about this already.")
    assert client.get(f"/p/{desk.post.id}/report").has("Thank you for telling us")
    more = page.submit(first.fill(details="[more of my words]"), status=409)
    assert more.has("These words were not added to it.")
    assert "[more of my words]" in more.body


def test_a_report_sent_again_after_the_post_was_hidden_is_thanked_for_all_the_same(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    client.sign_in(desk.peer)
    page = client.get(f"/p/{desk.post.id}/report")
    form = page.form("report").fill(reason="unkind")
    page.submit(form)
    with database.transaction() as session:
        session.get_one(Post, desk.post.id).state = PostState.HELD

    again = page.submit(form, status=200)

    assert again.has("We have your report about this already.")
    client.sign_in(desk.lead)  # nobody else learns that there is something
    client.get(f"/p/{desk.post.id}/report", status=403)


def test_a_report_without_a_reason_keeps_what_was_typed(client: CheckingClient, desk: Desk) -> None:
    client.sign_in(desk.peer)
    page = client.get(f"/p/{desk.post.id}/report")
    page = page.submit(page.form("report").fill(details="[my words]"), status=422)
    assert page.errors() == ["Choose what comes nearest. It does not have to be exact."]
    assert page.form("report")["details"] == "[my words]"
    page = page.submit(page.form("report").fill(reason="something_else", details=""), status=422)
    assert page.errors() == ["Say in a few words what it is."]
    page = page.submit(page.form("report").fill(details="x" * 1001), status=422)
    assert page.errors() == ["Please keep this to 1,000 characters."]


def test_only_who_may_read_may_report(client: CheckingClient, database: Database, desk: Desk) -> None:
    with database.transaction() as session:
        stranger = a_member(session)
        held = a_desk(session)
    client.sign_in(stranger)
    client.get(f"/p/{desk.post.id}/report", status=404)
    client.get(f"/m/{desk.author.id}/report", status=404)
    client.sign_in(held.peer)
    client.get(f"/p/{held.post.id}/report", status=404)
    client.get("/p/999999/report", status=404)
    client.sign_in(desk.moderator)
    client.get(f"/p/{desk.post.id}/report", status=403)


def test_ones_own_words_are_not_reported(client: CheckingClient, desk: Desk) -> None:
    client.sign_in(desk.author)
    assert client.get(f"/p/{desk.post.id}/report").has("These are your own words")


def test_a_name_can_be_reported(client: CheckingClient, database: Database, desk: Desk) -> None:
    client.sign_in(desk.peer)
    page = client.get(f"/m/{desk.author.id}/report")
    page = page.submit(page.form("report").fill(reason="identifies"), status=200)
    assert page.has("A name")
    with database.reading() as session:
        assert session.scalars(select(Report)).one().subject_id == desk.author.id


def test_the_outcome_is_on_the_report_and_in_the_list(
    client: CheckingClient, another_client: CheckingClient, database: Database, desk: Desk
) -> None:
    client.sign_in(desk.peer)
    page = client.get(f"/p/{desk.post.id}/report")
    page.submit(page.form("report").fill(reason="graphic"))
    assert client.get("/reports").has("It waits for a moderator.")
    with database.transaction() as session:
        version = claim(session, desk.item, desk.moderator)
        reviewing.decide(
            session,
            desk.item.id,
            version=version,
            verdict=Verdict(DecisionAction.REMOVE, RULES.decision_reasons["graphic"]),
            actor=actor_of(desk.moderator),
            policy=RULES,
            at=clock.now(),
        )

    with counted(database) as statements:
        page = client.get("/reports")
    assert len(statements) <= 12
    assert page.has("A moderator did something about it.")
    page = page.follow("It describes wounds or blood closely")
    assert page.has("A moderator read it and did something about it.")
    assert desk.author.pseudonym not in page.body
    assert desk.moderator.pseudonym not in page.body
    assert client.get("/notices").has("did something about it")
    another_client.sign_in(desk.author)
    another_client.get(page.path, status=404)


def test_auditors_have_no_reports(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        auditor = a_member(session, role=Role.AUDITOR)
    client.sign_in(auditor)
    client.get("/reports", status=403)


def test_a_report_never_gives_back_a_revision_that_was_not_shown(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    """The version that the form names is only noted: what was held and then changed stays unread."""
    with database.transaction() as session:
        post = session.get_one(Post, desk.post.id)
        held = session.get_one(Revision, post.current_revision_id)
        shown = Revision(
            post_id=post.id,
            number=2,
            source="Calmer words.",
            plain="Calmer words.",
            html="<p>Calmer words.</p>",
            render_version=1,
            submission="the-second-revision",
            written_at=clock.now(),
        )
        session.add(shown)
        session.flush()
        post.current_revision_id = post.shown_revision_id = shown.id
    client.sign_in(desk.peer)
    client.get(f"/p/{desk.post.id}/report")
    page = client.post(
        f"/p/{desk.post.id}/report?show=words", {"revision": str(held.id), "reason": "none such"}, status=422
    )
    assert "company" not in page.body
    assert page.has("Calmer words.")

"""Changing and taking back one's own words: a new revision, judged again; a person's hold is not lifted by software."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask
from sqlalchemy import select

from forum import clock
from forum.actions import publishing, reviewing
from forum.db import Database
from forum.models import Member, Post, PostState, Revision, Role, Thread
from forum.web.parts import KEY
from moderation.audit import Actor
from moderation.models import AuditEvent, Claim, ReviewItem
from moderation.subject import Piece, Span
from moderation.verdicts import Verdict
from moderation.workflow import DecisionAction
from tests.review.desk import decide_what_waits
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_thread


@pytest.fixture
def author(database: Database) -> Member:
    with database.transaction() as session:
        return a_member(session)


@pytest.fixture
def thread(database: Database, author: Member) -> Thread:
    with database.transaction() as session:
        other = a_member(session)
        return a_thread(session, a_group(session, members=(author, other)), other)


def reply(client: CheckingClient, thread: Thread, text: str) -> int:
    client.get(f"/t/{thread.id}")
    page = client.post(f"/t/{thread.id}/reply", {"text": text, "submission": "editing-submission"})
    return int(next(link.href for link in page.links if "/edit" in link.href).split("/")[2])


def change(client: CheckingClient, post_id: int, text: str) -> None:
    page = client.get(f"/p/{post_id}/edit")
    form = page.form("Save the change")
    form.fill(text=text)
    page.submit(form)


def post_of(database: Database, post_id: int) -> Post:
    with database.reading() as session:
        return session.get_one(Post, post_id)


def test_an_edit_is_a_new_revision_and_the_old_one_stays(
    client: CheckingClient, database: Database, author: Member, thread: Thread
) -> None:
    client.sign_in(author)
    post_id = reply(client, thread, "First words.")
    change(client, post_id, "Second words.")
    with database.reading() as session:
        kept = session.scalars(
            select(Revision.source).where(Revision.post_id == post_id).order_by(Revision.number)
        ).all()
    assert list(kept) == ["First words.", "Second words."]
    page = client.get(f"/t/{thread.id}")
    assert page.has("Second words.")
    assert page.has("changed")
    assert "First words." not in page.body


def test_while_an_edit_waits_the_whole_post_waits(
    app: Flask, client: CheckingClient, database: Database, author: Member, thread: Thread
) -> None:
    client.sign_in(author)
    post_id = reply(client, thread, "First words.")
    change(client, post_id, "Second words. [method detail]")
    assert post_of(database, post_id).state is PostState.HELD
    reader = CheckingClient(app)
    with database.reading() as session:
        reader.sign_in(session.get_one(Member, thread.author_id))
    page = reader.get(f"/t/{thread.id}")
    assert "First words." not in page.body
    assert page.has("This post is not here at the moment.")


def test_an_edit_voids_the_claim_on_the_old_words(
    client: CheckingClient, database: Database, author: Member, thread: Thread, app: Flask
) -> None:
    client.sign_in(author)
    post_id = reply(client, thread, "First words. [method detail]")
    with database.transaction() as session:
        moderator = a_member(session, role=Role.MODERATOR)
        item = session.scalars(select(ReviewItem)).one()
        actor = Actor(moderator.id, "moderator")
        reviewing.claim(session, item.id, actor=actor, policy=app.extensions[KEY].policy, at=clock.now())
    change(client, post_id, "Second words. [method detail?]")
    with database.reading() as session:
        assert session.scalars(select(Claim.release_reason)).all() == ["edited"]
        assert session.scalars(select(ReviewItem.revision_id)).all() == [
            post_of(database, post_id).current_revision_id
        ]


@pytest.mark.parametrize("action", [DecisionAction.ASK_EDIT, DecisionAction.KEEP_HELD, DecisionAction.MASK])
def test_software_does_not_lift_what_a_person_kept_back(
    app: Flask,
    client: CheckingClient,
    database: Database,
    author: Member,
    thread: Thread,
    action: DecisionAction,
) -> None:
    client.sign_in(author)
    post_id = reply(client, thread, "First words. [method detail]")
    with database.transaction() as session:
        decide_what_waits(session, action, *[Span(0, 5)] * (action is DecisionAction.MASK))
    change(client, post_id, "Calm words now.")
    assert post_of(database, post_id).state is PostState.HELD
    with database.reading() as session:
        assert session.scalars(select(ReviewItem.state)).all()[-1] == "open"


def test_taking_back_is_always_possible_and_leaves_a_gap(
    app: Flask, client: CheckingClient, database: Database, author: Member, thread: Thread
) -> None:
    client.sign_in(author)
    post_id = reply(client, thread, "First words.")
    page = client.get(f"/p/{post_id}/withdraw")
    page.submit(page.form("Take it back"))
    client.post(f"/p/{post_id}/withdraw", {}, status=404)
    reader = CheckingClient(app)
    with database.reading() as session:
        reader.sign_in(session.get_one(Member, thread.author_id))
        verbs = session.scalars(select(AuditEvent.verb)).all()
    page = reader.get(f"/t/{thread.id}")
    assert page.has("The writer took this post back.")
    assert "First words." not in page.body
    assert list(verbs) == ["post.withdrawn"]


def test_nobody_changes_anothers_words(
    app: Flask, client: CheckingClient, database: Database, author: Member, thread: Thread
) -> None:
    client.sign_in(author)
    post_id = reply(client, thread, "First words.")
    for role in Role:
        with database.transaction() as session:
            person = a_member(session, role=role)
        other = CheckingClient(app)
        other.sign_in(person)
        for way in ("edit", "withdraw"):
            assert other.get(f"/p/{post_id}/{way}", status=None).status in (403, 404)


def test_masked_words_are_gone_for_readers_and_there_for_the_author(
    app: Flask, client: CheckingClient, database: Database, author: Member, thread: Thread
) -> None:
    client.sign_in(author)
    post_id = reply(client, thread, "Blue heron by the river.")
    with database.transaction() as session:
        post = session.get_one(Post, post_id)
        revision = session.get_one(Revision, post.current_revision_id)
        publishing.mask(session, revision, [Span(5, 10)])
    reader = CheckingClient(app)
    with database.reading() as session:
        reader.sign_in(session.get_one(Member, thread.author_id))
    page = reader.get(f"/t/{thread.id}?show=all")
    assert "heron" not in page.body
    assert page.has("[words hidden by a moderator]")
    assert "heron" in client.get(f"/p/{post_id}/edit").body


def test_an_edit_does_not_slip_past_a_decision_made_meanwhile(
    app: Flask, client: CheckingClient, database: Database, author: Member, thread: Thread
) -> None:
    """The words were judged while nobody had decided; when they are to be stored, a moderator has."""
    client.sign_in(author)
    post_id = reply(client, thread, "First words. [method detail]")
    policy = app.extensions[KEY].policy
    with database.transaction() as session:
        actor = Actor(a_member(session, role=Role.MODERATOR).id, "moderator")
        item = session.scalars(select(ReviewItem)).one()
        reviewing.claim(session, item.id, actor=actor, policy=policy, at=clock.now())
    judged_before = app.extensions[KEY].detectors

    class Decides:
        """A detector during whose look the moderator decides."""

        name = "decides"

        def notice(self, _piece: Piece) -> tuple[()]:
            with database.transaction() as session:
                item = session.scalars(select(ReviewItem).where(ReviewItem.state != "decided")).first()
                if item is not None:
                    reason = policy.reasons_for(DecisionAction.KEEP_HELD)[0]
                    reviewing.decide(
                        session,
                        item.id,
                        version=item.version,
                        verdict=Verdict(DecisionAction.KEEP_HELD, reason),
                        actor=actor,
                        policy=policy,
                        at=clock.now(),
                    )
            return ()

    app.extensions[KEY] = dataclasses.replace(app.extensions[KEY], detectors=(*judged_before, Decides()))
    page = client.get(f"/p/{post_id}/edit")
    answer = page.submit(page.form("Save the change").fill(text="Calm words now."), status=409)
    assert post_of(database, post_id).state is PostState.HELD
    assert "Calm words now." in answer.body
    answer.submit(answer.form("Send it again"))
    assert post_of(database, post_id).state is PostState.HELD
    with database.reading() as session:
        assert session.scalars(select(ReviewItem.state)).all()[-1] == "open"

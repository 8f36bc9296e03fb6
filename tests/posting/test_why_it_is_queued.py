"""Why an item is in the queue, as auditors and researchers read it: only what asks for a look is a reason."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from forum import clock, worker
from forum.db import Database
from forum.models import Group, Member, Post, PostState, Thread
from forum.web.parts import KEY
from moderation.detectors.classifier import ClassifierDetector
from moderation.detectors.fixed import FixedClassifier, fixed_detector
from moderation.detectors.holder import ModelHolder
from moderation.models import Decision, ReviewReason
from moderation.workflow import DecisionAction
from tests.review.desk import decide_what_waits
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_place, a_thread


@pytest.fixture
def thread(database: Database) -> Thread:
    with database.transaction() as session:
        other = a_member(session)
        return a_thread(session, a_group(session, members=(other,)), other)


def writer(database: Database, thread: Thread, *, approved_posts: int) -> Member:
    with database.transaction() as session:
        member = a_member(session, approved_posts=approved_posts)
        a_place(session, session.get_one(Group, thread.group_id), member)
        return member


def reply(client: CheckingClient, thread: Thread, member: Member, text: str, *labels: str) -> None:
    client.sign_in(member)
    client.get(f"/t/{thread.id}")
    fields = {"text": text, "submission": "why-it-is-queued", "labels": list(labels)}
    assert client.post(f"/t/{thread.id}/reply", fields).has("Only you can read this for now")


def test_a_newcomer_writing_about_self_harm_is_there_for_being_new(
    client: CheckingClient, database: Database, thread: Thread
) -> None:
    newcomer = writer(database, thread, approved_posts=0)
    reply(client, thread, newcomer, "It has been a hard year. [topic]", "past_self_harm")
    with database.reading() as session:
        found = session.execute(select(ReviewReason.source, ReviewReason.code)).all()
    assert [tuple(row) for row in found] == [("newcomer", "newcomer")]


@pytest.mark.parametrize(("text", "agreed"), [("Hello. [topic]", None), ("Hello. [method detail]", False)])
def test_showing_a_first_post_disagrees_with_software_only_where_it_had_a_view(
    client: CheckingClient, database: Database, thread: Thread, text: str, agreed: bool | None
) -> None:
    newcomer = writer(database, thread, approved_posts=0)
    reply(client, thread, newcomer, text)
    with database.transaction() as session:
        decide_what_waits(session, DecisionAction.SHOW)
    with database.reading() as session:
        assert session.scalars(select(Decision.agreed_with_software)).one() is agreed


def test_a_labelled_post_that_only_lacked_a_verdict_is_let_through_when_it_comes(
    app: Flask, client: CheckingClient, database: Database, thread: Thread
) -> None:
    made = app.extensions[KEY]
    no_model = ClassifierDetector(ModelHolder(load=lambda _folder: FixedClassifier()), budget_seconds=0.1)
    app.extensions[KEY] = dataclasses.replace(made, detectors=(no_model,))
    member = writer(database, thread, approved_posts=9)
    reply(client, thread, member, "A hard week. [topic]", "past_self_harm")
    app.extensions[KEY] = dataclasses.replace(made, detectors=(fixed_detector(),))
    assert worker.work_once(app.extensions[KEY], now=clock.now() + timedelta(minutes=1)) == 1
    with database.reading() as session:
        post = session.scalars(select(Post).where(Post.author_id == member.id)).one()
    assert (post.state, post.collapsed) == (PostState.SHOWN, True)

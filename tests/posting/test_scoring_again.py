"""A verdict that comes late: it lets a post through only where nothing but its absence held it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from forum import clock, worker
from forum.actions import reviewing
from forum.db import Database
from forum.models import Member, Post, PostState, Role
from forum.web.parts import KEY
from moderation.audit import Actor
from moderation.detectors import Detector
from moderation.detectors.classifier import ClassifierDetector
from moderation.detectors.fixed import fixed_detector
from moderation.detectors.holder import ModelHolder
from moderation.models import ReviewItem
from moderation.workflow import DecisionAction
from tests.review.desk import decide_what_waits
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_thread


@pytest.fixture
def detectors() -> tuple[Detector, ...]:
    return (ClassifierDetector(ModelHolder(), budget_seconds=0.05),)


@pytest.fixture
def author(client: CheckingClient, database: Database) -> Member:
    """Somebody whose reply waits, because there was no verdict."""
    with database.transaction() as session:
        writing, other = a_member(session), a_member(session)
        thread = a_thread(session, a_group(session, members=(writing, other)), other)
    client.sign_in(writing)
    client.get(f"/t/{thread.id}")
    client.post(f"/t/{thread.id}/reply", {"text": "A calm sentence.", "submission": "one-submission-id"})
    return writing


def the_model_is_back(app: Flask) -> None:
    made = replace(app.extensions[KEY], detectors=(fixed_detector(),))
    assert worker.work_once(made, now=clock.now() + timedelta(minutes=1)) == 1


def state_of(database: Database, author: Member) -> PostState:
    with database.reading() as session:
        return session.scalars(select(Post.state).where(Post.author_id == author.id)).one()


def test_a_late_verdict_lets_a_calm_post_through(app: Flask, database: Database, author: Member) -> None:
    assert state_of(database, author) is PostState.HELD
    the_model_is_back(app)
    assert state_of(database, author) is PostState.SHOWN


def test_a_late_verdict_lifts_nothing_that_a_person_kept_back(
    app: Flask, database: Database, author: Member
) -> None:
    with database.transaction() as session:
        decide_what_waits(session, DecisionAction.KEEP_HELD)
    the_model_is_back(app)
    assert state_of(database, author) is PostState.HELD


def test_a_late_verdict_leaves_a_post_to_the_person_who_has_taken_it_up(
    app: Flask, database: Database, author: Member
) -> None:
    with database.transaction() as session:
        actor = Actor(a_member(session, role=Role.MODERATOR).id, "moderator")
        item = session.scalars(select(ReviewItem)).one()
        reviewing.claim(session, item.id, actor=actor, policy=app.extensions[KEY].policy, at=clock.now())
    the_model_is_back(app)
    assert state_of(database, author) is PostState.HELD

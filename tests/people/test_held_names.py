"""A pseudonym is judged like a post: while a person has to look, others see a neutral name."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask
from sqlalchemy import select

from forum import clock, names
from forum.actions import reviewing
from forum.db import Database
from forum.models import PseudonymState, Role
from forum.queries.names import shown_name
from forum.web.parts import KEY
from moderation.audit import Actor
from moderation.claims import NotYours
from moderation.decisions import StaleForm
from moderation.detectors import Detector
from moderation.detectors.classifier import ClassifierDetector
from moderation.detectors.fixed import fixed_detector
from moderation.detectors.holder import ModelHolder
from moderation.models import AssessmentRow, AuditEvent, ReviewItem
from moderation.subject import Piece
from moderation.verdicts import Verdict
from moderation.workflow import DecisionAction
from tests.moderation.fakes import ScoringClassifier, benign_scores
from tests.people.people import joined, the_member
from tests.review.desk import decide_what_waits
from tests.support.client import CheckingClient
from tests.support.making import a_member


@pytest.fixture
def detectors() -> tuple[Detector, ...]:
    """A classifier that is sure about every text."""
    sure = ScoringClassifier(benign_scores(encouragement=0.95))
    return (ClassifierDetector(ModelHolder.holding(sure), budget_seconds=None),)


def test_a_doubted_name_waits_and_the_person_is_in(client: CheckingClient, database: Database) -> None:
    page = joined(client)

    assert page.h1 == "Your recovery codes"
    member = the_member(database)
    assert member.pseudonym_state is PseudonymState.HELD
    assert shown_name(member.pseudonym, member.pseudonym_state) == names.NEW_MEMBER
    assert client.get("/account").has("Until then others see “New member”.")
    with database.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "profile.held")).one()
        item = session.scalars(select(ReviewItem)).one()
        judged = session.scalars(select(AssessmentRow)).one()
    assert (item.subject_kind.value, item.subject_id) == ("profile", member.id)
    assert event.commitment == judged.commitment
    assert "quiet" not in str(event.fields)


def test_a_new_name_is_not_decided_by_whoever_read_the_old_one(
    app: Flask, client: CheckingClient, database: Database
) -> None:
    joined(client)
    policy = app.extensions[KEY].policy
    with database.transaction() as session:
        actor = Actor(a_member(session, role=Role.MODERATOR).id, "moderator")
        item = session.scalars(select(ReviewItem)).one()
        reviewing.claim(session, item.id, actor=actor, policy=policy, at=clock.now())
        seen = item.version
    page = client.get("/account/name")
    page.submit(page.form("Take this name").fill(pseudonym="loud heron"))
    verdict = Verdict(DecisionAction.SHOW, policy.reasons_for(DecisionAction.SHOW)[0])
    with pytest.raises((StaleForm, NotYours)), database.transaction() as session:
        reviewing.decide(
            session, item.id, version=seen, verdict=verdict, actor=actor, policy=policy, at=clock.now()
        )
    assert the_member(database).pseudonym_state is PseudonymState.HELD


def rule(database: Database, action: DecisionAction) -> None:
    """A person decides about the name that waits."""
    with database.transaction() as session:
        decide_what_waits(session, action)


def take(client: CheckingClient, name: str) -> None:
    page = client.get("/account/name")
    page.submit(page.form("Take this name").fill(pseudonym=name))


@pytest.mark.parametrize("action", [DecisionAction.REMOVE, DecisionAction.KEEP_HELD, DecisionAction.ASK_EDIT])
def test_after_a_person_kept_a_name_back_the_next_one_goes_to_a_person(
    app: Flask, client: CheckingClient, database: Database, action: DecisionAction
) -> None:
    joined(client)
    rule(database, action)
    calm(app)

    take(client, "calm heron")

    member = the_member(database)
    assert (member.pseudonym, member.pseudonym_state) == ("calm heron", PseudonymState.HELD)
    rule(database, DecisionAction.SHOW)
    take(client, "still heron")
    member = the_member(database)
    assert (member.pseudonym, member.pseudonym_state) == ("still heron", PseudonymState.SHOWN)


def test_a_new_name_does_not_slip_past_a_decision_made_meanwhile(
    app: Flask, client: CheckingClient, database: Database
) -> None:
    joined(client)
    left = [DecisionAction.REMOVE]

    class Decides:
        """A detector during whose look the moderator decides about the old name."""

        name = "decides"

        def notice(self, _piece: Piece) -> tuple[()]:
            if left:
                rule(database, left.pop())
            return ()

    calm(app, Decides())
    take(client, "calm heron")
    assert (left, the_member(database).pseudonym_state) == ([], PseudonymState.HELD)


def calm(app: Flask, *more: Detector) -> None:
    """From here on software has nothing to say."""
    app.extensions[KEY] = dataclasses.replace(app.extensions[KEY], detectors=(fixed_detector(), *more))

"""Promise 1: nothing is shown before it was assessed; no verdict holds and queues, and the author is told."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.db import Database
from forum.models import Job, Member, Post, PostState
from moderation.classifier.answer import Prediction
from moderation.detectors import Detector
from moderation.detectors.classifier import ClassifierDetector
from moderation.detectors.fixed import IDENTITY, THRESHOLDS, fixed_detector
from moderation.detectors.holder import ModelHolder
from moderation.models import AssessmentRow, ReviewItem
from moderation.subject import Span
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_thread

WORDS = "The heron stood in the river this morning."


class Slow:
    """A classifier that answers long after anybody waits."""

    identity = IDENTITY
    thresholds = THRESHOLDS

    def predict(self, text: str, quoted: tuple[Span, ...] = ()) -> Prediction:
        time.sleep(1)
        raise AssertionError("nobody waits for this")

    def score(self, texts: Sequence[str]) -> list[dict[str, float]]:
        raise AssertionError("not used")


def absent() -> Detector:
    return ClassifierDetector(ModelHolder(load=lambda _folder: Slow()), budget_seconds=0.1)


def late() -> Detector:
    return ClassifierDetector(ModelHolder.holding(Slow()), budget_seconds=0.05)


CASES = {
    "model_absent": (absent, WORDS),
    "model_late": (late, WORDS),
    "model_failed": (fixed_detector, f"{WORDS} [model fails]"),
    "not_english": (fixed_detector, f"{WORDS} [not english]"),
    "too_long": (fixed_detector, f"{WORDS} [too long]"),
}


@pytest.fixture(params=CASES)
def missing(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def detectors(missing: str) -> tuple[Detector, ...]:
    return (CASES[missing][0](),)


@pytest.fixture
def two(database: Database) -> tuple[Member, Member, int]:
    with database.transaction() as session:
        author, other = a_member(session), a_member(session)
        group = a_group(session, members=(author, other))
        thread = a_thread(session, group, other)
    return author, other, thread.id


def test_never_shown_unjudged(
    app: Flask, client: CheckingClient, database: Database, two: tuple[Member, Member, int], missing: str
) -> None:
    author, other, thread_id = two
    client.sign_in(author)
    client.get(f"/t/{thread_id}/a-hard-week")
    page = client.post(
        f"/t/{thread_id}/reply", {"text": CASES[missing][1], "submission": "one-submission-id"}
    )

    assert page.has("Only you can read this for now")
    assert WORDS in page.text
    with database.reading() as session:
        post = session.scalars(select(Post).where(Post.author_id == author.id)).one()
        item = session.scalars(select(ReviewItem)).one()
        judged = session.scalars(select(AssessmentRow)).one()
        jobs = session.scalar(select(func.count()).select_from(Job))
    assert post.state is PostState.HELD
    assert (item.subject_id, item.revision_id) == (post.id, post.current_revision_id)
    assert f"missing.{missing}" in judged.reasons
    assert jobs == (1 if missing.startswith("model_") else 0)

    reader = CheckingClient(app)
    reader.sign_in(other)
    assert WORDS not in reader.get(f"/t/{thread_id}/a-hard-week").body
    reader.get(f"/p/{post.id}", status=404)


def test_a_new_thread_without_a_verdict_is_not_listed(
    app: Flask, client: CheckingClient, two: tuple[Member, Member, int], missing: str
) -> None:
    author, other, thread_id = two
    client.sign_in(author)
    first = client.get(f"/t/{thread_id}/a-hard-week")
    group = next(link.href for link in first.links if link.href.startswith("/g/"))
    client.get(f"{group}/new")
    page = client.post(
        f"{group}/new",
        {"title": "Herons at dawn", "text": CASES[missing][1], "submission": "another-submission"},
    )
    assert page.h1 == "Herons at dawn"
    reader = CheckingClient(app)
    reader.sign_in(other)
    assert "Herons at dawn" not in reader.get(group).body

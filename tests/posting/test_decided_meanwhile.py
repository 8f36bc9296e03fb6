"""What changed about a writer while software looked at their words counts when the words are stored."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum import clock
from forum.actions import groups, restricting
from forum.db import Database
from forum.models import Post, PostState, Revision
from forum.web.parts import KEY
from moderation.models import Restriction
from moderation.policy import load_policy
from moderation.subject import Piece
from moderation.workflow import DecisionAction
from tests.review.desk import Desk, a_desk, actor_of, claim, decide
from tests.support.client import CheckingClient

Happening = Callable[[Session, Desk], object]


def pause(session: Session, desk: Desk) -> None:
    seen = claim(session, desk.item, desk.moderator)
    decide(session, desk.item, desk.moderator, DecisionAction.RESTRICT, "advert", version=seen, days=7)


def leave(session: Session, desk: Desk) -> None:
    groups.leave(
        session, actor=actor_of(desk.author), group_id=desk.group.id, policy=load_policy(), at=clock.now()
    )


def rest(session: Session, desk: Desk) -> None:
    groups.rest(
        session, actor=actor_of(desk.author), group_id=desk.group.id, weeks=1, longest=8, at=clock.now()
    )


def while_judging(app: Flask, database: Database, desk: Desk, happening: Happening) -> None:
    """Let it happen once, in the moment that software takes to look."""
    left = [happening]

    class Happens:
        name = "happens"

        def notice(self, _piece: Piece) -> tuple[()]:
            if left:
                with database.transaction() as session:
                    left.pop()(session, desk)
            return ()

    parts = app.extensions[KEY]
    app.extensions[KEY] = dataclasses.replace(parts, detectors=(*parts.detectors, Happens()))


@pytest.fixture
def desk(database: Database) -> Desk:
    with database.transaction() as session:
        return a_desk(session, state=PostState.SHOWN)


@pytest.mark.parametrize(("happening", "status"), [(pause, 403), (leave, 403), (rest, 409)])
def test_a_reply_is_not_stored_when_the_writer_may_not_write_any_more(
    app: Flask, client: CheckingClient, database: Database, desk: Desk, happening: Happening, status: int
) -> None:
    client.sign_in(desk.author)
    client.get(f"/t/{desk.thread.id}")
    while_judging(app, database, desk, happening)
    page = client.post(
        f"/t/{desk.thread.id}/reply",
        {"text": "Calm words for you.", "submission": "meanwhile-submission"},
        status=status,
    )
    assert "Calm words for you." in page.body
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Post)) == 2


@pytest.mark.parametrize("happening", [pause, leave])
def test_an_edit_is_not_stored_either(
    app: Flask, client: CheckingClient, database: Database, desk: Desk, happening: Happening
) -> None:
    client.sign_in(desk.author)
    page = client.get(f"/p/{desk.post.id}/edit")
    while_judging(app, database, desk, happening)
    page.submit(page.form("Save the change").fill(text="Calm words for you."), status=403)
    with database.reading() as session:
        revisions = select(func.count()).select_from(Revision).where(Revision.post_id == desk.post.id)
        assert session.scalar(revisions) == 1


def test_a_pause_that_was_ended_meanwhile_is_over(
    app: Flask, client: CheckingClient, database: Database, desk: Desk
) -> None:
    client.sign_in(desk.author)
    client.get(f"/t/{desk.thread.id}")
    with database.transaction() as session:
        pause(session, desk)
        restriction = session.scalars(select(Restriction)).one()
        assert restriction.ends_at > clock.now() + timedelta(days=6)

    def lift(session: Session, desk: Desk) -> None:
        restricting.lift(session, restriction.id, actor=actor_of(desk.moderator), at=clock.now())

    while_judging(app, database, desk, lift)
    client.post(
        f"/t/{desk.thread.id}/reply",
        {"text": "Calm words for you.", "submission": "meanwhile-submission"},
        status=303,
    )

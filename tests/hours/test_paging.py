"""A crisis calls those on call first, inside the site and outside it, until somebody has come."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import clock, webhook, worker
from forum.actions import on_call, paging
from forum.config import Settings
from forum.db import Database
from forum.models import Job, Member, MemberState, Notice, OnCall, PageDelivery, Role
from forum.web.parts import KEY
from moderation.answers import Urgency
from moderation.models import ReviewItem
from moderation.verbs import Verb
from moderation.workflow import DecisionAction
from tests.hours.receiver import Receiver, a_receiver
from tests.hours.test_webhook import SECRET
from tests.review.desk import Desk, a_desk, actor_of, claim, decide, events
from tests.support.client import CheckingClient
from tests.support.making import a_member

HARD_WORDS = "I feel very alone. [crisis] Only the kettle hears me, said Marguerite."


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as one:
        yield one


@pytest.fixture
def settings(settings: Settings, receiver: Receiver) -> Settings:
    return settings.model_copy(update={"paging_url": receiver.url, "paging_secret": SECRET})


def a_crisis(database: Database, *, called: tuple[Role, ...] = ()) -> tuple[Desk, list[Member]]:
    """A crisis item, with somebody of each of these roles on call."""
    with database.transaction() as session:
        desk = a_desk(session, urgency=Urgency.CRISIS, code="crisis.sure")
        people = [a_member(session, role=role) for role in called]
        for person in people:
            put(session, desk.lead, person)
        paging.page_staff(session, session.get_one(ReviewItem, desk.item.id), at=clock.now())
    return desk, people


def put(session: Session, by: Member, person: Member, hours: float | None = None, begins: float = 0) -> None:
    now = clock.now()
    on_call.put(
        session,
        person.id,
        starts_at=now + timedelta(hours=begins),
        ends_at=now + timedelta(hours=hours) if hours is not None else None,
        actor=actor_of(by),
        at=now,
    )


def work(app: Flask, minutes: float = 0) -> int:
    return worker.work_once(app.extensions[KEY], now=clock.now() + timedelta(minutes=minutes))


def tries(database: Database) -> list[tuple[str, int | None, int]]:
    with database.reading() as session:
        found = session.scalars(select(PageDelivery).order_by(PageDelivery.id)).all()
        return [(one.outcome, one.status, one.attempt) for one in found]


def test_who_is_on_call_is_told_first_and_told_so(database: Database) -> None:
    desk, (clinician,) = a_crisis(database, called=(Role.CLINICIAN,))

    with database.reading() as session:
        told = session.scalars(select(Notice).where(Notice.kind == "crisis_page").order_by(Notice.id)).all()
        (event,) = events(session, Verb.STAFF_PAGED)
    assert [one.member_id for one in told] == [clinician.id, desk.moderator.id, desk.other.id, desk.lead.id]
    assert [one.data.get("on_call", False) for one in told] == [True, False, False, False]
    assert (event.fields["told"], event.fields["on_call"]) == (4, 1)


def test_a_moderator_on_call_is_told_once(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, urgency=Urgency.CRISIS)
        put(session, desk.lead, desk.moderator)
        item = session.get_one(ReviewItem, desk.item.id)
        assert paging.page_staff(session, item, at=clock.now()) == 3
        assert paging.page_staff(session, item, at=clock.now() + timedelta(seconds=1)) == 0
        told = session.scalars(select(Notice.member_id).order_by(Notice.id)).all()
    assert told == [desk.moderator.id, desk.other.id, desk.lead.id]


def test_only_who_is_on_call_now_and_still_here_is_called_first(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, urgency=Urgency.CRISIS)
        later, gone, over, moved = (a_member(session, role=Role.CLINICIAN) for _ in range(4))
        put(session, desk.lead, later, begins=1)
        for person in (gone, over, moved):
            put(session, desk.lead, person)
        duty = session.scalars(select(OnCall).where(OnCall.member_id == over.id)).one()
        on_call.end(session, duty.id, actor=actor_of(desk.lead), at=clock.now())
        gone.state, moved.role = MemberState.CLOSED, Role.ADMIN
        session.flush()
        paging.page_staff(session, session.get_one(ReviewItem, desk.item.id), at=clock.now())
        told = set(session.scalars(select(Notice.member_id)))
    assert told == {desk.moderator.id, desk.other.id, desk.lead.id}


def test_a_crisis_goes_out_signed_and_without_a_word(
    app: Flask, client: CheckingClient, database: Database, receiver: Receiver
) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        put(session, desk.lead, desk.lead)
    client.sign_in(desk.author)
    client.get(f"/t/{desk.thread.id}")
    client.post(f"/t/{desk.thread.id}/reply", {"text": HARD_WORDS, "submission": "paging-1"})

    work(app)

    (got,) = receiver.got
    stamp, _, _given = got.headers["Haven-Signature"].partition(",")
    assert got.headers["Haven-Signature"] == f"{stamp},v1=" + webhook.signature(
        SECRET, int(stamp[2:]), got.body
    )
    said = json.loads(got.body)
    assert set(said) == {"event", "item", "urgency", "opened_at", "on_call"}
    assert (said["event"], said["urgency"], said["on_call"]) == ("crisis", "crisis", [desk.lead.id])
    everything = (got.path + str(got.headers) + got.body.decode()).casefold()
    words = {*HARD_WORDS.casefold().replace(".", " ").split(), desk.author.pseudonym.casefold()}
    assert not [word for word in words if len(word) > 5 and word != "[crisis]" and word in everything]
    assert tries(database) == [("delivered", 204, 1)]
    with database.reading() as session:
        (event,) = events(session, Verb.PAGE_DELIVERED)
        assert event.fields["attempts"] == 1
    work(app, minutes=60)
    assert len(receiver.got) == 1


def test_a_receiver_that_is_down_is_tried_again_under_the_same_name(
    app: Flask, database: Database, receiver: Receiver
) -> None:
    a_crisis(database)
    receiver.status = 503
    work(app)
    work(app)
    assert tries(database) == [("refused", 503, 1)]

    receiver.status = 204
    work(app, minutes=2)

    assert tries(database) == [("refused", 503, 1), ("delivered", 204, 2)]
    assert len({got.headers["Haven-Delivery"] for got in receiver.got}) == 1


def test_nobody_is_called_out_for_what_is_decided(app: Flask, database: Database, receiver: Receiver) -> None:
    desk, _people = a_crisis(database)
    with database.transaction() as session:
        item = session.get_one(ReviewItem, desk.item.id)
        version = claim(session, item, desk.moderator)
        decide(session, item, desk.moderator, DecisionAction.SHOW, "within_rules", version=version)

    work(app, minutes=1)

    assert not receiver.got
    assert not tries(database)
    with database.reading() as session:
        assert session.scalars(select(Job.done_at).where(Job.kind == "page_outside")).one() is not None


def test_after_a_day_it_is_given_up_on_record(app: Flask, database: Database, receiver: Receiver) -> None:
    a_crisis(database)
    receiver.status = 500
    for minutes in (0, 60, 24 * 60 - 1, 24 * 60 + 60, 26 * 60):
        work(app, minutes=minutes)

    assert len(receiver.got) == 4
    with database.reading() as session:
        (event,) = events(session, Verb.PAGE_GIVEN_UP)
    assert (event.fields["attempts"], event.fields["why"]) == (4, "refused")


def test_an_item_that_was_old_when_it_became_a_crisis_is_not_given_up_at_once(
    app: Flask, database: Database, receiver: Receiver
) -> None:
    desk, _people = a_crisis(database)
    with database.transaction() as session:
        session.get_one(ReviewItem, desk.item.id).opened_at = clock.now() - timedelta(days=3)
    receiver.status = 500
    work(app)
    receiver.status = 200
    work(app, minutes=5)

    assert [one[0] for one in tries(database)] == ["refused", "delivered"]


class TestWithoutAReceiver:
    """Where no receiver is set, the notices inside the site are all there is."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"paging_url": "", "paging_secret": ""})

    def test_nothing_goes_out_and_nothing_is_left_to_do(
        self, app: Flask, database: Database, receiver: Receiver
    ) -> None:
        a_crisis(database)
        work(app)

        assert not receiver.got
        with database.reading() as session:
            assert session.scalars(select(Job).where(Job.done_at.is_(None))).all() == []

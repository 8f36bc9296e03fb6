"""Admins and leads keep the on-call list, and see at once when pages do not arrive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum import clock, worker
from forum.actions import on_call
from forum.actions.on_call import CannotBeCalled, EndsBeforeItBegins
from forum.config import Settings
from forum.db import Database
from forum.models import Member, OnCall, PageDelivery, Role
from forum.permissions import Refused
from forum.web.parts import KEY
from moderation.verbs import Verb
from tests.hours.night import at, travel
from tests.hours.receiver import Receiver, a_receiver
from tests.hours.test_webhook import SECRET
from tests.review.desk import actor_of, events
from tests.support.client import CheckingClient
from tests.support.making import a_member


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as one:
        yield one


@pytest.fixture
def settings(settings: Settings, receiver: Receiver) -> Settings:
    return settings.model_copy(update={"paging_url": receiver.url, "paging_secret": SECRET})


@pytest.fixture
def people(client: CheckingClient, database: Database, time_machine: Any) -> dict[Role, Member]:
    travel(time_machine, at(10))
    with database.transaction() as session:
        found = {role: a_member(session, f"Calm {role.value.title()}", role=role) for role in Role}
    client.sign_in(found[Role.ADMIN])
    return found


def duties(database: Database) -> list[OnCall]:
    with database.reading() as session:
        return list(session.scalars(select(OnCall).order_by(OnCall.id)))


def test_from_nobody_to_a_lead_on_call_and_off_again(
    client: CheckingClient, database: Database, people: dict[Role, Member]
) -> None:
    page = client.get("/admin/on-call")
    assert page.has("Nobody is on call now")
    choices = page.form("Put on call").fields["person"].texts
    assert set(choices.values()) == {
        "Choose one",
        "Calm Lead (Lead)",
        "Calm Moderator (Moderator)",
        "Calm Clinician (Clinician)",
    }

    page = page.submit(page.form("Put on call").fill(person=str(people[Role.LEAD].id)), status=200)

    assert page.has("They are on the list")
    assert page.has("further notice")
    assert not page.has("Nobody is on call now")
    assert client.get("/admin").has("1 person; alarms leave the site")

    page = client.get("/admin/on-call")
    page = page.submit(page.form(f"/admin/on-call/{duties(database)[0].id}/end"), status=200)
    assert page.has("Nobody is on call now")
    with database.reading() as session:
        (added,), (ended,) = events(session, Verb.ON_CALL_ADDED), events(session, Verb.ON_CALL_ENDED)
    assert added.fields["person"] == ended.fields["person"]
    assert added.fields["person"].startswith("staff-")
    assert added.fields["ends_at"] is None


def test_times_are_by_the_readers_clock_and_may_begin_later(
    client: CheckingClient, database: Database, people: dict[Role, Member]
) -> None:
    page = client.get("/admin/on-call")
    form = page.form("Put on call").fill(
        person=str(people[Role.CLINICIAN].id), starts="2026-06-10T20:00", ends="2026-06-11T08:00"
    )
    page = page.submit(form, status=200)

    (duty,) = duties(database)
    assert (duty.starts_at, duty.ends_at) == (at(20), at(8, days=1))
    assert page.has("Nobody is on call now")
    assert page.has("Calm Clinician")


def test_the_same_form_twice_puts_nobody_on_call_twice(
    client: CheckingClient, database: Database, people: dict[Role, Member], time_machine: Any
) -> None:
    page = client.get("/admin/on-call")
    form = page.form("Put on call").fill(person=str(people[Role.LEAD].id))
    page.submit(form, status=200)
    travel(time_machine, at(10, 1))
    page.submit(form, status=200)

    assert len(duties(database)) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"person": ""}, "Please choose who is on call"),
        ({"person": "987654"}, "Please choose somebody from the list"),
        ({"starts": "tonight"}, "Please write the day and the time like this"),
        ({"starts": "0001-01-01T00:00"}, "within the next two years"),
        ({"ends": "9999-12-31T23:59"}, "within the next two years"),
        ({"ends": "2026-06-10T09:00"}, "This is over before it begins"),
        ({"starts": "2026-06-12T09:00", "ends": "2026-06-11T09:00"}, "This is over before it begins"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    client: CheckingClient,
    database: Database,
    people: dict[Role, Member],
    fields: dict[str, str],
    sentence: str,
) -> None:
    client.get("/admin/on-call")
    sent = {"person": str(people[Role.LEAD].id), "starts": "", "ends": "", **fields}
    page = client.post("/admin/on-call", sent, status=422)

    assert page.has(sentence)
    for name in ("starts", "ends"):
        assert page.form("Put on call").data[name] == [sent[name]]
    assert not duties(database)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.FACILITATOR, Role.AUDITOR, Role.ADMIN])
def test_only_people_of_the_review_desk_can_be_called(
    database: Database, people: dict[Role, Member], role: Role
) -> None:
    with database.transaction() as session:
        by = actor_of(people[Role.ADMIN])
        with pytest.raises(CannotBeCalled):
            on_call.put(session, people[role].id, starts_at=at(10), ends_at=None, actor=by, at=at(10))
        with pytest.raises(EndsBeforeItBegins):
            on_call.put(session, people[Role.LEAD].id, starts_at=at(8), ends_at=at(9), actor=by, at=at(10))
        with pytest.raises(Refused):
            on_call.put(
                session,
                people[Role.LEAD].id,
                starts_at=at(10),
                ends_at=None,
                actor=actor_of(people[Role.MODERATOR]),
                at=at(10),
            )


def test_ending_what_is_not_there_is_not_found_and_ending_twice_is_once(
    client: CheckingClient, database: Database, people: dict[Role, Member]
) -> None:
    page = client.get("/admin/on-call")
    page.submit(page.form("Put on call").fill(person=str(people[Role.LEAD].id)), status=200)
    (duty,) = duties(database)
    client.post(f"/admin/on-call/{duty.id}/end")
    client.post(f"/admin/on-call/{duty.id}/end")
    assert client.post("/admin/on-call/987654/end", status=404).has("We cannot find that time on call")

    with database.reading() as session:
        assert len(events(session, Verb.ON_CALL_ENDED)) == 1


def test_a_trial_says_whether_the_receiver_answers(
    app: Flask, client: CheckingClient, database: Database, people: dict[Role, Member], receiver: Receiver
) -> None:
    receiver.status = 500
    page = client.get("/admin/on-call")
    page.submit(page.form("Send a trial"), status=200)
    page.submit(page.form("Send a trial"), status=200)
    worker.work_once(app.extensions[KEY], now=clock.now() + timedelta(seconds=1))

    assert len(receiver.got) == 1
    page = client.get("/admin/on-call")
    assert page.has("The last alarm did not arrive")
    assert page.has("Refused by the receiver")
    assert page.has("500 after")
    assert client.get("/admin").has("The last alarm to the receiver outside did not arrive")

    with database.transaction() as session:
        session.add(
            PageDelivery(
                job_id=1, attempt=1, tried_at=clock.now(), outcome="delivered", status=204, milliseconds=3
            )
        )
    assert not client.get("/admin/on-call").has("The last alarm did not arrive")
    assert not client.get("/admin").has("did not arrive")
    with database.reading() as session:
        assert not events(session, Verb.PAGE_DELIVERED)

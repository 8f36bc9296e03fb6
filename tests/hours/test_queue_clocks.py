"""Clocks of the queue: they stand still while nobody is at the desk, except for a crisis; SQL and Python agree."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from forum.db import Database
from forum.queries import review
from forum.queries.review import Filters, Row
from moderation import clocks
from moderation.answers import Urgency
from moderation.hours import Hours, Shift
from moderation.models import Decision, ReviewItem
from moderation.verbs import Verb
from moderation.workflow import DecisionAction, ItemState
from tests.hours.night import EIGHT_TO_MIDNIGHT, at, keep, travel
from tests.review.desk import RULES, a_desk, an_item, claim, decide, events
from tests.support.client import CheckingClient
from tests.support.making import a_post


def rows(database: Database, now: datetime, hours: Hours = EIGHT_TO_MIDNIGHT) -> list[Row]:
    with database.reading() as session:
        found, _further = review.queue(session, 0, RULES, hours, now, Filters(), None)
    return found


def items(database: Database, *opened: tuple[Urgency, datetime]) -> list[int]:
    """An item for each, opened then."""
    with database.transaction() as session:
        desk = a_desk(session)
        desk.item.state = ItemState.DECIDED
        return [
            an_item(session, a_post(session, desk.thread, desk.author), urgency=urgency, at=moment).id
            for urgency, moment in opened
        ]


def test_only_a_crisis_grows_late_in_the_night(database: Database) -> None:
    red, crisis = items(database, (Urgency.RED, at(23, 30)), (Urgency.CRISIS, at(23, 55)))
    now = at(7, 59, days=1)

    found = {row.id: row for row in rows(database, now)}
    with database.reading() as session:
        late = {
            level.urgency: level.overdue for level in review.levels(session, RULES, EIGHT_TO_MIDNIGHT, now)
        }

    assert found[red].waited == timedelta(minutes=30)
    assert found[red].in_all == timedelta(hours=8, minutes=29)
    assert not found[red].overdue
    assert found[crisis].waited == found[crisis].in_all == timedelta(hours=8, minutes=4)
    assert found[crisis].overdue
    assert late == {Urgency.CRISIS: 1, Urgency.RED: 0, Urgency.AMBER: 0, Urgency.GREEN: 0}


def test_the_clock_goes_on_where_it_stood(database: Database) -> None:
    (red,) = items(database, (Urgency.RED, at(23, 30)))

    before, after = rows(database, at(8, 29, days=1)), rows(database, at(8, 30, days=1))

    assert [row.overdue for row in before] == [False]
    assert [row.overdue for row in after] == [True]
    assert [row.id for row in after] == [red]


def test_waiting_moves_an_item_up_by_staffed_time_alone(database: Database) -> None:
    amber, red = items(database, (Urgency.AMBER, at(22)), (Urgency.RED, at(7, 55, days=1)))

    night, day = rows(database, at(9, 55, days=1)), rows(database, at(10, days=1))

    assert [(row.id, row.aged) for row in night] == [(red, False), (amber, False)]
    assert [(row.id, row.aged) for row in day] == [(amber, True), (red, False)]


@pytest.mark.parametrize("minute", range(0, 26 * 60, 223))
def test_the_database_ages_and_counts_as_python_does(database: Database, minute: int) -> None:
    hours = Hours("Australia/Lord_Howe", ((Shift(8 * 60, 13 * 60), Shift(22 * 60, 27 * 60)),) * 7)
    now = at(12) + timedelta(minutes=minute)
    opened = [(level, now - timedelta(minutes=15 * 2**step)) for level in Urgency for step in range(8)]
    items(database, *opened)

    found = rows(database, now, hours)
    with database.reading() as session:
        counted = review.levels(session, RULES, hours, now)

    assert found
    for row in found:
        waited = clocks.waited(hours, row.urgency, row.opened_at, now)
        assert row.aged == (RULES.aged(row.urgency, waited) > row.urgency)
    for level in counted:
        target = RULES.values.targets[level.urgency]
        assert level.overdue == sum(
            clocks.waited(hours, urgency, moment, now) >= target
            for urgency, moment in opened
            if urgency is level.urgency
        )


def test_a_decision_keeps_staffed_seconds_beside_those_on_the_wall(database: Database) -> None:
    with database.transaction() as session:
        keep(session)
        desk = a_desk(session)
        desk.item.opened_at = at(23, 30)
        version = claim(session, desk.item, desk.moderator, at=at(8, 10, days=1))
        made = decide(
            session,
            desk.item,
            desk.moderator,
            DecisionAction.SHOW,
            "within_rules",
            version=version,
            at=at(8, 15, days=1),
        )
        numbers = (made.seconds_waiting, made.seconds_waiting_staffed)

    assert numbers == (8 * 3600 + 45 * 60, 45 * 60)
    with database.reading() as session:
        (event,) = events(session, Verb.DECISION_MADE)
        assert event.fields["seconds_waiting"] == numbers[0]
        assert event.fields["seconds_waiting_staffed"] == numbers[1]
        assert session.get(Decision, made.id) is not None


def test_without_hours_every_clock_runs(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        desk.item.opened_at = at(23, 30)
        version = claim(session, desk.item, desk.moderator, at=at(8, 10, days=1))
        made = decide(
            session,
            desk.item,
            desk.moderator,
            DecisionAction.SHOW,
            "within_rules",
            version=version,
            at=at(8, 15, days=1),
        )

        assert made.seconds_waiting == made.seconds_waiting_staffed


def test_the_desk_says_that_nobody_is_there_and_until_when(
    client: CheckingClient, database: Database, time_machine: Any
) -> None:
    travel(time_machine, at(2))
    with database.transaction() as session:
        keep(session)
        desk = a_desk(session)
        desk.item.opened_at = at(23, 30, days=-1)
    client.sign_in(desk.moderator)

    page = client.get("/review")
    assert page.has("Nobody is at the desk until 8:00 (your time)")
    assert page.has("waits for 30 minutes (target 1 hour) · 2 hours in all")
    item = client.get(f"/review/{desk.item.id}")
    assert item.has("waits for 30 minutes (target 1 hour) · 2 hours in all")

    travel(time_machine, at(8, 1))
    client.sign_in(desk.moderator)
    page = client.get("/review")
    assert not page.has("Nobody is at the desk")
    with database.reading() as session:
        assert session.get_one(ReviewItem, desk.item.id).opened_at == at(23, 30, days=-1)

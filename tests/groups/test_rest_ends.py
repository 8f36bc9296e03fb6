"""A resting place is kept for eight weeks from the day the rest began. A week before, a kind word; then it is free."""

from __future__ import annotations

from datetime import datetime, timedelta

import time_machine
from flask import Flask
from sqlalchemy import select

from forum import clock, worker
from forum.actions import groups, waiting
from forum.db import Database
from forum.models import Group, Member, Membership, MembershipState, Notice
from forum.web.parts import KEY
from moderation.models import AuditEvent
from tests.groups.conftest import POLICY, acting, live
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member

WEEK = timedelta(weeks=1)


def resting(database: Database, began: datetime, *, weeks: int = 8) -> tuple[Group, Member]:
    """A member who rests in a group of one place since `began`."""
    with database.transaction() as session:
        member = a_member(session)
        group = a_group(session, "Evenings", capacity=1, members=(member,))
        groups.rest(session, actor=acting(member), group_id=group.id, weeks=weeks, longest=8, at=began)
    return group, member


def told(database: Database, member: Member) -> list[str]:
    with database.reading() as session:
        return list(
            session.scalars(select(Notice.kind).where(Notice.member_id == member.id).order_by(Notice.id))
        )


def round_at(app: Flask, at: datetime) -> None:
    worker.keep_record(app.extensions[KEY], now=at)


def test_warned_a_week_before_and_let_go_at_the_end(
    app: Flask, client: CheckingClient, database: Database
) -> None:
    began = clock.now().replace(microsecond=0)
    group, member = resting(database, began)
    with database.transaction() as session:
        behind = a_member(session)
        waiting.ask(session, actor=acting(behind), group_id=group.id, policy=POLICY, at=began)

    round_at(app, began + 7 * WEEK - timedelta(minutes=1))
    assert told(database, member) == []
    round_at(app, began + 7 * WEEK)
    round_at(app, began + 7 * WEEK + timedelta(minutes=5))
    assert told(database, member) == ["rest_ends_soon"]
    with time_machine.travel(began + 7 * WEEK, tick=False):
        client.sign_in(member)
        page = client.get("/notices")
        assert page.has("You have been resting for a while. We hope it does you good.")
        assert page.has("If you want to keep it, come back by then.")
        assert client.get(f"/g/{group.slug}/about").has("We keep your place until")

    round_at(app, began + 8 * WEEK - timedelta(minutes=1))
    with database.reading() as session:
        assert live(session, group) == 1
    round_at(app, began + 8 * WEEK)
    assert told(database, member) == ["rest_ends_soon", "rest_ended"]
    assert told(database, behind) == ["offer_made"]
    with database.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "group.rest_ended")).one()
        assert {name: event.fields[name] for name in ("live", "offers", "capacity")} == {
            "live": 0,
            "offers": 0,
            "capacity": 1,
        }
        assert event.fields["person"].startswith("member-")
        assert event.actor == "software"
    with time_machine.travel(began + 8 * WEEK, tick=False):
        client.sign_in(member)
        page = client.get("/notices")
        assert page.has("That is all right, and you are welcome back.")
        page = page.follow("Evenings")
        assert page.submit(page.form("Put me on the waiting list")).has("You are next in line.")


def test_resting_again_does_not_begin_anew_and_coming_back_does(app: Flask, database: Database) -> None:
    began = clock.now().replace(microsecond=0)
    group, member = resting(database, began, weeks=1)
    with database.transaction() as session:
        place = groups.rest(
            session, actor=acting(member), group_id=group.id, weeks=8, longest=8, at=began + 3 * WEEK
        )
        assert place.kept_until == place.rest_until == began + 8 * WEEK
    round_at(app, began + 7 * WEEK)
    with database.transaction() as session:
        groups.come_back(session, actor=acting(member), group_id=group.id, at=began + 7 * WEEK)
        groups.rest(session, actor=acting(member), group_id=group.id, weeks=8, longest=8, at=began + 7 * WEEK)
    round_at(app, began + 9 * WEEK)
    assert told(database, member) == ["rest_ends_soon"]
    round_at(app, began + 14 * WEEK)
    round_at(app, began + 15 * WEEK)
    assert told(database, member) == ["rest_ends_soon", "rest_ends_soon", "rest_ended"]


def test_nobody_loses_a_place_without_a_weeks_warning(app: Flask, database: Database) -> None:
    """The worker was away for months: the warning comes first, and the week is given."""
    began = clock.now().replace(microsecond=0)
    group, member = resting(database, began)
    back = began + 20 * WEEK
    round_at(app, back)
    round_at(app, back + timedelta(days=6))
    assert told(database, member) == ["rest_ends_soon"]
    with database.reading() as session:
        place = session.scalars(select(Membership).where(Membership.group_id == group.id)).one()
        assert (place.state, place.kept_until) == (MembershipState.RESTING, back + WEEK)
    round_at(app, back + WEEK)
    assert told(database, member) == ["rest_ends_soon", "rest_ended"]


def test_only_rests_that_fit_are_offered(client: CheckingClient, database: Database) -> None:
    began = clock.now()
    group, member = resting(database, began, weeks=2)
    with time_machine.travel(began + 5 * WEEK, tick=False):
        client.sign_in(member)
        page = client.get(f"/g/{group.slug}/about")
        assert page.has("Your rest is over. Your place is still here.")
        assert page.has("2 weeks")
        assert not page.has("4 weeks")
    with time_machine.travel(began + 7.5 * WEEK, tick=False):
        client.sign_in(member)
        page = client.get(f"/g/{group.slug}/about")
        assert not page.has("Rest longer")
        assert page.submit(page.form("Come back")).has("Good to have you back.")

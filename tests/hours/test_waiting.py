"""What authors and reporters are told of when somebody reads: measured, by the clock that counts."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.db import Database, Session
from forum.models import Member, PostState
from forum.queries.waiting import Wait, eight_of_ten, usual_wait
from moderation.answers import Urgency
from moderation.models import Decision, ReviewItem
from moderation.subject import SubjectKind
from moderation.workflow import ItemState
from tests.hours.night import at, keep, travel
from tests.review.desk import RULES, Desk, a_desk
from tests.support.client import CheckingClient
from tests.support.page import Page

NOW = at(14)


def decided(
    session: Session,
    waits: list[int],
    *,
    urgency: Urgency = Urgency.RED,
    staffed: list[int | None] | None = None,
    when: datetime = NOW,
    action: str = "show",
    display: str = "hold",
) -> None:
    """Decisions that came after these seconds."""
    for number, seconds in enumerate(waits):
        item = ReviewItem(
            subject_kind=SubjectKind.POST,
            subject_id=10_000 + number,
            author_ref=1,
            state=ItemState.DECIDED,
            urgency=int(urgency),
            opened_at=when - timedelta(seconds=seconds),
            decided_at=when,
        )
        session.add(item)
        session.flush()
        session.add(
            Decision(
                item_id=item.id,
                item_version=1,
                subject_kind=SubjectKind.POST,
                subject_id=item.subject_id,
                actor_ref=2,
                actor_role="moderator",
                action=action,
                reason_code="within_rules",
                policy_version=1,
                suggested_display=display,
                seconds_waiting=seconds,
                seconds_waiting_staffed=staffed[number] if staffed is not None else seconds,
                decided_at=when,
            )
        )
    session.flush()


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=60))
def test_eight_of_ten_did_not_wait_longer_and_no_shorter_time_would_be_true(waits: list[int]) -> None:
    said = eight_of_ten(waits)

    assert sum(wait <= said for wait in waits) >= math.ceil(0.8 * len(waits))
    assert all(
        sum(wait <= shorter for wait in waits) < 0.8 * len(waits) for shorter in waits if shorter < said
    )


def test_with_little_to_measure_the_aim_is_told_as_an_aim(session: Session) -> None:
    decided(session, [600] * 19)

    assert usual_wait(session, Urgency.RED, RULES, NOW) == Wait(timedelta(hours=1), measured=False)


def test_with_enough_it_is_measured_and_rounded_up(session: Session) -> None:
    decided(session, [1260] * 16 + [90_000] * 4)

    assert usual_wait(session, Urgency.RED, RULES, NOW) == Wait(timedelta(minutes=25), measured=True)


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [(0, 1), (61, 2), (600, 10), (3540, 60), (3601, 120), (47 * 3600 + 1, 48 * 60), (50 * 3600, 3 * 24 * 60)],
)
def test_what_is_said_is_never_shorter_than_what_was_measured(
    session: Session, seconds: int, minutes: int
) -> None:
    decided(session, [seconds] * 20)

    assert usual_wait(session, Urgency.RED, RULES, NOW).length == timedelta(minutes=minutes)


def test_only_the_last_weeks_this_urgency_and_first_looks_count(session: Session) -> None:
    decided(session, [600] * 20, when=NOW - timedelta(days=29))
    decided(session, [600] * 20, urgency=Urgency.AMBER)
    decided(session, [600] * 20, action="escalate")
    decided(session, [600] * 20, action="check_in")

    assert not usual_wait(session, Urgency.RED, RULES, NOW).measured


def test_authors_are_told_of_held_posts_alone(session: Session) -> None:
    decided(session, [600] * 20, display="show")

    assert usual_wait(session, Urgency.RED, RULES, NOW).measured
    assert not usual_wait(session, Urgency.RED, RULES, NOW, held=True).measured


def test_the_night_does_not_count_but_in_a_crisis(session: Session) -> None:
    night: list[int | None] = [600] * 20
    decided(session, [30_000] * 20, staffed=night)
    decided(session, [30_000] * 20, staffed=night, urgency=Urgency.CRISIS)
    decided(session, [1800] * 20, staffed=[None] * 20, urgency=Urgency.GREEN)

    assert usual_wait(session, Urgency.RED, RULES, NOW).length == timedelta(minutes=10)
    assert usual_wait(session, Urgency.CRISIS, RULES, NOW).length == timedelta(hours=9)
    assert usual_wait(session, Urgency.GREEN, RULES, NOW).length == timedelta(minutes=30)


@pytest.fixture
def desk(database: Database) -> Desk:
    with database.transaction() as session:
        keep(session)
        return a_desk(session)


def seen_at(client: CheckingClient, time_machine: Any, desk: Desk, who: Member, moment: datetime) -> Page:
    travel(time_machine, moment)
    client.sign_in(who)
    return client.get(f"/t/{desk.thread.id}")


def test_an_author_at_night_reads_when_somebody_is_there_and_what_is_open_now(
    client: CheckingClient, time_machine: Any, desk: Desk
) -> None:
    page = seen_at(client, time_machine, desk, desk.author, at(2))

    assert page.has(
        "Nobody is at the desk until 8:00 (your time). From then on, we aim to read it within 1 hour."
    )
    assert page.has("Help that is open now:")
    assert not page.has("We aim to do this within")


def test_by_day_the_same_author_reads_the_aim_alone(
    client: CheckingClient, time_machine: Any, desk: Desk
) -> None:
    page = seen_at(client, time_machine, desk, desk.author, at(14))

    assert page.has("We aim to do this within 1 hour.")
    assert not page.has("Nobody is at the desk")
    assert not page.has("Help that is open now")


def test_late_in_the_evening_the_closing_time_is_not_passed_over(
    client: CheckingClient, time_machine: Any, desk: Desk
) -> None:
    page = seen_at(client, time_machine, desk, desk.author, at(23, 30))

    assert page.has("The desk closes at midnight and opens again at 8:00 tomorrow (your time).")


def test_the_time_is_the_readers_own(
    client: CheckingClient, database: Database, time_machine: Any, desk: Desk
) -> None:
    with database.transaction() as session:
        session.get_one(Member, desk.author.id).timezone = "Australia/Lord_Howe"

    page = seen_at(client, time_machine, desk, desk.author, at(2))

    assert page.has("Nobody is at the desk until 17:30 (your time)")


def test_what_was_measured_is_said_as_measured(
    client: CheckingClient, database: Database, time_machine: Any, desk: Desk
) -> None:
    with database.transaction() as session:
        decided(session, [1500] * 20, when=at(12, days=-2))

    assert seen_at(client, time_machine, desk, desk.author, at(14)).has(
        "8 of 10 like this are read within 25 minutes."
    )
    assert seen_at(client, time_machine, desk, desk.author, at(2)).has(
        "From then on, 8 of 10 like this are read within 25 minutes."
    )


def test_in_a_crisis_nobody_is_told_to_wait_for_the_morning(
    client: CheckingClient, database: Database, time_machine: Any, desk: Desk
) -> None:
    with database.transaction() as session:
        session.get_one(ReviewItem, desk.item.id).urgency = int(Urgency.CRISIS)

    page = seen_at(client, time_machine, desk, desk.author, at(2))

    assert page.has("We have called people from our team. We cannot promise that somebody comes before then.")
    assert page.has("We aim to do this within 10 minutes.")
    assert page.has("Help that is open now:")


def test_nobody_is_told_of_a_wait_for_what_is_decided(
    client: CheckingClient, database: Database, time_machine: Any, desk: Desk
) -> None:
    with database.transaction() as session:
        session.get_one(ReviewItem, desk.item.id).state = ItemState.DECIDED

    page = seen_at(client, time_machine, desk, desk.author, at(2))

    assert page.has("Only you can read this for now")
    assert not page.has("Nobody is at the desk")


def test_others_see_nothing_of_it(client: CheckingClient, time_machine: Any, desk: Desk) -> None:
    page = seen_at(client, time_machine, desk, desk.peer, at(2))

    assert not page.has("Nobody is at the desk")


def test_a_reporter_at_night_knows_before_and_after(
    client: CheckingClient, database: Database, time_machine: Any, desk: Desk
) -> None:
    with database.transaction() as session:
        post = session.get_one(type(desk.post), desk.post.id)
        post.state, post.shown_revision_id = PostState.SHOWN, post.current_revision_id
    travel(time_machine, at(2))
    client.sign_in(desk.peer)

    page = client.get(f"/p/{desk.post.id}/report")
    assert page.has("Nobody is at the desk until 8:00 (your time). What you send waits for them")
    page = page.submit(page.form("report").fill(reason="unkind"), status=200)
    assert page.has(
        "Nobody is at the desk until 8:00 (your time). From then on, we aim to read it within 1 hour."
    )

    travel(time_machine, at(14))
    client.sign_in(desk.peer)
    assert not client.get(page.path).has("Nobody is at the desk")


def test_a_service_without_hours_says_nothing_about_times(
    client: CheckingClient, database: Database, time_machine: Any
) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
    page = seen_at(client, time_machine, desk, desk.author, at(2))

    assert page.has("We aim to do this within 1 hour.")
    assert not page.has("The desk")

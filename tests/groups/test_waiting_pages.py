"""A full group for the people who wait for it: one press onto the list, a turn in words, a place that is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import select

from forum import clock, worker
from forum.actions import accounts, groups, managing_groups, waiting
from forum.db import Database
from forum.models import Facilitation, Group, Intake, Member, Role, WaitingEntry, WaitingState
from forum.web.parts import KEY
from tests.groups.conftest import ADMIN, POLICY, acting, live, send
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member
from tests.support.page import Page


def a_full_group(database: Database, name: str = "Evenings") -> tuple[Group, Member]:
    """A group of one place, and who has it."""
    with database.transaction() as session:
        inside = a_member(session)
        return a_group(session, name, capacity=1, members=(inside,)), inside


def in_line(database: Database, group: Group, people: int = 1) -> list[Member]:
    """This many people on the list, in order."""
    with database.transaction() as session:
        line = [a_member(session) for _ in range(people)]
        for person in line:
            waiting.ask(session, actor=acting(person), group_id=group.id, policy=POLICY, at=clock.now())
    return line


def gives_up(database: Database, group: Group, person: Member) -> None:
    with database.transaction() as session:
        groups.leave(session, actor=acting(person), group_id=group.id, policy=POLICY, at=clock.now())


def about(client: CheckingClient, group: Group, person: Member) -> Page:
    client.sign_in(person)
    return client.get(f"/g/{group.slug}/about")


def the_worker_comes(app: Flask, at: datetime) -> None:
    worker.keep_record(app.extensions[KEY], now=at)


def test_from_a_full_group_to_the_list_in_one_press(client: CheckingClient, database: Database) -> None:
    group, _inside = a_full_group(database)
    with database.transaction() as session:
        first, second = a_member(session), a_member(session)

    page = about(client, group, first)
    assert page.has("Full just now")
    assert page.has("That is not about you")
    assert page.has("Nobody is waiting. You would be next.")
    page = page.submit(page.form("Put me on the waiting list"), status=200)
    assert page.has("You are on the waiting list. We will tell you here when a place is free.")
    assert page.has("You are next in line.")
    assert not page.main_text.count("Put me on the waiting list")

    page = about(client, group, second)
    assert page.has("One person is waiting.")
    asked = page.form("Put me on the waiting list")
    page.submit(asked)
    page = page.submit(asked)  # pressed twice: one turn
    assert page.has("You are number 2 in line.")
    with database.reading() as session:
        assert session.query(WaitingEntry).count() == 2
    page = client.get("/groups")
    assert page.has("Waiting lists you are on")
    assert page.has("You are number 2 in line.")


def test_the_last_place_taken_meanwhile_leads_straight_to_the_list(
    client: CheckingClient, database: Database
) -> None:
    with database.transaction() as session:
        member = a_member(session)
        group = a_group(session, capacity=1)
        a_group(session, "Roomy")
        faster = a_member(session)
    page = about(client, group, member)
    with database.transaction() as session:
        groups.join(session, actor=acting(faster), group_id=group.id, policy=POLICY, at=clock.now())
    page = page.submit(page.form("Join this group"), status=409)
    assert page.h1 == "This group is full just now"
    assert page.has("Roomy")
    page = page.submit(page.form("Put me on the waiting list"), status=200)
    assert page.has("You are next in line.")
    page = send(client, f"/g/{group.slug}/join", status=409)
    assert page.has("You are next in line.")


def test_one_person_may_wait_for_several_groups_and_change_their_mind(
    client: CheckingClient, database: Database
) -> None:
    rooms = [a_full_group(database, name)[0] for name in ("Mornings", "Nights")]
    with database.transaction() as session:
        member = a_member(session)
    for group in rooms:
        page = about(client, group, member)
        page.submit(page.form("Put me on the waiting list"))
    page = client.get("/groups")
    assert page.text.count("You are next in line.") == 2
    page = client.get(f"/g/{rooms[0].slug}/about")
    off = page.form("Take me off the list")
    page = page.submit(off, status=200)
    assert page.has("You are off the list.")
    assert page.submit(off).has("You are not on that list. Nothing was changed.")
    assert client.get("/groups").text.count("You are next in line.") == 1


def test_a_free_place_is_the_first_thing_seen_and_can_be_taken(
    client: CheckingClient, database: Database
) -> None:
    group, inside = a_full_group(database)
    asked, behind = in_line(database, group, 2)
    began = clock.now().replace(microsecond=0)
    with time_machine.travel(began, tick=False):
        gives_up(database, group, inside)
        client.sign_in(asked)
        until = (began + timedelta(hours=72)).strftime("%B %Y")
        for address in ("/groups", "/notices"):
            page = client.get(address)
            said = page.main_text.index("A place is free for you")
            assert said < 60, "before all else on the page"
            assert page.has("we keep it for you until")
            assert until in page.main_text
        assert page.has("A place came free for you.")
        page = client.get(f"/g/{group.slug}/about")
        assert page.has("A place is kept for you")
        take = page.form("Take the place")
        page = page.submit(take, status=200)
        assert page.has("You have a place.")
        assert page.submit(take).has("You are in this group already.")
        assert client.get("/notices").has("You took it.")
        assert not client.get("/groups").main_text.count("A place is free for you")
    assert about(client, group, behind).has("You are next in line.")
    with database.reading() as session:
        assert live(session, group) == 1


def test_saying_no_passes_the_place_on_and_nothing_is_held_against_anybody(
    client: CheckingClient, database: Database
) -> None:
    group, inside = a_full_group(database)
    asked, behind = in_line(database, group, 2)
    gives_up(database, group, inside)
    page = about(client, group, asked)
    no = page.form("No, thank you")
    page = page.submit(no, status=200)
    assert page.has("The place goes to the next person. You can ask again.")
    assert page.submit(no).has("Nothing was changed.")
    page = client.get(f"/g/{group.slug}/about")
    assert page.has("Put me on the waiting list")
    assert about(client, group, behind).has("A place is free for you")


def test_an_offer_that_is_not_answered_passes_on_with_a_kind_word(
    app: Flask, client: CheckingClient, database: Database
) -> None:
    group, inside = a_full_group(database)
    asked, behind = in_line(database, group, 2)
    began = clock.now()
    with time_machine.travel(began, tick=False):
        gives_up(database, group, inside)
    with time_machine.travel(began + timedelta(hours=71, minutes=59), tick=False):
        the_worker_comes(app, clock.now())
        page = about(client, group, asked)
        take = page.form("Take the place")
    with time_machine.travel(began + timedelta(hours=72), tick=False):
        late = client.get(f"/g/{group.slug}/about")
        assert late.has("We kept a place for you, and its time is over now. That is all right.")
        page = late.submit(take, status=200)
        assert page.has("That place is not kept for you any more.")
        the_worker_comes(app, clock.now())
        assert client.get("/notices").has("You did nothing wrong. If you still want to join, ask again.")
        assert about(client, group, behind).has("A place is free for you")
    with database.reading() as session:
        states = session.scalars(select(WaitingEntry.state).order_by(WaitingEntry.id)).all()
    assert states == [WaitingState.EXPIRED, WaitingState.OFFERED]


def test_asking_when_a_place_is_free_by_now_keeps_it_at_once(
    client: CheckingClient, database: Database
) -> None:
    group, inside = a_full_group(database)
    with database.transaction() as session:
        member = a_member(session)
    page = about(client, group, member)
    gives_up(database, group, inside)
    page = page.submit(page.form("Put me on the waiting list"), status=200)
    assert page.has("A place has come free, and we keep it for you.")
    assert page.has("Take the place")


def test_pressing_join_does_not_pass_those_who_wait(client: CheckingClient, database: Database) -> None:
    group, inside = a_full_group(database)
    (asked,) = in_line(database, group)
    with database.transaction() as session:
        stranger = a_member(session)
    gives_up(database, group, inside)
    page = about(client, group, stranger)
    assert not page.main_text.count("Join this group")
    page = send(client, f"/g/{group.slug}/join", status=409)
    assert page.h1 == "This group is full just now"
    client.sign_in(asked)
    page = send(client, f"/g/{group.slug}/join", status=200)
    assert page.has("You have a place."), "the one who was asked may press Join too"


def test_a_place_freed_by_closing_an_account_is_owed_to_the_next_in_line(
    app: Flask, client: CheckingClient, database: Database
) -> None:
    group, inside = a_full_group(database)
    asked, behind = in_line(database, group, 2)
    with database.transaction() as session:
        stranger = a_member(session)
        accounts.close_own(session, inside.id, at=clock.now())
        accounts.close_own(session, asked.id, at=clock.now())
    client.sign_in(stranger)
    page = send(client, f"/g/{group.slug}/join", status=409)
    assert page.has("Put me on the waiting list")
    the_worker_comes(app, clock.now())
    assert about(client, group, behind).has("A place is free for you")


def test_a_closed_group_keeps_the_turns_and_an_ended_one_tells_everybody(
    client: CheckingClient, database: Database
) -> None:
    group, inside = a_full_group(database)
    asked, behind = in_line(database, group, 2)
    gives_up(database, group, inside)
    change: dict[str, Any] = {"actor": ADMIN, "group_id": group.id, "at": clock.now()}
    with database.transaction() as session:
        managing_groups.set_intake(session, intake=Intake.CLOSED, reason="settling", policy=POLICY, **change)
    assert about(client, group, behind).has("You keep your turn.")
    with database.transaction() as session:
        stranger = a_member(session)
    assert not about(client, group, stranger).main_text.count("Put me on the waiting list")
    send(client, f"/g/{group.slug}/wait", status=409)
    assert about(client, group, asked).main_text.count("Take the place"), "a promise given is kept"
    with database.transaction() as session:
        managing_groups.archive(session, reason="planned_end", **change)
    client.sign_in(behind)
    assert client.get("/notices").has("A group you were waiting for has ended.")
    assert not about(client, group, asked).main_text.count("Take the place")
    page = send(client, f"/g/{group.slug}/offer/take", status=200)
    assert page.has("That place is not kept for you any more.")


def test_staff_see_numbers_and_no_names(client: CheckingClient, database: Database) -> None:

    group, inside = a_full_group(database)
    line = in_line(database, group, 3)
    gives_up(database, group, inside)
    with database.transaction() as session:
        lead = a_member(session, role=Role.LEAD)
        a_group(session, "Small").capacity = 1
        held = session.query(Facilitation).filter_by(group_id=group.id).one()
        holder = session.get_one(Member, held.member_id)
    page = about(client, group, holder)
    assert page.has("0 of 1 places are in use. One place is kept for somebody who was asked.")
    assert page.has("2 people are waiting.")
    client.sign_in(lead)
    page = client.get("/admin/groups")
    assert page.has("2 waiting, one open offer")
    page = client.get(f"/admin/groups/{group.id}")
    assert page.has("One, kept until")
    assert not any(person.pseudonym in page.text for person in line)


def test_a_group_above_its_capacity_says_so_to_staff(client: CheckingClient, database: Database) -> None:

    with database.transaction() as session:
        lead = a_member(session, role=Role.LEAD)
        group = a_group(session, "Was larger", capacity=3, members=tuple(a_member(session) for _ in range(3)))
        managing_groups.set_capacity(
            session,
            actor=ADMIN,
            group_id=group.id,
            capacity=1,
            reason="too_busy",
            policy=POLICY,
            at=clock.now(),
        )
    client.sign_in(lead)
    assert client.get("/admin/groups").has("over capacity, takes nobody")
    assert client.get(f"/admin/groups/{group.id}").has("The group has 2 places more in use than it may have.")


def test_nobody_else_can_answer_and_a_forged_press_does_nothing(
    client: CheckingClient, database: Database
) -> None:
    group, inside = a_full_group(database)
    asked, behind = in_line(database, group, 2)
    gives_up(database, group, inside)
    with database.transaction() as session:
        stranger = a_member(session)
    for other in (stranger, behind):
        client.sign_in(other)
        page = send(client, f"/g/{group.slug}/offer/take", status=200)
        assert page.has("That place is not kept for you any more.")
        send(client, f"/g/{group.slug}/offer/decline", status=200)
    with database.reading() as session:
        assert live(session, group) == 0
    client.sign_in(asked)
    client.get(f"/g/{group.slug}/about")
    for address in ("offer/take", "offer/decline", "wait/leave", "wait"):
        client.post(f"/g/{group.slug}/{address}", status=400, forge=True)
        send(client, f"/g/nowhere/{address}", status=404)
    with database.reading() as session:
        states = session.scalars(select(WaitingEntry.state).order_by(WaitingEntry.id)).all()
    assert states == [WaitingState.OFFERED, WaitingState.WAITING]

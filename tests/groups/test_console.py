"""Staff make and change groups, through the checking client."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum import clock
from forum.db import Database
from forum.models import Facilitation, Group, Intake, Member, Role
from moderation.models import AuditEvent
from tests.groups.conftest import live, send
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member
from tests.support.statements import counted


@pytest.fixture
def admin(client: CheckingClient, database: Database) -> Member:
    with database.transaction() as session:
        person = a_member(session, role=Role.ADMIN)
    client.sign_in(person)
    return person


def verbs(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEvent.verb).order_by(AuditEvent.seq)))


def the_group(database: Database) -> Group:
    with database.reading() as session:
        return session.scalars(select(Group)).one()


def test_from_nothing_to_a_group_that_lives(
    client: CheckingClient, database: Database, admin: Member
) -> None:
    with database.transaction() as session:
        holder = a_member(session, "Calm Otter", role=Role.FACILITATOR)
    page = client.get("/admin/groups")
    assert page.has("There are no groups yet.")
    page = page.follow("Make a group")
    page = page.submit(
        page.form("Make the group").fill(name="  Evenings \n", purpose="For hard evenings."), status=200
    )
    assert page.h1 == "Evenings"
    assert page.has("0 of 24 (the policy’s default is 24)")
    assert page.has("No facilitator is active")
    assert the_group(database).slug == "evenings"

    form = page.form("Add the facilitator").fill(facilitator=str(holder.id), facilitator_reason="takes_on")
    page = page.submit(form, status=200)
    assert page.has("Calm Otter")
    assert not page.has("No facilitator is active")

    page = page.submit(
        page.form("Change the places").fill(capacity="15", capacity_reason="study"), status=200
    )
    assert page.has("0 of 15")
    page = page.submit(page.form("Close the intake").fill(intake_reason="settling"), status=200)
    page = page.submit(page.form("Open the intake").fill(intake_reason="ready"), status=200)
    form = page.form("Change the words").fill(purpose="For long evenings.", describe_reason="clearer_words")
    page = page.submit(form, status=200)
    assert page.has("For long evenings.")
    page = page.submit(page.form("End this group").fill(archive_reason="planned_end"), status=200)
    assert page.has("This group has ended.")
    assert verbs(database) == [
        "group.created",
        "facilitator.added",
        "group.capacity_set",
        "group.intake_set",
        "group.intake_set",
        "group.described",
        "group.archived",
    ]


def test_another_size_from_the_start_asks_why(
    client: CheckingClient, database: Database, admin: Member
) -> None:
    page = client.get("/admin/groups/new")
    filled = page.form("Make the group").fill(
        name="Circle", purpose="Talk", kind="live_circle", capacity="12"
    )
    page = page.submit(filled, status=422)
    assert page.errors() == ["Say why it is not 8 places."]
    form = page.form("Make the group")
    assert (form["name"], form["purpose"], form["capacity"]) == ("Circle", "Talk", "12")
    page = page.submit(form.fill(reason="many_waiting"), status=200)
    assert page.has("0 of 12 (the policy’s default is 8)")


WRONG = (
    ("name", "", "Give the group a name."),
    ("name", " \x00\n", "Give the group a name."),
    ("name", "n" * 81, "Keep the name to 80 characters."),
    ("purpose", " ", "Say what the group is for, in a sentence or two."),
    ("purpose", "p" * 1001, "Keep the purpose to 1000 characters."),
    *(
        ("capacity", typed, "Write a whole number from 1 to 500.")
        for typed in ("many", "0", "-3", "501", "٢٤", "9" * 400)
    ),
    ("kind", "secret", "Choose how the group meets."),
    ("reason", "because", "Choose a reason from the list."),
)


def test_what_cannot_be_is_said_by_field_and_nothing_typed_is_lost(
    client: CheckingClient, database: Database, admin: Member
) -> None:
    right = {
        "name": "Evenings",
        "purpose": "For evenings.",
        "kind": "asynchronous",
        "capacity": "",
        "reason": "",
    }
    for field, value, says in WRONG:
        page = send(client, "/admin/groups/new", {**right, field: value}, status=422)
        assert says in page.errors(), (field, value)
        kept = "purpose" if field == "name" else "name"
        assert page.form("Make the group")[kept] == right[kept]
    assert verbs(database) == []


def test_sending_the_new_group_twice_makes_one(
    client: CheckingClient, database: Database, admin: Member
) -> None:
    page = client.get("/admin/groups/new")
    form = page.form("Make the group").fill(name="Evenings", purpose="For evenings.")
    page.submit(form, status=200)
    again = page.submit(form, status=422)
    assert again.errors() == ["There is a group of that name already."]
    assert verbs(database) == ["group.created"]


def test_a_capacity_below_what_is_in_use_ejects_nobody(
    client: CheckingClient, database: Database, admin: Member
) -> None:
    with database.transaction() as session:
        group = a_group(session, members=tuple(a_member(session) for _ in range(3)))
    page = client.get(f"/admin/groups/{group.id}")
    form = page.form("Change the places").fill(capacity="1", capacity_reason="too_busy")
    assert page.submit(form, status=200).has("3 of 1")
    with database.reading() as session:
        assert live(session, group) == 3


def test_each_change_asks_for_its_reason(client: CheckingClient, database: Database, admin: Member) -> None:
    with database.transaction() as session:
        a_member(session, role=Role.FACILITATOR)
        group = a_group(session)
    for button in (
        "Add the facilitator",
        "Change the places",
        "Close the intake",
        "Change the words",
        "End this group",
    ):
        page = client.get(f"/admin/groups/{group.id}")
        page = page.submit(page.form(button), status=422)
        assert page.errors()[-1] == "Choose a reason.", button
    assert verbs(database) == []


def test_an_absence_makes_a_group_read_only_until_its_day(
    client: CheckingClient, database: Database, admin: Member
) -> None:
    with database.transaction() as session:
        holder = a_member(session, "Calm Otter", role=Role.FACILITATOR)
        group = a_group(session, facilitator=holder)
    page = client.get(f"/admin/groups/{group.id}").follow("Calm Otter")
    day = (clock.now() + timedelta(days=3)).date().isoformat()
    form = page.form("Note the absence").fill(back_on=day, away_reason="planned_absence")
    page = page.submit(form, status=200)
    assert page.has("No facilitator is active")
    page = page.follow("Calm Otter")
    page = page.submit(page.form("Back again"), status=200)
    assert not page.has("No facilitator is active")
    page = page.follow("Calm Otter")
    page = page.submit(page.form("Take the group back").fill(end_reason="moved_on"), status=200)
    assert page.has("No facilitator is active")
    with database.reading() as session:
        assert session.scalars(select(Facilitation)).one().ended_at is not None
    assert verbs(database) == ["facilitator.away", "facilitator.away", "facilitator.ended"]


def test_what_nobody_can_type_is_not_given_back(
    client: CheckingClient, database: Database, admin: Member
) -> None:
    """A page with a control character in it is no valid page; the checking client would say so."""
    with database.transaction() as session:
        group = a_group(session)
    odd = "odd \x00\x08 one"
    for path, field in (("words", "name"), ("words", "purpose"), ("capacity", "capacity")):
        sent = {"name": "Evenings", "purpose": "For evenings.", field: odd}
        page = send(client, f"/admin/groups/{group.id}/{path}", sent, status=422)
        assert page.form(f"/admin/groups/{group.id}/{path}")[field] == "odd  one"


def test_an_absence_needs_a_day_to_come(client: CheckingClient, database: Database, admin: Member) -> None:
    with database.transaction() as session:
        holder = a_member(session, role=Role.FACILITATOR)
        group = a_group(session, facilitator=holder)
    path = f"/admin/groups/{group.id}/facilitators/{holder.id}/away"
    for day in ("", "tomorrow", "2020-01-01", "9999-12-31", "0001-01-01", "2026-13-40"):
        page = send(client, path, {"back_on": day, "away_reason": "rota"}, status=422)
        assert len(page.errors()) == 1, day


def test_what_is_not_there_is_not_found(client: CheckingClient, database: Database, admin: Member) -> None:
    with database.transaction() as session:
        group = a_group(session)
    client.get("/admin/groups/999999", status=404)
    client.get("/admin/groups/99999999999999999999", status=404)
    client.get(f"/admin/groups/{group.id}/facilitators/999999", status=404)
    send(client, "/admin/groups/999999/capacity", {"capacity": "5", "capacity_reason": "study"}, status=404)
    send(client, "/admin/groups/999999/intake", {"intake_reason": "ready"}, status=404)


def test_only_a_facilitators_account_can_be_added(
    client: CheckingClient, database: Database, admin: Member
) -> None:
    with database.transaction() as session:
        group = a_group(session)
    path = f"/admin/groups/{group.id}/facilitators"
    for member in ("", "x", "0", "-1", "99999999999999999999", "999999", str(admin.id)):
        page = send(client, path, {"facilitator": member, "facilitator_reason": "takes_on"}, status=422)
        assert len(page.errors()) == 1, member


def test_an_ended_group_is_not_changed(client: CheckingClient, database: Database, admin: Member) -> None:
    with database.transaction() as session:
        group = a_group(session, intake=Intake.CLOSED)
        group.archived_at = clock.now()
    page = client.get(f"/admin/groups/{group.id}")
    assert not page.main_text.count("Change the places")
    for reason in ("ready", ""):
        sent = {"intake": "open", "intake_reason": reason}
        page = send(client, f"/admin/groups/{group.id}/intake", sent, status=409)
        assert page.h1 == "This group has ended"


def test_nobody_else_manages_groups(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        managing = {Role.ADMIN, Role.LEAD}
        people = [a_member(session, role=role) for role in Role if role not in managing]
        group = a_group(session)
    for person in people:
        client.sign_in(person)
        for path in ("/admin/groups", "/admin/groups/new", f"/admin/groups/{group.id}"):
            client.get(path, status=403)


def test_staff_pages_cost_little_and_write_nothing(
    client: CheckingClient, database: Database, admin: Member
) -> None:
    with database.transaction() as session:
        holder = a_member(session, role=Role.FACILITATOR)
        groups = [a_group(session, facilitator=holder) for _ in range(25)]
    client.get("/admin/groups")
    for path in (
        "/admin/groups",
        "/admin/groups/new",
        f"/admin/groups/{groups[0].id}",
        f"/admin/groups/{groups[0].id}/facilitators/{holder.id}",
    ):
        with counted(database) as statements:
            client.get(path)
        assert statements.count <= 12, statements.sent
        assert not statements.writes

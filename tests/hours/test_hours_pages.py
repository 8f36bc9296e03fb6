"""Admins and leads set the hours: written plainly, looked at first, kept as versions, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from forum.actions import desk_hours
from forum.console.desk_hours_text import BadLine, NotHours, read_day, read_exceptions, write_day
from forum.db import Database
from forum.models import Member, Role
from forum.permissions import Refused
from moderation import desk
from moderation.hours import ALL_DAY, Hours, Shift
from moderation.models import StaffedHours
from moderation.verbs import Verb
from tests.hours.night import EIGHT_TO_MIDNIGHT, at, keep, travel
from tests.review.desk import actor_of, events
from tests.support.client import CheckingClient
from tests.support.making import a_member
from tests.support.page import Page

WEEK = dict.fromkeys(desk_hours.DAYS, "08:00-24:00")


@pytest.fixture
def admin(client: CheckingClient, database: Database, time_machine: Any) -> Member:
    travel(time_machine, at(10))
    with database.transaction() as session:
        person = a_member(session, role=Role.ADMIN)
    client.sign_in(person)
    return person


def save(
    page: Page, fields: Mapping[str, str] | None = None, *, status: int = 200, look: bool = False
) -> Page:
    form = page.form("Save the hours").fill(**(fields or {}))
    return page.submit(form, button="Look first" if look else "Save the hours", status=status)


def versions(database: Database) -> list[StaffedHours]:
    with database.reading() as session:
        return list(session.scalars(select(StaffedHours).order_by(StaffedHours.id)))


@pytest.mark.parametrize(
    ("typed", "shifts"),
    [
        ("", ()),
        ("08:00-24:00", (Shift(480, 1440),)),
        ("8-12, 13.30–20:15", (Shift(480, 720), Shift(810, 1215))),
        ("13:00 to 20:00; 8:00—12:00", (Shift(480, 720), Shift(780, 1200))),
        ("20:00-02:00", (Shift(1200, 1560),)),
        ("00:00-24:00", ALL_DAY),
        ("0-0", ALL_DAY),
        ("09:00-09:00", (Shift(540, 1980),)),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, shifts: tuple[Shift, ...]) -> None:
    assert read_day(typed) == shifts


@pytest.mark.parametrize(
    "typed",
    [
        "nine to five",
        "08:00",
        "8-25",
        "08:61-09:00",
        "24:00-02:00",
        "8-12, 11-14",
        "8-9,,x",
        "-5-8",
        "1-2," * 7 + "5-6",
    ],
)
def test_what_cannot_be_read_is_refused(typed: str) -> None:
    with pytest.raises(NotHours):
        read_day(typed)


@given(
    st.lists(st.integers(0, 1440), min_size=0, max_size=10, unique=True).map(
        lambda cuts: tuple(Shift(a, b) for a, b in zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False))
    )
)
def test_what_is_shown_in_the_form_reads_back_the_same(shifts: tuple[Shift, ...]) -> None:
    assert read_day(write_day(shifts)) == shifts


def test_days_that_differ_are_read_line_by_line() -> None:
    found = read_exceptions("2026-12-25\n\n 2026-12-24: 8-14 \n")

    assert found == ((date(2026, 12, 24), (Shift(480, 840),)), (date(2026, 12, 25), ()))
    for text, line in (("2026-12-25\nChristmas", 2), ("2026-02-30", 1), ("2026-12-25\n2026-12-25 8-9", 2)):
        with pytest.raises(BadLine) as problem:
            read_exceptions(text)
        assert problem.value.number == line


def test_the_hours_are_set_and_the_log_has_them(
    client: CheckingClient, database: Database, admin: Member
) -> None:
    page = client.get("/admin/hours")
    assert page.has("No hours are set yet")

    page = save(
        page,
        {**WEEK, "sun": "10:00-12:00, 20:00-02:00", "exceptions": "2026-12-25\n2026-12-24 08:00-14:00"},
    )

    assert page.has("The hours are set")
    assert page.has("Open now, until midnight. By the clock in Europe/London.")
    assert page.form("Save the hours").data["sun"] == ["10:00-12:00, 20:00-02:00"]
    assert page.form("Save the hours").data["exceptions"] == ["2026-12-24 08:00-14:00\n2026-12-25"]
    with database.reading() as session:
        (event,) = events(session, Verb.HOURS_SET)
        assert desk.hours(session).shifts_on(date(2026, 12, 25)) == ()
    assert event.actor_role == "admin"
    assert event.fields["week"][0] == ["mon", "08:00-24:00"]
    assert event.fields["week"][6] == ["sun", "10:00-12:00", "20:00-02:00"]
    assert event.fields["exceptions"] == [["2026-12-24", "08:00-14:00"], ["2026-12-25"]]
    assert (event.fields["was"], event.fields["timezone"]) == (None, "Europe/London")


def test_looking_first_saves_nothing(client: CheckingClient, database: Database, admin: Member) -> None:
    page = save(client.get("/admin/hours"), {**WEEK, "wed": "12:00-13:00", "thu": ""}, look=True)

    assert page.has("As you have written them (not saved yet)")
    assert page.has("Nobody is there now. It opens at 12:00.")  # it is Wednesday, ten o'clock
    assert page.has("nobody is there")
    assert page.form("Save the hours").data["wed"] == ["12:00-13:00"]
    assert not versions(database)


def test_the_same_form_twice_is_one_version(
    client: CheckingClient, database: Database, admin: Member
) -> None:
    page = client.get("/admin/hours")
    save(page, WEEK)
    save(page, WEEK)

    assert len(versions(database)) == 1
    with database.reading() as session:
        assert len(events(session, Verb.HOURS_SET)) == 1


def test_each_change_is_a_version_and_the_newest_rules(
    client: CheckingClient, database: Database, admin: Member
) -> None:
    save(client.get("/admin/hours"), WEEK)
    save(client.get("/admin/hours"), {"mon": ""})

    first, second = versions(database)
    assert first.week[0] == [[480, 1440]]
    assert second.week[0] == []
    with database.reading() as session:
        assert desk.hours(session).week[0] == ()
        assert [event.fields["was"] for event in events(session, Verb.HOURS_SET)] == [None, first.id]


def test_a_colleague_who_saved_meanwhile_is_not_overwritten_unseen(
    client: CheckingClient, another_client: CheckingClient, database: Database, admin: Member
) -> None:
    mine = client.get("/admin/hours")
    another_client.sign_in(admin)
    save(another_client.get("/admin/hours"), WEEK)

    page = save(mine, {**WEEK, "sun": "10:00-11:00"}, status=409)

    assert page.has("Somebody has saved other hours since you opened this page")
    assert page.form("Save the hours").data["sun"] == ["10:00-11:00"]
    assert len(versions(database)) == 1
    assert save(page).has("The hours are set")
    assert len(versions(database)) == 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"mon": "all day"}, "Monday: please write times like"),
        ({"mon": "8-12, 11-14"}, "Monday: two of these times cover each other"),
        (dict.fromkeys(WEEK, "") | {"fri": "10:00-10:30"}, "at least an hour a week"),
        ({"exceptions": "2026-12-25\nsome day"}, "Line 2 cannot be read"),
        (
            {"exceptions": "\n".join(f"2026-{1 + n // 28:02}-{1 + n % 28:02}" for n in range(101))},
            "at most 100 days",
        ),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    client: CheckingClient, database: Database, admin: Member, fields: dict[str, str], sentence: str
) -> None:
    page = save(client.get("/admin/hours"), {**WEEK, "tue": "07:00-09:00", **fields}, status=422)

    assert page.has(sentence)
    for name, typed in fields.items():
        assert page.form("Save the hours").data[name] == [typed]
    assert page.form("Save the hours").data["tue"] == [fields.get("tue", "07:00-09:00")]
    assert not versions(database)


def test_a_zone_that_is_not_on_the_list_is_refused(
    client: CheckingClient, database: Database, admin: Member
) -> None:
    client.get("/admin/hours")
    page = client.post("/admin/hours", {**WEEK, "timezone": "Europe/Atlantis"}, status=422)

    assert page.has("Please choose a time zone from the list")
    assert not versions(database)


def test_a_lead_may_and_a_moderator_may_not(database: Database) -> None:
    hours = Hours("Europe/London", (ALL_DAY,) * 7)
    with database.transaction() as session:
        moderator, lead = a_member(session, role=Role.MODERATOR), a_member(session, role=Role.LEAD)
        with pytest.raises(Refused):
            desk_hours.set_hours(session, hours, was=None, actor=actor_of(moderator), at=at(10))
        desk_hours.set_hours(session, hours, was=None, actor=actor_of(lead), at=at(10))
        assert session.scalar(select(func.count()).select_from(StaffedHours)) == 1


def test_the_first_page_of_the_admins_says_how_the_desk_stands(
    client: CheckingClient, database: Database, admin: Member, time_machine: Any
) -> None:
    assert client.get("/admin").has("No hours set")
    with database.transaction() as session:
        keep(session, EIGHT_TO_MIDNIGHT)
    assert client.get("/admin").has("Open until midnight (your time)")

    travel(time_machine, at(2, days=1))
    client.sign_in(admin)
    page = client.get("/admin")
    assert page.has("Nobody is there until 8:00 (your time)")
    assert page.has("nobody; notices inside the site only")

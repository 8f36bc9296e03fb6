"""Staffed hours: by the wall's clock, over each change of it, past midnight, and always adding up."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from moderation.answers import Urgency
from moderation.clocks import opened_by, waited
from moderation.hours import ALL_DAY, DAY, BadHours, Hours, Shift, overlap

ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe")
CHANGES = {
    "Europe/London": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 10, 4), date(2026, 4, 5)),
}
"""In each zone the day on which the clock goes forward, and the one on which it goes back."""

quick = settings(max_examples=60)

shifts = st.builds(
    lambda opens, length: Shift(opens, opens + length), st.integers(0, DAY - 1), st.integers(1, DAY)
)
days = st.lists(shifts, max_size=3).map(tuple)
weeks = st.lists(days, min_size=7, max_size=7).map(tuple)


@st.composite
def some_hours(draw: st.DrawFn) -> Hours:
    """Any week in one of the zones, with days that differ around its changes of the clock."""
    zone = draw(st.sampled_from(ZONES))
    around = st.sampled_from([day + timedelta(days=step) for day in CHANGES[zone] for step in range(-2, 3)])
    week = draw(weeks.filter(lambda week: sum(one.closes - one.opens for day in week for one in day) >= 60))
    differ = draw(st.dictionaries(around, days, max_size=3))
    return Hours(zone, week, tuple(sorted(differ.items())))


@st.composite
def moments(draw: st.DrawFn) -> tuple[Hours, datetime, datetime]:
    """Hours, and two moments in order within days of a change of the clock."""
    hours = draw(some_hours())
    day = draw(st.sampled_from(CHANGES[hours.timezone]))
    start = datetime.combine(day, time(), UTC) - timedelta(days=2)
    first, second = sorted(draw(st.lists(st.integers(0, 5 * DAY), min_size=2, max_size=2)))
    return hours, start + timedelta(minutes=first), start + timedelta(minutes=second)


def local(zone: str, *when: int, fold: int = 0) -> datetime:
    return datetime(*when, fold=fold, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[arg-type,misc]


def every_day(zone: str, *shifts: tuple[int, int]) -> Hours:
    """The same shifts every day, in hours of the clock."""
    day = tuple(Shift(opens * 60, closes * 60) for opens, closes in shifts)
    return Hours(zone, (day,) * 7)


def by_the_minute(hours: Hours, since: datetime, until: datetime) -> timedelta:
    """What `staffed_between` says, counted the slow way from the question whether somebody is there."""
    minutes = int((until - since) / timedelta(minutes=1))
    return timedelta(minutes=sum(hours.is_staffed(since + timedelta(minutes=n)) for n in range(minutes)))


def shown_by_the_wall(hours: Hours, at: datetime) -> bool:
    """Whether the wall's clock stands inside a shift: the plain reading, right on any day without a change."""
    wall = at.astimezone(ZoneInfo(hours.timezone)).replace(tzinfo=None)
    return any(
        datetime.combine(day, time()) + timedelta(minutes=shift.opens)
        <= wall
        < datetime.combine(day, time()) + timedelta(minutes=shift.closes)
        for day in (wall.date(), wall.date() - timedelta(days=1))
        for shift in hours.shifts_on(day)
    )


@quick
@given(moments())
def test_staffed_time_is_what_one_counts_by_the_minute(case: tuple[Hours, datetime, datetime]) -> None:
    hours, since, until = case
    until = min(until, since + timedelta(hours=30))

    assert hours.staffed_between(since, until) == by_the_minute(hours, since, until)


@settings(max_examples=200)
@given(moments(), st.integers(0, 3 * DAY))
@example(
    (
        every_day("Europe/London", (8, 24)),
        local("Europe/London", 2026, 6, 1, 23),
        local("Europe/London", 2026, 6, 2, 9),
    ),
    120,
)
def test_before_turns_staffed_time_round(case: tuple[Hours, datetime, datetime], minutes: int) -> None:
    hours, since, until = case
    length = timedelta(minutes=minutes)

    assert (since <= hours.before(until, length)) == (hours.staffed_between(since, until) >= length)


@quick
@given(moments())
def test_the_next_opening_is_the_first_staffed_moment(case: tuple[Hours, datetime, datetime]) -> None:
    hours, at, _later = case
    opening = hours.next_opening(at)

    assert opening >= at
    assert hours.is_staffed(opening)
    assert not hours.staffed_between(at, opening)
    assert (opening == at) == hours.is_staffed(at)


@quick
@given(moments())
def test_a_closing_ends_what_is_staffed_without_a_break(case: tuple[Hours, datetime, datetime]) -> None:
    hours, at, _later = case
    closing = hours.closing(at)

    if closing is not None:
        assert hours.is_staffed(at)
        assert not hours.is_staffed(closing)
        assert hours.staffed_between(at, closing) == closing - at


@quick
@given(some_hours(), st.integers(0, 20 * DAY))
def test_where_no_clock_changes_the_wall_decides(hours: Hours, minute: int) -> None:
    at = datetime(2026, 6, 10, tzinfo=UTC) + timedelta(minutes=minute)

    assert hours.is_staffed(at) == shown_by_the_wall(hours, at)


@given(moments())
def test_always_never_pauses(case: tuple[Hours, datetime, datetime]) -> None:
    _hours, since, until = case
    always = Hours.always()

    assert always.staffed_between(since, until) == until - since
    assert always.before(until, until - since) == since
    assert always.next_opening(since) == since
    assert always.closing(since) is None


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_without_closing_lasts_as_long_as_the_day(zone: str) -> None:
    shorter = timedelta(minutes=30) if zone == "Australia/Lord_Howe" else timedelta(hours=1)
    forward, back = CHANGES[zone]
    hours = Hours(zone, (ALL_DAY,) * 7)
    for day, length in ((forward, timedelta(days=1) - shorter), (back, timedelta(days=1) + shorter)):
        start = local(zone, day.year, day.month, day.day)
        after = day + timedelta(days=1)
        end = local(zone, after.year, after.month, after.day)

        assert hours.staffed_between(start, end) == end - start == length


@pytest.mark.parametrize("zone", ZONES)
def test_the_desk_opens_at_eight_by_the_wall_on_both_sides_of_a_change(zone: str) -> None:
    hours = every_day(zone, (8, 24))
    for day in CHANGES[zone]:
        night = local(zone, day.year, day.month, day.day, 0, 5)
        opening = hours.next_opening(night)

        assert not hours.is_staffed(night)
        assert opening.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == datetime.combine(day, time(8))


def test_a_shift_through_the_change_is_as_long_as_it_really_is() -> None:
    night = every_day("Europe/London", (22, 30))  # until six in the morning

    for day, length in ((29, 7), (28, 8)):
        evening = local("Europe/London", 2026, 3, day - 1, 22)
        assert night.closing(evening) == local("Europe/London", 2026, 3, day, 6)
        assert night.staffed_between(evening, evening + timedelta(hours=14)) == timedelta(hours=length)
    autumn = local("Europe/London", 2026, 10, 24, 22)
    assert night.staffed_between(autumn, autumn + timedelta(hours=14)) == timedelta(hours=9)


def test_times_that_the_clock_jumps_over_mean_the_jump() -> None:
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)  # in London the clock goes from 1:00 to 2:00

    lost = Hours("Europe/London", ((),) * 6 + ((Shift(75, 105), Shift(600, 700)),))
    assert lost.next_opening(jump - timedelta(hours=1)) == local("Europe/London", 2026, 3, 29, 10)
    half = Hours("Europe/London", ((),) * 6 + ((Shift(90, 180),),))
    assert half.next_opening(jump - timedelta(hours=1)) == jump
    assert half.closing(jump) == local("Europe/London", 2026, 3, 29, 3)
    howe = Hours("Australia/Lord_Howe", ((),) * 6 + ((Shift(135, 195),),))  # 2:00 to 2:30 is left out
    assert howe.next_opening(datetime(2026, 10, 3, 12, tzinfo=UTC)) == datetime(
        2026, 10, 3, 15, 30, tzinfo=UTC
    )


def test_a_time_that_comes_twice_means_the_first() -> None:
    late = Hours("Europe/London", ((),) * 6 + ((Shift(0, 90),),))

    assert late.closing(local("Europe/London", 2026, 10, 25, 0, 30)) == local(
        "Europe/London", 2026, 10, 25, 1, 30, fold=0
    )
    assert not late.is_staffed(local("Europe/London", 2026, 10, 25, 1, 15, fold=1))


def test_a_shift_past_midnight_belongs_to_the_day_it_begins_on() -> None:
    friday = date(2026, 12, 25)
    hours = Hours("Europe/London", ((Shift(20 * 60, 26 * 60),),) * 7, ((friday, ()),))

    assert hours.is_staffed(local("Europe/London", 2026, 12, 25, 1))
    assert not hours.is_staffed(local("Europe/London", 2026, 12, 25, 21))
    assert not hours.is_staffed(local("Europe/London", 2026, 12, 26, 1))
    assert hours.next_opening(local("Europe/London", 2026, 12, 25, 3)) == local(
        "Europe/London", 2026, 12, 26, 20
    )


def test_only_a_crisis_waits_through_the_night() -> None:
    hours = every_day("Europe/London", (8, 24))
    opened, now = local("Europe/London", 2026, 6, 1, 23), local("Europe/London", 2026, 6, 2, 9)

    assert waited(hours, Urgency.CRISIS, opened, now) == timedelta(hours=10)
    assert {waited(hours, level, opened, now) for level in Urgency if level is not Urgency.CRISIS} == {
        timedelta(hours=2)
    }
    assert opened_by(hours, Urgency.RED, now, timedelta(hours=1)) == local("Europe/London", 2026, 6, 2, 8)
    assert opened_by(hours, Urgency.CRISIS, now, timedelta(hours=1)) == now - timedelta(hours=1)


@given(some_hours())
def test_what_is_stored_reads_back_the_same(hours: Hours) -> None:
    assert Hours.read(hours.timezone, hours.week_data(), hours.exceptions_data()) == hours


@pytest.mark.parametrize(
    ("zone", "week", "exceptions"),
    [
        ("Europe/Atlantis", (ALL_DAY,) * 7, ()),
        ("../etc/passwd", (ALL_DAY,) * 7, ()),
        ("Europe/London", (ALL_DAY,) * 6, ()),
        ("Europe/London", ((),) * 7, ()),
        ("Europe/London", ((Shift(0, 59),), *((),) * 6), ()),
        ("Europe/London", (ALL_DAY,) * 7, ((date(2026, 1, 1), ()), (date(2026, 1, 1), ALL_DAY))),
    ],
)
def test_hours_that_nobody_could_keep_are_refused(zone: str, week: tuple, exceptions: tuple) -> None:  # type: ignore[type-arg]
    with pytest.raises(BadHours):
        Hours(zone, week, exceptions)


@pytest.mark.parametrize(("opens", "closes"), [(-1, 5), (DAY, DAY + 5), (60, 60), (60, 30), (0, DAY + 1)])
def test_a_shift_begins_within_its_day_and_lasts_at_most_a_day(opens: int, closes: int) -> None:
    with pytest.raises(BadHours):
        Shift(opens, closes)


def test_two_shifts_over_the_same_time_are_noticed() -> None:
    assert overlap((Shift(600, 700), Shift(480, 601)))
    assert not overlap((Shift(600, 700), Shift(480, 600)))

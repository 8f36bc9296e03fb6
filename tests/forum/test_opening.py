"""Hours by the reader's clock."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from forum.opening import Hours, HoursKind, Line, Span

LONDON, AUCKLAND = ZoneInfo("Europe/London"), ZoneInfo("Pacific/Auckland")
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
OFFICE = Hours(HoursKind.WEEKLY, LONDON, tuple(Span(day, time(9), time(17)) for day in range(5)))
NIGHTS = Hours(HoursKind.WEEKLY, LONDON, (Span(0, time(20), time(4)), Span(6, time(20), time(0))))


def test_neighbouring_days_with_the_same_hours_are_one_line() -> None:
    assert OFFICE.lines(TUESDAY, LONDON) == (Line(0, 4, "09:00", "17:00", past_midnight=False),)


def test_hours_move_to_the_reader_s_day_and_clock() -> None:
    assert OFFICE.lines(TUESDAY, AUCKLAND) == (Line(0, 4, "22:00", "06:00", past_midnight=True),)


def test_it_is_open_in_its_hours_and_closed_after_them() -> None:
    assert OFFICE.open_at(TUESDAY) is True
    assert OFFICE.open_at(TUESDAY.replace(hour=17)) is False
    assert OFFICE.open_at(TUESDAY.replace(day=28)) is False


def test_a_night_that_began_yesterday_is_still_going() -> None:
    assert NIGHTS.open_at(TUESDAY.replace(hour=3)) is True
    assert NIGHTS.open_at(TUESDAY.replace(hour=5)) is False


def test_closing_at_midnight_is_not_called_the_next_day() -> None:
    lines = {line.first_day: line for line in NIGHTS.lines(TUESDAY, LONDON)}

    assert lines[0].past_midnight
    assert not lines[6].past_midnight


def test_the_clocks_going_forward_moves_the_reader_s_hours() -> None:
    summer = datetime(2026, 7, 7, 10, 0, tzinfo=UTC)

    assert OFFICE.lines(summer, ZoneInfo("UTC")) == (Line(0, 4, "08:00", "16:00", past_midnight=False),)


def test_hours_that_nobody_could_confirm_are_not_guessed() -> None:
    unstated = Hours(HoursKind.UNSTATED, LONDON)

    assert unstated.open_at(TUESDAY) is None
    assert unstated.lines(TUESDAY, LONDON) == ()
    assert Hours(HoursKind.ALWAYS, LONDON).open_at(TUESDAY) is True

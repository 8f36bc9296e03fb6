"""When people are at the desk, and how much of a stretch of time that was.

Hours are written by the clock on the wall of one place; moments are UTC. What the wall shows names the first
moment at which it shows that or later, so that a shift on the night of a clock change is neither lost nor
counted twice. A shift belongs to the day it begins on, also where it ends after midnight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY = 24 * 60
LEAST_WEEK = 60
"""Minutes: with less than an hour a week, what waits for staffed time would wait for half a year."""
MOST_EXCEPTIONS = 100
MOST_SHIFTS = 6
"""A day."""
AHEAD = timedelta(days=8)
"""As far as a closing time is looked for: beyond a week of open doors there is nothing to announce."""
_ONE_DAY = timedelta(days=1)

Stretch = tuple[datetime, datetime]


class BadHours(ValueError):
    """These are no hours that anybody could keep; the message says why."""


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """From `opens` to `closes`, in minutes after midnight; beyond 24 hours it ends on the next day."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not (0 <= self.opens < DAY and self.opens < self.closes <= self.opens + DAY):
            raise BadHours("a shift begins within its day and lasts at most 24 hours")

    @property
    def text(self) -> str:
        """`08:00-24:00`; `20:00-02:00` where it ends on the next day."""
        closes = self.closes if self.closes <= DAY else self.closes - DAY
        return f"{_clock(self.opens)}-{_clock(closes)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


Day = tuple[Shift, ...]
ALL_DAY: Day = (Shift(0, DAY),)


@dataclass(frozen=True, slots=True)
class Hours:
    """A week of shifts, Monday first, and days that differ from it, such as bank holidays."""

    timezone: str
    week: tuple[Day, ...]
    exceptions: tuple[tuple[date, Day], ...] = ()

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise BadHours("the time zone is not known") from None
        if len(self.week) != 7:
            raise BadHours("a week has seven days")
        if sum(shift.closes - shift.opens for day in self.week for shift in day) < LEAST_WEEK:
            raise BadHours("somebody is at the desk for at least an hour a week")
        if max(len(day) for day in (*self.week, *(shifts for _day, shifts in self.exceptions))) > MOST_SHIFTS:
            raise BadHours(f"at most {MOST_SHIFTS} shifts a day")
        days = [day for day, _shifts in self.exceptions]
        if len(days) > MOST_EXCEPTIONS or len(set(days)) < len(days):
            raise BadHours(f"at most {MOST_EXCEPTIONS} days differ, each named once")

    @classmethod
    def always(cls) -> Hours:
        """Somebody is there day and night."""
        return cls("UTC", (ALL_DAY,) * 7)

    @classmethod
    def read(cls, timezone: str, week: list[Any], exceptions: list[Any]) -> Hours:
        """Hours as they are stored."""
        return cls(
            timezone,
            tuple(_day(shifts) for shifts in week),
            tuple((date.fromisoformat(day), _day(shifts)) for day, shifts in exceptions),
        )

    def week_data(self) -> list[list[list[int]]]:
        """The week as it is stored and recorded: for each day its shifts, in minutes after midnight."""
        return [_data(day) for day in self.week]

    def exceptions_data(self) -> list[list[Any]]:
        """The days that differ, as they are stored and recorded."""
        return [[day.isoformat(), _data(shifts)] for day, shifts in self.exceptions]

    def shifts_on(self, day: date) -> Day:
        """The shifts that begin on a day."""
        return dict(self.exceptions).get(day, self.week[day.weekday()])

    def is_staffed(self, at: datetime) -> bool:
        """Whether somebody is at the desk."""
        return any(begins <= at < ends for begins, ends in self._stretches(at, at))

    def next_opening(self, at: datetime) -> datetime:
        """The first moment from `at` on at which somebody is at the desk; `at` itself if somebody is."""
        for begins, ends in self._spans(at, None):
            if ends > at:
                return max(begins, at)
        raise AssertionError("a week has a shift, and only so many days differ")

    def closing(self, at: datetime) -> datetime | None:
        """When the desk closes that is open at `at`; None where it is closed, or open for a week to come."""
        for begins, ends in self._stretches(at, at + AHEAD):
            if begins <= at < ends:
                return ends if ends <= at + AHEAD else None
        return None

    def staffed_between(self, since: datetime, until: datetime) -> timedelta:
        """For how much of this stretch somebody was at the desk."""
        whole = timedelta()
        for begins, ends in self._stretches(since, until):
            whole += max(min(ends, until) - max(begins, since), timedelta())
        return whole

    def before(self, at: datetime, staffed: timedelta) -> datetime:
        """The last moment from which at least `staffed` has passed at the desk until `at`.

        So `since <= before(at, staffed)` says the same as `staffed_between(since, at) >= staffed`.
        """
        back = max(staffed, _ONE_DAY)
        while (passed := self.staffed_between(at - back, at)) < staffed:
            back *= 2
        spare = passed - staffed
        for begins, ends in self._stretches(at - back, at):
            begins, ends = max(begins, at - back), min(ends, at)
            if spare < ends - begins:
                return begins + spare
            spare -= max(ends - begins, timedelta())
        return at

    def _stretches(self, since: datetime, until: datetime) -> Iterator[Stretch]:
        """What is staffed around this time, in order, each stretch whole where shifts meet or overlap."""
        standing: Stretch | None = None
        for begins, ends in self._spans(since, until):
            if standing is None:
                standing = begins, ends
            elif begins <= standing[1]:
                standing = standing[0], max(standing[1], ends)
            else:
                yield standing
                standing = begins, ends
        if standing is not None:
            yield standing

    def _spans(self, since: datetime, until: datetime | None) -> Iterator[Stretch]:
        """Each shift that may touch this time, by when it begins. A shift reaches into the next day at most."""
        zone = ZoneInfo(self.timezone)
        differ = dict(self.exceptions)
        day = since.astimezone(zone).date() - 2 * _ONE_DAY
        last = until.astimezone(zone).date() + _ONE_DAY if until is not None else None
        while last is None or day <= last:
            for shift in sorted(differ.get(day, self.week[day.weekday()])):
                begins, ends = _moment(day, shift.opens, zone), _moment(day, shift.closes, zone)
                if begins < ends:
                    yield begins, ends
            day += _ONE_DAY


@lru_cache(maxsize=10_000)
def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The first moment at which the wall's clock shows this or later."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    # The clock jumps over it: between these two lies the jump.
    early, late = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), moment
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        if middle.astimezone(zone).replace(tzinfo=None) >= wall:
            late = middle
        else:
            early = middle
    return late.replace(microsecond=0)


def _day(shifts: list[list[int]]) -> Day:
    return tuple(Shift(opens, closes) for opens, closes in shifts)


def _data(day: Day) -> list[list[int]]:
    return [[shift.opens, shift.closes] for shift in day]


def overlap(shifts: Day) -> bool:
    """Whether two shifts of a day cover the same time: most likely a slip of the pen."""
    return any(later.opens < earlier.closes for earlier, later in pairwise(sorted(shifts)))

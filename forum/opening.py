"""When a service can be reached, and what that means on the reader's own clock."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

MIDNIGHT = time(0, 0)


class HoursKind(StrEnum):
    """`unstated`: no hours that we could confirm, and the page says so rather than guess."""

    ALWAYS = "always"
    WEEKLY = "weekly"
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True)
class Span:
    """Open on one day of the week (0 is Monday), by the service's clock; a span may end on the next day."""

    day: int
    opens: time
    closes: time

    def on(self, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
        """When it opens and closes on a date that is this day of the week."""
        last = day if self.closes > self.opens else day + timedelta(days=1)
        return datetime.combine(day, self.opens, zone), datetime.combine(last, self.closes, zone)


@dataclass(frozen=True, slots=True)
class Line:
    """The same hours on neighbouring days, by the reader's clock."""

    first_day: int
    last_day: int
    opens: str
    closes: str
    past_midnight: bool


@dataclass(frozen=True, slots=True)
class Hours:
    """A service's hours. `spans` and `zone` matter only to weekly ones."""

    kind: HoursKind
    zone: tzinfo
    spans: tuple[Span, ...] = ()

    def open_at(self, moment: datetime) -> bool | None:
        """Whether somebody answers at `moment`; None when we do not know."""
        if self.kind is HoursKind.UNSTATED:
            return None
        if self.kind is HoursKind.ALWAYS:
            return True
        return any(start <= moment < end for start, end in self._near(moment))

    def lines(self, moment: datetime, reader: tzinfo) -> tuple[Line, ...]:
        """The week around `moment` on the reader's calendar; a change of clocks counts when it comes."""
        days: dict[tuple[str, str, bool], set[int]] = defaultdict(set)
        for start, end in self._near(moment):
            first, last = start.astimezone(reader), end.astimezone(reader)
            past = last.date() > first.date() and last.time() != MIDNIGHT
            days[f"{first:%H:%M}", f"{last:%H:%M}", past].add(first.weekday())
        found = [Line(first, last, *times) for times, on in days.items() for first, last in _runs(on)]
        return tuple(sorted(found, key=lambda line: (line.first_day, line.opens)))

    def _near(self, moment: datetime) -> list[tuple[datetime, datetime]]:
        """Every opening from yesterday to six days on: yesterday's may still be going."""
        today = moment.astimezone(self.zone).date()
        dates = [today + timedelta(days=offset) for offset in range(-1, 6)]
        return [span.on(day, self.zone) for day in dates for span in self.spans if span.day == day.weekday()]


def _runs(days: set[int]) -> list[tuple[int, int]]:
    """Neighbouring days as (first, last)."""
    runs: list[tuple[int, int]] = []
    for day in sorted(days):
        if runs and runs[-1][1] == day - 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs

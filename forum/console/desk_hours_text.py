"""Hours as people write them: `08:00–12:00, 18:00–02:00`; and days that differ, one a line. And back again."""

from __future__ import annotations

import re
from datetime import date

from moderation.hours import DAY, MOST_SHIFTS, Day, Hours, Shift, overlap

_SHIFT = re.compile(r"(\d{1,2})(?:[:.](\d\d))?\s*(?:[-–—]|to)\s*(\d{1,2})(?:[:.](\d\d))?", re.ASCII)
_DATED = re.compile(r"(\d{4}-\d\d-\d\d)\s*:?\s*(.*)", re.ASCII)


class NotHours(ValueError):
    """This cannot be read as hours."""


class Overlapping(NotHours):
    """Two shifts cover the same time: most likely a slip."""


class BadLine(NotHours):
    """One line of the days that differ cannot be read."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def read_day(text: str) -> Day:
    """The shifts of one day; nothing means that nobody is there. An end before the start is on the next day."""
    shifts = tuple(_shift(part.strip()) for part in re.split(r"[,;]", text) if part.strip())
    if len(shifts) > MOST_SHIFTS:
        raise NotHours
    if overlap(shifts):
        raise Overlapping
    return tuple(sorted(shifts))


def read_exceptions(text: str) -> tuple[tuple[date, Day], ...]:
    """Days that differ, in order. A day named twice is as unclear as one that cannot be read."""
    found: dict[date, Day] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            parts = _DATED.fullmatch(line.strip())
            if parts is None:
                raise NotHours
            day = date.fromisoformat(parts[1])
            shifts = read_day(parts[2])
        except ValueError:
            raise BadLine(number) from None
        if day in found:
            raise BadLine(number)
        found[day] = shifts
    return tuple(sorted(found.items()))


def write_day(day: Day) -> str:
    """A day as it is typed."""
    return ", ".join(shift.text for shift in day)


def write_exceptions(hours: Hours) -> str:
    """The days that differ, a line each."""
    return "\n".join(f"{day.isoformat()} {write_day(shifts)}".strip() for day, shifts in hours.exceptions)


def _shift(text: str) -> Shift:
    parts = _SHIFT.fullmatch(text)
    if parts is None:
        raise NotHours
    opens, closes = _minutes(parts[1], parts[2]), _minutes(parts[3], parts[4])
    if opens == DAY:
        raise NotHours
    return Shift(opens, closes if closes > opens else closes + DAY)


def _minutes(hour: str, minute: str | None) -> int:
    minutes = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or minutes > DAY:
        raise NotHours
    return minutes

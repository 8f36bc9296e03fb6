"""Where to turn: the helplines that may be shown to a reader now. An expired entry cannot become one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cache
from pathlib import Path

from forum.opening import Line
from forum.resources import Country, Kind, Malformed, Resource, read_country

FOLDER = Path(__file__).resolve().parent / "data" / "resources"
ORDER = (Kind.EMERGENCY, Kind.NATIONAL, Kind.OTHER)


class Expired(Exception):
    """Somebody tried to show an entry that nobody has checked for too long."""


@dataclass(frozen=True, slots=True)
class Signpost:
    """A resource on its way to a page. `shown_on` is that day, or None for the lines that never hide."""

    resource: Resource
    country: str
    shown_on: date | None = None
    hours: tuple[Line, ...] = ()
    open_now: bool | None = None

    def __post_init__(self) -> None:
        fit = self.resource.never_hides if self.shown_on is None else self.resource.shows_on(self.shown_on)
        if not fit:
            raise Expired(self.resource.id)


@cache
def load(folder: Path = FOLDER) -> Mapping[str, Country]:
    """Every country by its code, in the order of their names. Raises `Malformed`, naming every bad file."""
    found, wrong = [], []
    for path in sorted(folder.glob("*.toml")):
        try:
            found.append(read_country(path))
        except Malformed as error:
            wrong.append(str(error))
    if wrong or not found:
        raise Malformed("\n".join(wrong) or f"No resources in {folder.name}.")
    return {country.code: country for country in sorted(found, key=lambda country: country.name)}


def choose(country: str, now: datetime, tz: tzinfo) -> list[Signpost]:
    """All that may be shown for a country today, with hours by the reader's clock. Unknown: nothing."""
    place = load().get(country)
    if place is None:
        return []
    today = now.astimezone(place.zone).date()
    return [
        Signpost(entry, place.name, today, entry.hours.lines(now, tz), entry.hours.open_at(now))
        for kind in ORDER
        for entry in place.resources
        if entry.kind is kind and entry.shows_on(today)
    ]


@cache
def always_on(country: str) -> tuple[Signpost, ...]:
    """The emergency numbers, then the national 24-hour lines. No clock decides, so any page can show them."""
    place = load().get(country)
    if place is None:
        return ()
    return tuple(
        Signpost(entry, place.name)
        for kind in (Kind.EMERGENCY, Kind.NATIONAL)
        for entry in place.resources
        if entry.kind is kind
    )


def emergency(country: str) -> tuple[Signpost, ...]:
    """The emergency numbers alone."""
    return tuple(signpost for signpost in always_on(country) if signpost.resource.kind is Kind.EMERGENCY)


def due(now: datetime) -> list[tuple[Country, Resource]]:
    """What an admin should check again: entries last checked more than 90 days ago, oldest first."""
    found = [
        (country, entry)
        for country in load().values()
        for entry in country.resources
        if entry.due_on(now.astimezone(country.zone).date())
    ]
    return sorted(found, key=lambda pair: pair[1].verified_on)

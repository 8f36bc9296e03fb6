"""Helplines as dated data: what one entry is, and how it is read from `forum/data/resources/*.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from forum.opening import Hours, HoursKind, Span

Choice = TypeVar("Choice", bound=StrEnum)
HIDE_AFTER = timedelta(days=180)
WARN_AFTER = timedelta(days=90)
ONE_DAY = timedelta(days=1)
"""Somewhere it is already tomorrow."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PHONE = re.compile(r"\+?[0-9][0-9 ]{1,18}")
COUNTRY_KEYS = frozenset({"code", "name", "time_zone", "resources"})
NEEDED = frozenset(
    {"id", "kind", "name", "about", "audience", "hours", "channels", "languages", "source", "verified_on"}
)
MAY_HAVE = frozenset({"cost", "min_age", "max_age", "time_zone"})


class Malformed(Exception):
    """An entry that cannot be used; the message names file, entry and what is wrong."""


class Kind(StrEnum):
    """Emergency numbers and national 24-hour lines never hide; the rest does when nobody has checked it."""

    EMERGENCY = "emergency"
    NATIONAL = "national"
    OTHER = "other"


class ChannelKind(StrEnum):
    CALL = "call"
    TEXT = "text"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach a service: `label` is what a person reads, `href` what a phone or browser opens."""

    kind: ChannelKind
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Resource:
    """One service, and the day somebody last checked all of it against `source`."""

    id: str
    kind: Kind
    name: str
    about: str
    audience: str
    min_age: int | None
    max_age: int | None
    channels: tuple[Channel, ...]
    hours: Hours
    cost: str
    languages: tuple[str, ...]
    source: str
    verified_on: date

    @property
    def never_hides(self) -> bool:
        return self.kind in (Kind.EMERGENCY, Kind.NATIONAL)

    def shows_on(self, day: date) -> bool:
        """Whether it may be shown: lines that never hide always, others for 180 days after the check."""
        return self.never_hides or -ONE_DAY <= day - self.verified_on <= HIDE_AFTER

    def due_on(self, day: date) -> bool:
        """Whether somebody should check it again. A date to come is a slip, never a check."""
        return not -ONE_DAY <= day - self.verified_on <= WARN_AFTER

    def by(self, kind: ChannelKind) -> Channel | None:
        """The first way of this kind, if any."""
        return next((channel for channel in self.channels if channel.kind is kind), None)

    @property
    def call(self) -> Channel | None:
        return self.by(ChannelKind.CALL)

    @property
    def text(self) -> Channel | None:
        return self.by(ChannelKind.TEXT)


@dataclass(frozen=True, slots=True)
class Country:
    code: str
    name: str
    zone: ZoneInfo
    resources: tuple[Resource, ...]


def read_country(path: Path) -> Country:
    """One file. Raises `Malformed` at the first thing that is wrong."""
    try:
        return _country(path, tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"{path.name}: {error}") from None
    except (AttributeError, KeyError, TypeError) as error:
        raise Malformed(f"{path.name}: not shaped like the others ({error}).") from None


def _country(path: Path, table: Mapping[str, Any]) -> Country:
    where = path.name
    _keys(where, table, COUNTRY_KEYS, frozenset())
    code = _text(where, table, "code")
    if path.stem.upper() != code:
        _wrong(where, f"the file is named for another country than {code}")
    zone = _zone(where, _text(where, table, "time_zone"))
    entries = tuple(_resource(where, entry, zone) for entry in table["resources"])
    ids = [entry.id for entry in entries]
    if len(set(ids)) != len(ids):
        _wrong(where, "two entries have the same id")
    if not any(entry.kind is Kind.EMERGENCY for entry in entries):
        _wrong(where, "no emergency number")
    return Country(code, _text(where, table, "name"), zone, entries)


def _resource(file: str, entry: Mapping[str, Any], zone: ZoneInfo) -> Resource:
    where = f"{file}, {entry.get('id', 'an entry without id')}"
    _keys(where, entry, NEEDED, MAY_HAVE)
    if "time_zone" in entry:
        zone = _zone(where, _text(where, entry, "time_zone"))
    verified = entry["verified_on"]
    if not isinstance(verified, date) or isinstance(verified, datetime):
        _wrong(where, "verified_on is not a date")
    found = Resource(
        id=_text(where, entry, "id"),
        kind=_one_of(Kind, where, entry["kind"]),
        name=_text(where, entry, "name"),
        about=_text(where, entry, "about"),
        audience=_text(where, entry, "audience"),
        min_age=_age(where, entry, "min_age"),
        max_age=_age(where, entry, "max_age"),
        channels=tuple(_channel(where, channel) for channel in entry["channels"]),
        hours=_hours(where, entry["hours"], zone),
        cost=_text(where, entry, "cost") if "cost" in entry else "",
        languages=tuple(str(name) for name in entry["languages"]),
        source=_text(where, entry, "source"),
        verified_on=verified,
    )
    if not found.channels:
        _wrong(where, "no way to reach it")
    if found.never_hides and found.hours.kind is not HoursKind.ALWAYS:
        _wrong(where, "an emergency or national line must answer at any time")
    return found


def _channel(where: str, entry: Mapping[str, Any]) -> Channel:
    _keys(where, entry, frozenset({"kind", "value"}), frozenset({"label"}))
    kind = _one_of(ChannelKind, where, entry["kind"])
    value = _text(where, entry, "value")
    label = _text(where, entry, "label") if "label" in entry else value
    if kind is ChannelKind.WEB:
        if not value.startswith("https://"):
            _wrong(where, f"{value} is not an https address")
        return Channel(kind, label.removeprefix("https://").removeprefix("www.").rstrip("/"), value)
    if not PHONE.fullmatch(value):
        _wrong(where, f"{value} is not a number to call or text")
    scheme = "tel" if kind is ChannelKind.CALL else "sms"
    return Channel(kind, label, f"{scheme}:{value.replace(' ', '')}")


def _hours(where: str, value: Any, zone: ZoneInfo) -> Hours:
    if isinstance(value, str):
        return Hours(_one_of(HoursKind, where, value), zone)
    spans = tuple(span for entry in value for span in _spans(where, entry))
    if not spans:
        _wrong(where, "weekly hours without a day")
    return Hours(HoursKind.WEEKLY, zone, spans)


def _spans(where: str, entry: Mapping[str, Any]) -> list[Span]:
    _keys(where, entry, frozenset({"days", "opens", "closes"}), frozenset())
    unknown = [day for day in entry["days"] if day not in DAYS]
    if unknown:
        _wrong(where, f"{unknown[0]} is not a day; days are {', '.join(DAYS)}")
    opens, closes = entry["opens"], entry["closes"]
    if not isinstance(opens, time) or not isinstance(closes, time):
        _wrong(where, "opens and closes are times, such as 09:00:00")
    return [Span(DAYS.index(day), opens, closes) for day in entry["days"]]


def _keys(where: str, entry: Mapping[str, Any], needed: frozenset[str], may: frozenset[str]) -> None:
    if missing := sorted(needed - entry.keys()):
        _wrong(where, f"{missing[0]} is missing")
    if extra := sorted(entry.keys() - needed - may):
        _wrong(where, f"{extra[0]} is not a field that we know")


def _text(where: str, entry: Mapping[str, Any], key: str) -> str:
    value = entry[key]
    if not isinstance(value, str) or not value.strip():
        _wrong(where, f"{key} is empty")
    return value.strip()


def _age(where: str, entry: Mapping[str, Any], key: str) -> int | None:
    value = entry.get(key)
    if value is not None and (not isinstance(value, int) or not 0 < value < 120):
        _wrong(where, f"{key} is not an age")
    return value


def _zone(where: str, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        _wrong(where, f"{name} is not a time zone")


def _one_of(choices: type[Choice], where: str, value: str) -> Choice:
    try:
        return choices(value)
    except ValueError:
        _wrong(where, f"{value} is none of {', '.join(choices)}")


def _wrong(where: str, what: str) -> NoReturn:
    raise Malformed(f"{where}: {what}.")

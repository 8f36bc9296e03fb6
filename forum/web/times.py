"""Moments in the reader's own time zone, and lengths of time in plain words."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Flask, g
from flask_babel import gettext as _
from flask_babel import ngettext

from forum import clock
from forum.web.login import current_viewer
from forum.web.parts import settings


def reader_zone() -> ZoneInfo:
    """The signed-in reader's zone, else the service's. A page asks for it with every time it shows."""
    if "zone" not in g:
        g.zone = _zone()
    found: ZoneInfo = g.zone
    return found


def _zone() -> ZoneInfo:
    person = current_viewer()
    try:
        return ZoneInfo(person.timezone if person else settings().timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def local_time(moment: datetime) -> str:
    """`24 November 2026, 21:40` in the reader's zone."""
    local = moment.astimezone(reader_zone())
    return f"{local.day} {local:%B %Y, %H:%M}"


def local_day(moment: datetime) -> str:
    """`24 November 2026` in the reader's zone, where the hour says nothing."""
    local = moment.astimezone(reader_zone())
    return f"{local.day} {local:%B %Y}"


def local_soon(moment: datetime) -> str:
    """`8:00`, `8:00 tomorrow`, `8:00 on Thursday` or `8:00 on 2 January`: a time that is near, as one would say it."""
    return clock_soon(moment.astimezone(reader_zone()))


def clock_soon(local: datetime) -> str:
    """The same for a moment that carries the zone it is said in."""
    today = clock.now().astimezone(local.tzinfo).date()
    hour, ahead = f"{local.hour}:{local:%M}", (local.date() - today).days
    if ahead == 0:
        return hour
    if ahead == 1:
        return _("midnight") if hour == "0:00" else _("%(hour)s tomorrow", hour=hour)
    if 1 < ahead < 7:
        return _("%(hour)s on %(day)s", hour=hour, day=f"{local:%A}")
    return _("%(hour)s on %(day)s", hour=hour, day=f"{local.day} {local:%B}")


def plain_length(length: timedelta) -> str:
    """A length of time as a person would say it: minutes, then hours, then days."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 1:
        return _("less than a minute")
    if minutes < 60:
        return ngettext("%(num)d minute", "%(num)d minutes", minutes)
    if minutes < 48 * 60:
        return ngettext("%(num)d hour", "%(num)d hours", minutes // 60)
    return ngettext("%(num)d day", "%(num)d days", minutes // (24 * 60))


def install(app: Flask) -> None:
    """Register the filters on times and lengths, and `a_minute` to compare with."""
    app.add_template_filter(datetime.isoformat, "iso")
    app.add_template_filter(local_time, "local_time")
    app.add_template_filter(local_day, "local_day")
    app.add_template_filter(local_soon, "local_soon")
    app.add_template_filter(clock_soon, "clock_soon")
    app.add_template_filter(plain_length, "plain_length")
    app.jinja_env.globals["a_minute"] = timedelta(minutes=1)

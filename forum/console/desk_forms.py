"""Forms of the hours and of the on-call list. What is wrong is said by field, and what was typed stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField

from forum.actions.desk_hours import DAYS
from forum.console import desk_hours_text as written
from forum.web.forms.places import timezones
from forum.web.numbers import read_id
from forum.web.typed import seen
from moderation.hours import MOST_EXCEPTIONS, BadHours, Day, Hours

AHEAD = timedelta(days=2 * 366)
"""Nobody plans who is on call for longer."""


def day_names() -> Mapping[str, str]:
    """The field of each day, and its name."""
    return {
        "mon": _("Monday"),
        "tue": _("Tuesday"),
        "wed": _("Wednesday"),
        "thu": _("Thursday"),
        "fri": _("Friday"),
        "sat": _("Saturday"),
        "sun": _("Sunday"),
    }


class HoursForm(FlaskForm):
    """A week, the days that differ, and the time zone they are written in."""

    was = HiddenField(filters=[seen])
    timezone = StringField(filters=[seen])
    mon = StringField(filters=[seen])
    tue = StringField(filters=[seen])
    wed = StringField(filters=[seen])
    thu = StringField(filters=[seen])
    fri = StringField(filters=[seen])
    sat = StringField(filters=[seen])
    sun = StringField(filters=[seen])
    exceptions = TextAreaField(filters=[seen])

    def fill(self, hours: Hours, version: int | None) -> None:
        """Start from these hours."""
        self.was.data = str(version or "")
        self.timezone.data = hours.timezone
        for name, day in zip(DAYS, hours.week, strict=True):
            self[name].data = written.write_day(day)
        self.exceptions.data = written.write_exceptions(hours)

    @property
    def version(self) -> int | None:
        """The version that the form was filled from."""
        return read_id(self.was.data)

    def hours(self) -> tuple[Hours | None, dict[str, str]]:
        """The hours, or None and what keeps them from being read."""
        errors: dict[str, str] = {}
        if self.timezone.data not in dict(timezones()):
            errors["timezone"] = _("Please choose a time zone from the list.")
        week = [self._day(name, errors) for name in DAYS]
        try:
            differ = written.read_exceptions(self.exceptions.data or "")
        except written.BadLine as problem:
            differ = ()
            errors["exceptions"] = _(
                "Line %(number)s cannot be read. Write a date, then its hours: 2026-12-24 08:00-14:00. "
                "Name each day once.",
                number=problem.number,
            )
        if len(differ) > MOST_EXCEPTIONS:
            errors["exceptions"] = _(
                "Please list at most %(most)s days, and leave out those that are over.", most=MOST_EXCEPTIONS
            )
        if errors:
            return None, errors
        try:
            return Hours(self.timezone.data, tuple(week), differ), {}
        except BadHours:
            return None, {"mon": _("Somebody has to be there for at least an hour a week.")}

    def _day(self, name: str, errors: dict[str, str]) -> Day:
        try:
            return written.read_day(self[name].data or "")
        except written.Overlapping:
            errors[name] = _(
                "%(day)s: two of these times cover each other. Please write them as one.",
                day=day_names()[name],
            )
        except ValueError:
            errors[name] = _(
                "%(day)s: please write times like 08:00-12:00, 13:00-20:00, or leave it empty.",
                day=day_names()[name],
            )
        return ()


class DutyForm(FlaskForm):
    """Who is on call, from when until when, by the reader's own clock."""

    person = StringField()
    starts = StringField(filters=[seen])
    ends = StringField(filters=[seen])

    def times(self, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime | None, dict[str, str]]:
        """From when and until when, and what is wrong. Empty: from now, and until further notice."""
        errors: dict[str, str] = {}
        starts = self._moment("starts", zone, now, errors) or now
        ends = self._moment("ends", zone, now, errors)
        if not errors and ends is not None and ends <= max(starts, now):
            errors["ends"] = _("This is over before it begins. Please choose a later time.")
        return max(starts, now), ends, errors

    def _moment(self, name: str, zone: ZoneInfo, now: datetime, errors: dict[str, str]) -> datetime | None:
        typed = (self[name].data or "").strip()
        if not typed:
            return None
        try:
            moment = datetime.fromisoformat(typed).replace(tzinfo=zone).astimezone(UTC)
        except (ValueError, OverflowError):
            errors[name] = _("Please write the day and the time like this: 2026-12-24 20:00.")
            return None
        if abs(moment - now) > AHEAD:
            errors[name] = _("Please choose a time within the next two years.")
        return moment

"""Country and time zone: what to choose from, in the reader's language."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField, ValidationError

from forum.actions.accounts import Place
from forum.web.parts import settings
from forum.web.typed import seen

NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ", "CQ"})
REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
Choices = tuple[tuple[str, str], ...]


def countries() -> Choices:
    """Code and name of every country, by name."""
    return _countries(str(get_locale() or "en"))


@cache
def _countries(language: str) -> Choices:
    named = Locale.parse(language).territories
    found = [(code, name) for code, name in named.items() if len(code) == 2 and code.isalpha()]
    return tuple(sorted((one for one in found if one[0] not in NO_COUNTRIES), key=lambda one: one[1]))


@cache
def timezones() -> Choices:
    """Every zone that is named after a place, and UTC."""
    named = sorted(zone for zone in available_timezones() if zone.partition("/")[0] in REGIONS)
    return (*((zone, zone.replace("_", " ").replace("/", ": ", 1)) for zone in named), ("UTC", "UTC"))


class PlaceForm(FlaskForm):
    """Which help lines and which clock fit."""

    country = StringField(filters=[seen])
    timezone = StringField(filters=[seen])

    def prefill(self, place: Place | None = None) -> None:
        """Start from the person's own, else the service's."""
        chosen = place or Place(settings().country, settings().timezone)
        self.country.data = self.country.data or chosen.country
        self.timezone.data = self.timezone.data or chosen.timezone

    def validate_country(self, field: StringField) -> None:
        if field.data not in dict(countries()):
            raise ValidationError(_("Please choose a country from the list."))

    def validate_timezone(self, field: StringField) -> None:
        if field.data not in dict(timezones()):
            raise ValidationError(_("Please choose a time zone from the list."))

    @property
    def place(self) -> Place:
        return Place(self.country.data, self.timezone.data)

"""The forms with which staff make and change groups. What is wrong is said by field, and what was typed stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField, ValidationError

from forum import group_reasons, text
from forum.actions.managing_groups import LONGEST_NAME, LONGEST_PURPOSE, MOST_PLACES
from forum.group_reasons import Purpose
from forum.models import GroupKind
from forum.web.typed import seen

LARGEST_YEAR = 9000


class GroupWords(FlaskForm):
    """A name and a purpose, as members read them."""

    name = StringField(filters=[seen])
    purpose = TextAreaField(filters=[seen])

    def validate_name(self, field: StringField) -> None:
        name = _one_line(field.data)
        if not name:
            raise ValidationError(_("Give the group a name."))
        if len(name) > LONGEST_NAME:
            raise ValidationError(_("Keep the name to %(most)s characters.", most=LONGEST_NAME))

    def validate_purpose(self, field: TextAreaField) -> None:
        purpose = text.tidy(field.data or "")
        if not purpose:
            raise ValidationError(_("Say what the group is for, in a sentence or two."))
        if len(purpose) > LONGEST_PURPOSE:
            raise ValidationError(_("Keep the purpose to %(most)s characters.", most=LONGEST_PURPOSE))

    @property
    def words(self) -> dict[str, str]:
        """The name and the purpose as they are kept."""
        return {"name": _one_line(self.name.data), "purpose": text.tidy(self.purpose.data or "")}

    @property
    def sentences(self) -> Mapping[str, list[str]]:
        """Field name to what should change, without the token's own error."""
        return {str(name): list(map(str, said)) for name, said in self.errors.items() if name != "csrf_token"}


class NewGroup(GroupWords):
    """A new group; places left empty mean the policy's default for its kind."""

    kind = StringField(filters=[seen])
    capacity = StringField(filters=[seen])
    reason = StringField(filters=[seen])

    def validate_kind(self, field: StringField) -> None:
        if field.data not in set(GroupKind):
            raise ValidationError(_("Choose how the group meets."))

    def validate_capacity(self, field: StringField) -> None:
        if (field.data or "").strip() and places(field.data) is None:
            raise ValidationError(_say_places())

    def validate_reason(self, field: StringField) -> None:
        if field.data and not _known(Purpose.CAPACITY, field.data):
            raise ValidationError(_("Choose a reason from the list."))


class DescribeGroup(GroupWords):
    """Other words for a group that is there."""

    describe_reason = StringField()

    def validate_describe_reason(self, field: StringField) -> None:
        if not _known(Purpose.DESCRIBE, field.data):
            raise ValidationError(_("Choose a reason."))


class Change(FlaskForm):
    """Every other change: some value, and a reason from its list."""

    capacity = StringField()
    capacity_reason = StringField()
    intake = HiddenField(filters=[seen])
    intake_reason = StringField()
    facilitator = StringField()
    facilitator_reason = StringField()
    back_on = StringField()
    away_reason = StringField()
    end_reason = StringField()
    archive_reason = StringField()


def places(typed: str | None) -> int | None:
    """A number of places, or None where it is not one."""
    digits = (typed or "").strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > 4:
        return None
    return int(digits) if 1 <= int(digits) <= MOST_PLACES else None


def day(typed: str | None, zone: ZoneInfo) -> datetime | None:
    """The start of a day in the reader's zone, or None where it is not a day."""
    try:
        found = date.fromisoformat((typed or "").strip())
    except ValueError:
        return None
    return datetime.combine(found, time(), zone) if 1 < found.year < LARGEST_YEAR else None


def reason_error(purpose: Purpose, code: str | None) -> str | None:
    """What to say where the reason is missing or not on the list."""
    return None if _known(purpose, code) else _("Choose a reason.")


def places_error(typed: str | None) -> str | None:
    """What to say where a number of places is none."""
    return None if places(typed) is not None else _say_places()


def _say_places() -> str:
    said: str = _("Write a whole number from 1 to %(most)s.", most=MOST_PLACES)
    return said


def _known(purpose: Purpose, code: str | None) -> bool:
    return code in {reason.code for reason in group_reasons.reasons(purpose)}


def _one_line(typed: str | None) -> str:
    return " ".join(text.tidy(typed or "").split())

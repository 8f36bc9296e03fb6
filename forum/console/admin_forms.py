"""Forms of the admins' desk."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField, ValidationError

from forum.actions.invitations import LONGEST_DAYS, MOST_USES
from forum.models.member import STAFF, Role
from forum.staff_reasons import REASONS
from forum.web.forms.names import NamesForm, check_public_name
from forum.web.forms.places import PlaceForm
from forum.web.typed import seen


def role_words() -> Mapping[str, str]:
    """Each staff role and what it is for, in the order of the permission table."""
    return {
        Role.FACILITATOR.value: _("Facilitator: looks after groups"),
        Role.MODERATOR.value: _("Moderator: reviews posts and decides"),
        Role.LEAD.value: _("Lead: also takes what moderators pass on, and manages groups"),
        Role.CLINICIAN.value: _("Clinician: advises, does not decide"),
        Role.AUDITOR.value: _("Auditor: reads the log, no posts and no names"),
        Role.ADMIN.value: _("Admin: looks after staff, invitations and groups"),
    }


def reason_choices() -> list[tuple[str, str]]:
    """Reason codes with their words."""
    return [("", _("Choose one")), *((code, _(words)) for code, words in REASONS.items())]


class ReasonForm(FlaskForm):
    """Why, as a code that goes into the log."""

    reason = StringField()

    def validate_reason(self, field: StringField) -> None:
        if field.data not in REASONS:
            raise ValidationError(_("Please choose a reason. It goes into the log."))


class RoleForm(ReasonForm):
    """Another role."""

    role = StringField()

    def validate_role(self, field: StringField) -> None:
        if field.data not in {role.value for role in STAFF}:
            raise ValidationError(_("Please choose a role."))


class StaffForm(RoleForm, NamesForm, PlaceForm):
    """A new staff account."""

    def validate_pseudonym(self, field: StringField) -> None:
        check_public_name(field.data or "", of_staff=True)


class InvitationForm(FlaskForm):
    """How often and how long."""

    uses = StringField(default="1", filters=[seen])
    days = StringField(default="14", filters=[seen])

    def validate_uses(self, field: StringField) -> None:
        if not 1 <= _whole(field.data) <= MOST_USES:
            raise ValidationError(_("Please choose a number from 1 to %(most)s.", most=MOST_USES))

    def validate_days(self, field: StringField) -> None:
        if not 1 <= _whole(field.data) <= LONGEST_DAYS:
            raise ValidationError(_("Please choose a number of days from 1 to %(most)s.", most=LONGEST_DAYS))


def _whole(text: str | None) -> int:
    plain = (text or "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 6 else 0

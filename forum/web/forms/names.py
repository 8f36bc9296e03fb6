"""Choosing a public pseudonym and a private sign-in name: what is declined, and the kind sentence for it."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField, ValidationError

from forum import names
from forum.web.typed import seen
from moderation.pseudonyms import SENTENCES, check_pseudonym


def check_public_name(typed: str, *, of_staff: bool = False) -> None:
    """Raise `ValidationError` for a pseudonym that does not fit, gives somebody away or poses as staff."""
    name = names.tidy(typed)
    if not name:
        raise ValidationError(_("Please choose a name that others will see."))
    if len(name) > names.LONGEST_PSEUDONYM:
        raise ValidationError(_("Please keep this name to %(most)s letters.", most=names.LONGEST_PSEUDONYM))
    problem = None if of_staff else check_pseudonym(name)
    if problem is not None:
        raise ValidationError(_(SENTENCES[problem]))
    if not names.pseudonym_fits(name):
        raise ValidationError(
            _("Please use at least two letters or numbers. Spaces and hyphens are fine too.")
        )
    if not of_staff and names.sounds_like_staff(name):
        raise ValidationError(_("Others could take this name for one of our team. Please choose another."))


def check_door_name(typed: str) -> None:
    """Raise `ValidationError` for a sign-in name that does not fit."""
    name = names.sign_in_name(typed)
    if "@" in name:
        raise ValidationError(_("Please do not use an e-mail address. We do not want to know it."))
    if not names.sign_in_name_fits(name):
        raise ValidationError(
            _(
                "Please use 3 to %(most)s letters from a to z, or numbers. Dots and hyphens may stand between.",
                most=names.LONGEST_SIGN_IN_NAME,
            )
        )
    if name.startswith(names.DEMO_PREFIX):
        raise ValidationError(_("Please choose a name that starts another way."))


class PseudonymForm(FlaskForm):
    """The public name alone."""

    pseudonym = StringField(filters=[seen])

    def validate_pseudonym(self, field: StringField) -> None:
        check_public_name(field.data or "")

    @property
    def public_name(self) -> str:
        return names.tidy(self.pseudonym.data or "")


class NamesForm(PseudonymForm):
    """Both names, which must not be the same."""

    sign_in_name = StringField(filters=[seen])

    def validate_sign_in_name(self, field: StringField) -> None:
        check_door_name(field.data or "")
        if names.pseudonym_key(field.data or "") == names.pseudonym_key(self.pseudonym.data or ""):
            raise ValidationError(
                _("This must differ from the name others see, so that nobody can guess it.")
            )

    @property
    def door_name(self) -> str:
        return names.sign_in_name(self.sign_in_name.data or "")

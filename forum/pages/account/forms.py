"""Forms of the account pages. What each field says is in the templates."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, StringField, ValidationError

from forum import names
from forum.web.forms.pass_phrases import NewPassPhraseForm
from forum.web.next_page import own_path
from forum.web.typed import seen


def _needed(field: StringField, sentence: str) -> None:
    if not (field.data or "").strip():
        raise ValidationError(sentence)


class SignInForm(FlaskForm):
    """The door."""

    sign_in_name = StringField(filters=[seen])
    pass_phrase = PasswordField()
    next = HiddenField(filters=[own_path])

    def validate_sign_in_name(self, field: StringField) -> None:
        _needed(field, _("Please type your private sign-in name."))

    def validate_pass_phrase(self, field: PasswordField) -> None:
        _needed(field, _("Please type your pass-phrase."))


class CodeForm(FlaskForm):
    """A code from an app."""

    code = StringField()
    next = HiddenField(filters=[own_path])

    def validate_code(self, field: StringField) -> None:
        _needed(field, _("Please type the six numbers from your app."))


class LostCodeForm(FlaskForm):
    """A recovery code in place of the app."""

    recovery_code = StringField()

    def validate_recovery_code(self, field: StringField) -> None:
        _needed(field, _("Please type one of your recovery codes."))


class RecoverForm(NewPassPhraseForm):
    """Back in with a recovery code."""

    sign_in_name = StringField(filters=[seen])
    recovery_code = StringField()

    def own_names(self) -> tuple[str, ...]:
        return (names.sign_in_name(self.sign_in_name.data or ""),)

    def validate_sign_in_name(self, field: StringField) -> None:
        _needed(field, _("Please type your private sign-in name."))

    def validate_recovery_code(self, field: StringField) -> None:
        _needed(field, _("Please type one of your recovery codes."))


class ConfirmForm(FlaskForm):
    """One's pass-phrase, before something that matters."""

    pass_phrase = PasswordField()

    def validate_pass_phrase(self, field: PasswordField) -> None:
        _needed(field, _("Please type your pass-phrase."))


class PassPhraseForm(NewPassPhraseForm, ConfirmForm):
    """The old one, then the new one."""

    next = HiddenField(filters=[own_path])
    called: tuple[str, ...] = ()

    def own_names(self) -> tuple[str, ...]:
        return self.called


class CloseForm(ConfirmForm):
    """Closing the account."""

    sure = BooleanField()

    def validate_sure(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError(_("Please tick the box if you want to close your account."))

"""Forms of joining."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField, ValidationError

from forum.web.forms.names import NamesForm
from forum.web.forms.pass_phrases import NewPassPhraseForm
from forum.web.forms.places import PlaceForm
from forum.web.typed import seen


class StartForm(FlaskForm):
    """Age, and an invitation where one is needed."""

    age = StringField()
    invitation = StringField(filters=[seen])

    def validate_age(self, field: StringField) -> None:
        if field.data != "old_enough":
            raise ValidationError(_("Please say how old you are."))


class AccountForm(NamesForm, NewPassPhraseForm, PlaceForm):
    """The account itself."""

    def own_names(self) -> tuple[str, ...]:
        return (self.door_name, self.public_name)

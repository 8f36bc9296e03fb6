"""Choosing a pass-phrase: one of ours, or one's own."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField, ValidationError

from forum import passphrases

OFFERED, OWN = "offered", "own"


class NewPassPhraseForm(FlaskForm):
    """`offer` is shown on the page and comes back in a hidden field; what was typed is never sent back."""

    how = StringField(default=OFFERED)
    offered_pass_phrase = HiddenField()
    new_pass_phrase = PasswordField()
    new_pass_phrase_again = PasswordField()

    def own_names(self) -> tuple[str, ...]:
        """Names of the account, which must not make up the pass-phrase."""
        return ()

    @property
    def offer(self) -> str:
        """The same offer as before, so that what was written down stays true; else a fresh one."""
        given = self.offered_pass_phrase.data or ""
        if not passphrases.is_generated(given):
            self.offered_pass_phrase.data = passphrases.generate()
        return str(self.offered_pass_phrase.data)

    @property
    def chosen(self) -> str:
        return str(self.new_pass_phrase.data if self.how.data == OWN else self.offered_pass_phrase.data)

    def validate_how(self, field: StringField) -> None:
        offered = field.data == OFFERED and passphrases.is_generated(self.offered_pass_phrase.data or "")
        if not offered and field.data != OWN:
            raise ValidationError(_("Please choose a pass-phrase once more."))

    def validate_new_pass_phrase(self, field: PasswordField) -> None:
        if self.how.data != OWN:
            return
        try:
            passphrases.check(field.data or "", names=self.own_names())
        except passphrases.TooWeak as weak:
            raise ValidationError(_why(weak.why)) from None

    def validate_new_pass_phrase_again(self, field: PasswordField) -> None:
        if self.how.data == OWN and passphrases.plain(field.data or "") != passphrases.plain(
            self.new_pass_phrase.data or ""
        ):
            raise ValidationError(_("The two pass-phrases are not the same. Please type both again."))


def _why(code: str) -> str:
    return {
        "short": _(
            "Please use at least %(least)s characters. A few words work well.", least=passphrases.SHORTEST
        ),
        "long": _("Please keep it to %(most)s characters.", most=passphrases.LONGEST),
        "names": _("Please leave your own names out of it. They are what people guess first."),
    }.get(
        code,
        _(
            "This is one that people guess first. Please use a few words that have nothing to do with each other."
        ),
    )

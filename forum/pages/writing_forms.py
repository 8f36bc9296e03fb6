"""The forms in which members write: a thread, a reply, an edit."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from forum import text
from forum.actions import posting
from forum.web.parts import policy
from forum.web.typed import seen

LONGEST_TITLE = 120
LONGEST_NOTE = 100
BARE = re.compile(
    r"(?:tw|cw|trigger(?:\s*warning)?s?|content\s*(?:note|warning)s?|warning|nsfw)[\s:!.*-]*", re.IGNORECASE
)
SUBMISSION = re.compile(r"[A-Za-z0-9_-]{16,40}")


class WritingForm(FlaskForm):
    """A reply or an edit. Lengths are those of the text as it is kept, in characters."""

    text = TextAreaField(filters=[seen])
    labels = SelectMultipleField(option_widget=CheckboxInput(), widget=ListWidget(), validate_choice=False)
    note = StringField(filters=[seen])
    submission = HiddenField(filters=[seen])
    anyway = BooleanField()

    def validate_text(self, field: TextAreaField) -> None:
        words = text.tidy(field.data or "")
        if len(words) > text.MAX_CHARACTERS:
            raise ValidationError(
                _(
                    "This is %(over)s characters too long. Shorten it, or send it as two posts.",
                    over=f"{len(words) - text.MAX_CHARACTERS:,}",
                )
            )
        if not words or not text.render(words).plain.strip():
            raise ValidationError(_("Please write something first."))

    def validate_note(self, field: StringField) -> None:
        note = text.tidy(field.data or "")
        if len(note) > LONGEST_NOTE:
            raise ValidationError(_("Please keep this note to %(most)s characters.", most=LONGEST_NOTE))
        if BARE.fullmatch(note):
            raise ValidationError(_("Say in a few words what it is about, such as “mentions hospital”."))
        if "\n" in note:
            raise ValidationError(_("Please write this note on one line."))

    def validate_labels(self, field: SelectMultipleField) -> None:
        known = {label.code for label in policy().taxonomy.content_labels}
        if not set(field.data or ()) <= known:
            raise ValidationError(_("One of these labels is no longer in use. Please choose again."))

    def draft(self, title: str | None = None) -> posting.Draft:
        """What was sent, ready to be judged."""
        sent = self.submission.data or ""
        return posting.draft(
            source=self.text.data or "",
            title=title,
            note=self.note.data,
            chosen=tuple(dict.fromkeys(self.labels.data or ())),
            submission=sent if SUBMISSION.fullmatch(sent) else new_submission(),
        )

    @property
    def sentences(self) -> Mapping[str, Sequence[str]]:
        """Field name to what should change, without the token's own error."""
        return {str(name): list(problems) for name, problems in self.errors.items() if name != "csrf_token"}


class ReplyForm(WritingForm):
    """A reply, which may answer or quote a post."""

    quotes = HiddenField(filters=[seen])
    answers = HiddenField(filters=[seen])


class ThreadForm(WritingForm):
    """The first post of a thread, with its title."""

    title = StringField(filters=[seen])

    def validate_title(self, field: StringField) -> None:
        words = text.tidy(field.data or "")
        if not words:
            raise ValidationError(_("Please give it a short title."))
        if len(words) > LONGEST_TITLE:
            raise ValidationError(_("Please keep the title to %(most)s characters.", most=LONGEST_TITLE))
        if "\n" in words:
            raise ValidationError(_("Please write the title on one line."))

    def draft(self, title: str | None = None) -> posting.Draft:
        return super().draft(title or self.title.data)


def new_submission() -> str:
    """A random id for one filled-in form: sent twice, it makes one post."""
    return secrets.token_urlsafe(18)


def label_choices() -> list[tuple[str, str]]:
    """The content labels an author may choose, in the list's order."""
    return [(label.code, label.words) for label in policy().taxonomy.content_labels]

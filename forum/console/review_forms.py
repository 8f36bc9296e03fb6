"""The desk's two forms: a decision, and a check-in. What was typed can always be shown again."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectMultipleField, StringField, TextAreaField

from forum import text
from forum.console import marking, review_words
from forum.queries.review_item import ItemView, Words
from forum.web.typed import seen
from moderation.policy import Policy
from moderation.subject import Part, Span
from moderation.verdicts import Illegality, Incomplete, Intention, Offence, Verdict, View
from moderation.workflow import DecisionAction

E = TypeVar("E", bound=StrEnum)


class DecisionForm(FlaskForm):
    """One step with its reason and what the step needs. What fits what is the verdict's question."""

    version = HiddenField(filters=[seen])
    action = StringField()
    reason = StringField()
    labels = SelectMultipleField(validate_choice=False)
    sentence = SelectMultipleField(validate_choice=False)
    words = TextAreaField(filters=[seen])
    days = StringField()
    illegal = StringField()
    offence = StringField()
    intention = StringField()
    facts = TextAreaField(filters=[seen])
    note = TextAreaField(filters=[seen])

    def verdict(self, policy: Policy, item: ItemView) -> tuple[Verdict | None, dict[str, str]]:
        """The verdict, or None and what keeps the form from being one, by field."""
        errors: dict[str, str] = {}
        action = _one_of(DecisionAction, self.action.data)
        if action is None or action is DecisionAction.CHECK_IN:
            errors["action"] = _("Choose what to do.")
        reason = policy.decision_reasons.get(self.reason.data or "")
        if reason is None:
            errors["reason"] = _("Choose a reason.")
        elif not reason.ask_illegal and text.tidy(self.facts.data or ""):
            errors["facts"] = _("The reason you chose does not ask for them. Please put them into the note.")
        spans = self._spans(item, action, errors)
        if action is None or reason is None or errors:
            return None, errors
        days = self.days.data or ""
        return Verdict(
            action=action,
            reason=reason,
            labels=tuple(dict.fromkeys(self.labels.data or ())),
            spans=spans,
            days=int(days) if days.isascii() and days.isdigit() and len(days) < 4 else None,
            note=text.tidy(self.note.data or "") or None,
            illegality=self._illegality() if reason.ask_illegal else None,
        ), {}

    def _spans(
        self, item: ItemView, action: DecisionAction | None, errors: dict[str, str]
    ) -> tuple[Span, ...]:
        """The sentences picked and every place of the words pasted, where the words are open."""
        body = item.words.of(Part.BODY) if item.words is not None else ""
        spans = marking.picked(self.sentence.data or (), len(body)) if body else []
        try:
            passages = marking.passages(self.words.data or "")
        except marking.TooMuch:
            errors["words"] = _(
                "Please give at most %(most)s passages of up to %(long)s characters each. "
                "Whole sentences can be picked above.",
                most=marking.MOST_PASSAGES,
                long=marking.LONGEST_PASSAGE,
            )
            return ()
        meant = [body[span.start : span.end] for span in spans] + passages
        if action is DecisionAction.MASK and item.words is not None and _stand_beside(item.words, meant):
            errors["words"] = _(
                "These words also stand in the title or the author’s note, which cannot be hidden. "
                "Ask the author to change it instead."
            )
            return ()
        for passage in passages:
            found = marking.occurrences(body, passage)
            if not found:
                errors["words"] = _("These words are not in the text. Copy them exactly, one passage a line.")
            spans += found
        return marking.joined(spans)

    def _illegality(self) -> Illegality | None:
        view = _one_of(View, self.illegal.data)
        if view is None:
            return None
        return Illegality(
            view=view,
            offence=_one_of(Offence, self.offence.data),
            intention=_one_of(Intention, self.intention.data),
            facts=text.tidy(self.facts.data or "") or None,
        )


class CareForm(FlaskForm):
    """A check-in: why, and a note for colleagues."""

    version = HiddenField(filters=[seen])
    care_reason = StringField()
    care_note = TextAreaField(filters=[seen])

    def verdict(self, policy: Policy) -> tuple[Verdict | None, dict[str, str]]:
        reason = policy.decision_reasons.get(self.care_reason.data or "")
        if reason is None or DecisionAction.CHECK_IN not in reason.actions:
            return None, {"care_reason": _("Choose why you check in.")}
        note = text.tidy(self.care_note.data or "") or None
        illegality = Illegality(View.NO) if reason.ask_illegal else None
        return Verdict(DecisionAction.CHECK_IN, reason, note=note, illegality=illegality), {}


def said(problem: Incomplete, *, care: bool = False) -> dict[str, str]:
    """What an incomplete verdict lacks, by field of the form."""
    fields = {"mask": "sentence", "note": "care_note" if care else "note"}
    return {fields.get(field, field): review_words.lack(lack) for field, lack in problem.lacks.items()}


def version_of(form: DecisionForm | CareForm) -> int:
    """The version that the form was served for; 0, which never matches, for a broken one."""
    sent = form.version.data or ""
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0


def _stand_beside(words: Words, meant: Sequence[str]) -> bool:
    """Whether something that should be hidden can also be read where no mask reaches."""
    beside = " ".join(words.beside_body.casefold().split())
    return any(part in beside for part in (" ".join(one.casefold().split()) for one in meant) if part)


def _one_of(kind: type[E], value: str | None) -> E | None:
    return kind(value) if value in set(kind) else None

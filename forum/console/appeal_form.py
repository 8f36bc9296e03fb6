"""The desk's form for an appeal: one of two ends, the reason for it, and words for the author."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField

from forum import text
from forum.console import review_words
from forum.web.parts import policy
from forum.web.typed import seen
from moderation.policy import Policy
from moderation.taxonomy import DecisionReason
from moderation.workflow import ANSWERS, DecisionAction

OUTCOMES = (DecisionAction.APPEAL_OVERTURNED, DecisionAction.APPEAL_UPHELD)


class AnswerForm(FlaskForm):
    """One of two ends, the reason for it, and words for the author."""

    version = HiddenField(filters=[seen])
    appeal_outcome = StringField()
    appeal_reason = StringField()
    answer = TextAreaField(filters=[seen])

    def chosen(self, policy: Policy) -> tuple[tuple[DecisionAction, DecisionReason] | None, dict[str, str]]:
        """The outcome and its reason, or None and what keeps the form from being one, by field."""
        errors: dict[str, str] = {}
        sent = self.appeal_outcome.data or ""
        action = DecisionAction(sent) if sent in ANSWERS else None
        if action is None:
            errors["appeal_outcome"] = _("Choose how the appeal ends.")
        reason = policy.decision_reasons.get(self.appeal_reason.data or "")
        if reason is None:
            errors["appeal_reason"] = _("Choose a reason.")
        if action is None or reason is None:
            return None, errors
        return (action, reason), {}

    @property
    def words(self) -> str | None:
        return text.tidy(self.answer.data or "") or None

    @property
    def served_for(self) -> int:
        """The version that the form was served for; 0, which never matches, for a broken one."""
        sent = self.version.data or ""
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0


def reasons_by_outcome() -> Sequence[tuple[str, str, Sequence[DecisionReason]]]:
    """The reasons of the policy for each of the two ends."""
    names = review_words.actions()
    return [(one, names[one][0], policy().reasons_for(one)) for one in OUTCOMES]

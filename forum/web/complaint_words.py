"""What a complaint can be about, and how it can end, in the words of both sides."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from moderation.models import ComplaintKind, ComplaintOutcome


def kinds() -> list[tuple[ComplaintKind, str, str]]:
    """Each kind with its words and a hint, in the order of the form."""
    return [
        (
            ComplaintKind.ILLEGAL_CONTENT,
            _("Something here may be against the law"),
            _("For a post, the fastest way is the link “Report” below it."),
        ),
        (
            ComplaintKind.DUTY_NOT_MET,
            _("You do not do what you promise, or what the law asks of you"),
            _("Such as help that cannot be found, or reports that nobody answers."),
        ),
        (
            ComplaintKind.RESTRICTED_OR_WARNED,
            _("I was warned, paused or shut out"),
            _("If you have a notice about it, its link to ask for another look is faster."),
        ),
        (
            ComplaintKind.SOFTWARE_HID,
            _("Software hid or held back what I wrote"),
            _("And your rules do not say that it would."),
        ),
        (ComplaintKind.OTHER, _("Something else"), ""),
    ]


def outcomes() -> Mapping[ComplaintOutcome, str]:
    """How a complaint ended, as the member reads it."""
    return {
        ComplaintOutcome.AGREED: _("You were right. We say below what we do about it."),
        ComplaintOutcome.PARTLY: _("You were right in part. We say below what we do about it."),
        ComplaintOutcome.NOT_AGREED: _("We see it in another way. We say below why."),
    }


def outcome_choices() -> list[tuple[ComplaintOutcome, str]]:
    """The same as whoever answers chooses it."""
    return [
        (ComplaintOutcome.AGREED, _("They are right")),
        (ComplaintOutcome.PARTLY, _("They are right in part")),
        (ComplaintOutcome.NOT_AGREED, _("We see it in another way")),
    ]

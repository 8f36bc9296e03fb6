"""What the desk says about taking a decision back: how long it can be done in silence, and why it cannot be done."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from forum.actions.undoing import TakenBack, WhyNot
from forum.queries.review_undo import Waiting
from moderation.workflow import SHOWS, DecisionAction


def when(waiting: Waiting) -> str:
    """When a decision of the last seconds takes effect."""
    if waiting.late:
        return _(
            "It should have taken effect by now. Please tell whoever runs this site: “the worker may have stopped”."
        )
    shows = waiting.action in SHOWS or waiting.action == DecisionAction.CHECK_IN
    number = waiting.seconds_left
    if not number:
        return _("It takes effect any moment now.") if shows else _("The author is told any moment now.")
    if shows:
        return ngettext("It takes effect in %(num)s second.", "It takes effect in %(num)s seconds.", number)
    return ngettext("The author is told in %(num)s second.", "The author is told in %(num)s seconds.", number)


def taken_back(done: TakenBack) -> str:
    """What came of taking a decision back."""
    if done.in_time:
        return _("Taken back. Nobody was told, and all is as it was.")
    if not done.reopened:
        return _("Taken back. All is as it was before, and the author has been told.")
    return _("Taken back. All is as it was before, the author has been told, and the item is open again.")


def refusal(why: WhyNot) -> str:
    """Why the decision stays."""
    sentences: Mapping[WhyNot, str] = {
        WhyNot.NOT_YOURS: _("Only the person who decided this, or a lead, can take it back."),
        WhyNot.OWN_WORDS: _("This is about your own words, so a colleague would have to take it back."),
        WhyNot.TAKEN_BACK: _("A colleague has taken this back already."),
        WhyNot.IN_EFFECT: _(
            "It took effect a moment ago, so people have been told. You can still take it back; say why, and they "
            "are told once more."
        ),
        WhyNot.NEWER: _("Something else was decided about this since. Take that back first, or decide anew."),
        WhyNot.AUTHOR: _(
            "The author has changed this or taken it back since, so it cannot be as it was. Please decide on what is "
            "there now."
        ),
        WhyNot.STAFF: _(
            "A facilitator has changed something about this since, so it cannot be as it was. Please decide anew."
        ),
        WhyNot.APPEALED: _(
            "The author has appealed against this, so another person settles it. It cannot be taken back."
        ),
        WhyNot.TOLD: _("A check-in that has been sent stays: kind words are not taken back."),
        WhyNot.MOVED_ON: _("A lead has it by now, or something new came in. Please talk to the lead."),
        WhyNot.TOO_OLD: _("This was decided before decisions could be taken back. Please decide anew."),
        WhyNot.NOT_THIS_KIND: _("This is not a decision that can be taken back. Please decide anew."),
    }
    return sentences[why]

"""The desk's words: urgency, why something is here, how sure that is, actions, and what a form lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from moderation import undoing
from moderation.answers import Urgency
from moderation.claims import AlreadyDecided, ClaimedByAnother, NotYours
from moderation.eligibility import Conflict
from moderation.night import Rule
from moderation.policy import Policy
from moderation.sampling import SAMPLE
from moderation.signals import Strength
from moderation.verdicts import Intention, Lack, Offence, View
from moderation.workflow import DecisionAction


@dataclass(frozen=True, slots=True)
class Why:
    """One reason why an item is in the queue, and how sure it is."""

    sentence: str
    confidence: str


def why(policy: Policy, source: str, code: str) -> Why:
    """A stored reason in words. A code of another policy version is named as it is."""
    if source == "report":
        if code in _nights():
            return Why(_nights()[code], _("people say so"))
        report = policy.report_reasons.get(code)
        words = report.words if report else code
        return Why(_("A member reported: “%(words)s”.", words=words), _("a person says so"))
    if source == "facilitator":
        call = policy.report_reasons.get(code)
        words = call.words if call else code
        return Why(_("A facilitator called a moderator: “%(words)s”.", words=words), _("a person says so"))
    if source == "escalation":
        reason = policy.decision_reasons.get(code)
        words = reason.words if reason else code
        return Why(_("A colleague asked for a lead: “%(words)s”.", words=words), _("a colleague says so"))
    if source == undoing.SOURCE:
        reason = policy.decision_reasons.get(code)
        words = reason.words if reason else code
        return Why(_("A decision was taken back: “%(words)s”.", words=words), _("a colleague says so"))
    if source == SAMPLE:
        return Why(_("Chosen at random. Nothing flagged it."), _("by chance"))
    if source == "appeal":
        reason = policy.decision_reasons.get(code)
        words = reason.words if reason else code
        return Why(
            _("The author appeals against a decision: “%(words)s”.", words=words), _("the author says so")
        )
    row = policy.rows.get(code)
    if source == "appeal_words":
        words = row.staff if row else code
        return Why(_("In what the author wrote to us: %(words)s", words=words), confidence(code))
    return Why(row.staff if row else code, confidence(code))


def _nights() -> Mapping[str, str]:
    """The night rule's reasons (moderation.night) in words."""
    return {
        Rule.ON_POST.reason: _(
            "Held by the night rule: several members reported it while nobody was at the desk."
        ),
        Rule.ON_MEMBER.reason: _(
            "Held by the night rule: members reported several posts of this author while nobody was at the desk."
        ),
    }


def confidence(code: str) -> str:
    """How sure a policy reason is."""
    words = _("no doubt about the words")
    if code.startswith("missing."):
        words = _("no answer from software")
    elif code.startswith("rule_"):
        words = _("a word rule")
    elif code.endswith(f".{Strength.SURE}"):
        words = _("software is sure")
    elif code.endswith(f".{Strength.BAND}"):
        words = _("software is not sure")
    return str(words)


def urgency(level: Urgency) -> str:
    """The level's name."""
    names: Mapping[Urgency, str] = {
        Urgency.CRISIS: _("Crisis"),
        Urgency.RED: _("Red"),
        Urgency.AMBER: _("Amber"),
        Urgency.GREEN: _("Green"),
    }
    return names[level]


def actions() -> Mapping[DecisionAction, tuple[str, str]]:
    """Each action in words and with a hint."""
    return {
        DecisionAction.SHOW: (_("Show it"), _("The group can read it, as it is.")),
        DecisionAction.SHOW_WITH_LABEL: (
            _("Show it behind a label"),
            _("Left out of the page until a reader asks."),
        ),
        DecisionAction.MASK: (
            _("Hide some words, show the rest"),
            _("Pick the words below. The original is kept."),
        ),
        DecisionAction.ASK_EDIT: (_("Ask the author to change it"), _("It waits until they have.")),
        DecisionAction.KEEP_HELD: (_("Hold it back"), _("Only the author can read it.")),
        DecisionAction.REMOVE: (
            _("Take it out"),
            _("The strongest step for a post. Kept out of reach, not destroyed."),
        ),
        DecisionAction.LOCK_THREAD: (_("Lock the thread"), _("No new replies. This item stays with you.")),
        DecisionAction.RESTRICT: (
            _("Pause the author’s posting"),
            _("Reading and help stay open. This item stays with you."),
        ),
        DecisionAction.ESCALATE: (_("Hand it to a lead"), _("It stays in the queue, as red or above.")),
        DecisionAction.CHECK_IN: (
            _("Check in with the author"),
            _("A warm note. Never a mark against anyone."),
        ),
        DecisionAction.APPEAL_UPHELD: (
            _("The decision stays"),
            _("Nothing changes. The author is told why."),
        ),
        DecisionAction.APPEAL_OVERTURNED: (
            _("Put it back as it was"),
            _("The decision is taken back, and the author is told."),
        ),
        DecisionAction.UNDO: (
            _("Take a decision back"),
            _("All is put back as it was before it."),
        ),
    }


def mask_beside() -> str:
    """What hiding words leaves as it is, where there is more than the text."""
    return _(
        "Only the text can be hidden in part. Where the title or the author’s note holds the words, "
        "ask the author to change it."
    )


def action(code: str) -> str:
    """An action's name, for lists."""
    known = actions()
    return known[DecisionAction(code)][0] if code in set(DecisionAction) else code


def lack(found: Lack) -> str:
    """What to change in the form."""
    sentences: Mapping[Lack, str] = {
        Lack.ACTION_NOT_HERE: _("This cannot be done here any more. Please choose another step."),
        Lack.REASON_DOES_NOT_FIT: _(
            "This reason does not fit the step. Choose one from the step’s own list."
        ),
        Lack.LABEL_NEEDED: _("Choose at least one label to show it behind."),
        Lack.LABEL_UNKNOWN: _("One of these labels is not in use. Please choose again."),
        Lack.WORDS_NEEDED: _("Choose the words to hide."),
        Lack.DAYS_NEEDED: _("Choose how long posting is paused."),
        Lack.NOTE_NEEDED: _("For this reason, say in the note what it is."),
        Lack.NOTE_TOO_LONG: _("Please keep the note to 2,000 characters."),
        Lack.ILLEGAL_NEEDED: _("For this reason, say whether it could be illegal."),
        Lack.OFFENCE_NEEDED: _("Say which offence you considered."),
        Lack.INTENTION_NEEDED: _("Say what the words show of an intention."),
        Lack.FACTS_NEEDED: _("Write the facts in up to 2,000 characters."),
        Lack.ANSWER_NEEDED: _("Tell the author in a few words why the decision stays."),
        Lack.ANSWER_TOO_LONG: _("Please keep the words to the author to 2,000 characters."),
    }
    return sentences[found]


def conflict(found: Conflict) -> str:
    """Why an item is for somebody else."""
    sentences: Mapping[Conflict, str] = {
        Conflict.OWN_WORDS: _("This is about your own words, so a colleague will look at it."),
        Conflict.FOR_A_LEAD: _("This one waits for a lead."),
        Conflict.SECOND_PERSON: _("You asked for a second look, so another person takes this one."),
        Conflict.APPEAL_SECOND_PERSON: _(
            "This appeal is about a decision that you had a part in, so another person takes it."
        ),
    }
    return sentences[found]


def too_late(problem: Exception) -> str:
    """What came in between a form and its answer."""
    match problem:
        case AlreadyDecided():
            sentence = _("A colleague decided this before you. You can see below what was decided.")
        case ClaimedByAnother():
            sentence = _("Your claim had lapsed and a colleague has this one now. Nothing was changed.")
        case NotYours():
            sentence = _("This one is not with you any more. Nothing was changed.")
        case _stale:
            sentence = _("This item changed while you had it open. Nothing was decided. Please look again.")
    return f"{sentence} {_('What you wrote is kept.')}"


def sent_with_other_words() -> str:
    """The same form, sent once more after it was changed."""
    return _("You have sent this once already, with other words. Those stand. What you wrote is kept.")


def views() -> list[tuple[View, str]]:
    return [
        (View.NO, _("No, this is about our rules only")),
        (View.UNSURE, _("Not sure")),
        (View.YES, _("Yes, it may be")),
    ]


def offences() -> list[tuple[str, str]]:
    return [
        ("", _("Choose one")),
        (Offence.SELF_HARM, _("Encouraging or assisting serious self-harm")),
        (Offence.SUICIDE, _("Encouraging or assisting suicide")),
        (Offence.THREATS, _("Threats")),
        (Offence.HARASSMENT, _("Harassment or stalking")),
        (Offence.CHILD_ABUSE, _("Sexual abuse or grooming of a child")),
        (Offence.INTIMATE_IMAGES, _("Threatening to share private pictures")),
        (Offence.OTHER, _("Another offence (name it in the facts)")),
    ]


def intentions() -> list[tuple[Intention, str, str]]:
    return [
        (
            Intention.NONE,
            _("None"),
            _("Sharing one’s own pain is not an intention, even when it is told as a good thing."),
        ),
        (Intention.SOME, _("Some sign"), ""),
        (Intention.CLEAR, _("A clear sign"), _("The words ask, urge or help a person to do it.")),
    ]

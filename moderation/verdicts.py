"""What a moderator wants to decide, and what is missing before it can be taken. Pure: no database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from moderation.subject import Span
from moderation.taxonomy import DecisionReason
from moderation.workflow import DecisionAction

RESTRICTION_DAYS = (1, 3, 7, 14, 30)
LONGEST_NOTE = 2_000
LONGEST_FACTS = 2_000
LONGEST_ANSWER = 2_000


class View(StrEnum):
    """A moderator's view on the law, apart from the house rule (R58)."""

    NO = "no"
    UNSURE = "unsure"
    YES = "yes"


class Offence(StrEnum):
    """Which offence was considered. Not legal advice; a lead looks at every `unsure` and `yes`."""

    SELF_HARM = "encouraging_self_harm"
    SUICIDE = "encouraging_suicide"
    THREATS = "threats"
    HARASSMENT = "harassment"
    CHILD_ABUSE = "child_sexual_abuse"
    INTIMATE_IMAGES = "intimate_images"
    OTHER = "other"


class Intention(StrEnum):
    """What the words show of a wish to make somebody harm themselves. Sharing one's own pain is none."""

    NONE = "none"
    SOME = "some"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Illegality:
    """The answer to "could this be illegal?"; `facts` are words for the record, never in the audit."""

    view: View
    offence: Offence | None = None
    intention: Intention | None = None
    facts: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """One fixed action with its reason, and what that action needs."""

    action: DecisionAction
    reason: DecisionReason
    labels: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    """The words at issue in the body's plain text: masked by that action, by others only told to the author."""
    days: int | None = None
    """How long posting is paused."""
    note: str | None = None
    illegality: Illegality | None = None


class Lack(StrEnum):
    """What is wrong with a verdict, one for each field of the form."""

    ACTION_NOT_HERE = "action_not_here"
    REASON_DOES_NOT_FIT = "reason_does_not_fit"
    LABEL_NEEDED = "label_needed"
    LABEL_UNKNOWN = "label_unknown"
    WORDS_NEEDED = "words_needed"
    DAYS_NEEDED = "days_needed"
    NOTE_NEEDED = "note_needed"
    NOTE_TOO_LONG = "note_too_long"
    ILLEGAL_NEEDED = "illegal_needed"
    OFFENCE_NEEDED = "offence_needed"
    INTENTION_NEEDED = "intention_needed"
    FACTS_NEEDED = "facts_needed"
    ANSWER_NEEDED = "answer_needed"
    ANSWER_TOO_LONG = "answer_too_long"


class Incomplete(Exception):
    """The verdict cannot be taken as it is; `lacks` names each field."""

    def __init__(self, lacks: Mapping[str, Lack]) -> None:
        super().__init__(", ".join(f"{field}: {lack}" for field, lack in lacks.items()))
        self.lacks = lacks


def lacks(
    verdict: Verdict, possible: Collection[DecisionAction], readers_labels: Collection[str]
) -> dict[str, Lack]:
    """What keeps the verdict from being taken; empty where nothing does.

    `possible` are the actions that fit the subject as it is now; `readers_labels` are the labels that a post
    can be shown under.
    """
    found: dict[str, Lack] = {}
    if verdict.action not in possible:
        found["action"] = Lack.ACTION_NOT_HERE
    if verdict.action not in verdict.reason.actions:
        found["reason"] = Lack.REASON_DOES_NOT_FIT
    if not set(verdict.labels) <= set(readers_labels):
        found["labels"] = Lack.LABEL_UNKNOWN
    elif verdict.action is DecisionAction.SHOW_WITH_LABEL and not verdict.labels:
        found["labels"] = Lack.LABEL_NEEDED
    if verdict.action is DecisionAction.MASK and not any(span.end > span.start for span in verdict.spans):
        found["mask"] = Lack.WORDS_NEEDED
    if verdict.action is DecisionAction.RESTRICT and verdict.days not in RESTRICTION_DAYS:
        found["days"] = Lack.DAYS_NEEDED
    if verdict.reason.needs_note and not verdict.note:
        found["note"] = Lack.NOTE_NEEDED
    elif len(verdict.note or "") > LONGEST_NOTE:
        found["note"] = Lack.NOTE_TOO_LONG
    return found | _illegality_lacks(verdict)


def _illegality_lacks(verdict: Verdict) -> dict[str, Lack]:
    answer = verdict.illegality
    if answer is None:
        return {"illegal": Lack.ILLEGAL_NEEDED} if verdict.reason.ask_illegal else {}
    if answer.view is View.NO:
        return {}
    found: dict[str, Lack] = {}
    if answer.offence is None:
        found["offence"] = Lack.OFFENCE_NEEDED
    if answer.intention is None:
        found["intention"] = Lack.INTENTION_NEEDED
    if not answer.facts or len(answer.facts) > LONGEST_FACTS:
        found["facts"] = Lack.FACTS_NEEDED
    return found

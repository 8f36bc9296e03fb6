"""The policy's three answers: may it be seen, how soon should a person look, what does the writer get."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Self


class Graded(IntEnum):
    """An answer with an order, so that combining means taking the largest; in data, its lower-case name."""

    @property
    def code(self) -> str:
        return self.name.lower()

    @classmethod
    def of(cls, code: str) -> Self:
        """The member that `code` names; `ValueError` lists the choices."""
        for member in cls:
            if member.code == code:
                return member
        raise ValueError(f"must be one of {', '.join(member.code for member in cls)}")


class Display(Graded):
    """May readers see it?"""

    SHOW = 0
    COLLAPSE = 1
    HOLD = 2


class Urgency(Graded):
    """How soon should a person look?"""

    GREEN = 0
    AMBER = 1
    RED = 2
    CRISIS = 3

    def raised(self, levels: int) -> Urgency:
        """So many levels up, at most crisis."""
        return Urgency(min(self + levels, Urgency.CRISIS))


class Support(Graded):
    """What does the writer get beside the answer? Never a condition, never a sanction."""

    NONE = 0
    OFFER = 1
    NOW = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the policy table: what follows when its reason is met."""

    reason: str
    """Its name in records: `graphic.sure`, `missing.model_late`, `newcomer` …"""
    display: Display
    urgency: Urgency
    support: Support
    staff: str
    """Why it is in the queue, for a moderator."""
    author: str
    """Why, for the author, in plain words; empty where the author is told nothing."""
    label: str | None = None
    """The taxonomy label; None where the finding brings its own."""
    suggest: bool = False
    """The label is only suggested to the author; it is never put on the post."""
    raises: int = 0
    """Urgency levels added to what the other findings ask for; a row with this sets no urgency of its own."""
    ask_first: bool = False
    """The author is asked to change the words before they are posted."""
    scored_again: bool = False
    """Scoring later may give a verdict."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the policy says about one revision."""

    display: Display
    urgency: Urgency
    support: Support
    labels: tuple[str, ...] = ()
    """What the findings say it is, for staff. Never shown to readers by itself."""
    content_labels: tuple[str, ...] = ()
    """What readers see it collapsed under: the author's, the inherited, and software's where it collapses."""
    suggested: tuple[str, ...] = ()
    """Labels to offer to the author, who decides."""
    reasons: tuple[str, ...] = ()
    """The rows that were met, the most protective first."""
    review: bool = False
    """A person should look: it goes into the queue."""
    ask_first: bool = False
    """Ask the author to change the words before posting."""
    score_again: bool = False
    """There was no verdict, and scoring later may give one."""

"""The policy's words: labels for what a post is, reasons for decisions, reasons for reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from moderation.answers import Urgency
from moderation.workflow import DecisionAction


@dataclass(frozen=True, slots=True)
class Label:
    """One taxonomy label. It rates the post, never the person."""

    code: str
    words: str
    """Plain words, said the way a reader sees them: "mentions blood or wounds"."""
    level: int
    """0 to 4 as in the policy's levels; for staff, never shown to readers."""
    protected: bool
    """Software may never collapse or hold on account of it."""
    author_may_apply: bool
    """It is on the list of content labels that authors choose from."""
    reader_may_see: bool
    """A post may be shown under it; the others are for staff only."""
    meaning: str
    edges: tuple[str, ...]
    """Edge cases for moderators: what it is, what it is not."""


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All labels by code, and the versioned list that authors choose from, in its order."""

    labels: Mapping[str, Label]
    content_labels_version: int
    content_labels: tuple[Label, ...]

    def get(self, code: str) -> Label | None:
        return self.labels.get(code)

    def is_protected(self, code: str) -> bool:
        """Unknown codes are protected only if they say so themselves."""
        label = self.labels.get(code)
        return label.protected if label is not None else code.startswith("protected.")

    def words(self, code: str) -> str:
        """Plain words for a code; for a label of a later or earlier list, neutral ones."""
        label = self.labels.get(code)
        return label.words if label is not None else "something hard to read"


@dataclass(frozen=True, slots=True)
class DecisionReason:
    """Why a moderator decided so: a code for the log, a sentence with the rule for the author."""

    code: str
    words: str
    """For the moderator's list."""
    author: str
    """What the author is told, naming the rule."""
    rewrite: str
    """How to say it so that it can be shown; empty where there is nothing to change."""
    actions: frozenset[DecisionAction]
    ask_illegal: bool
    """The moderator must answer "may this be illegal content?" apart from the house rule (R58)."""
    label: str | None = None
    needs_note: bool = False


@dataclass(frozen=True, slots=True)
class ReportReason:
    """Why a member reports something, in the order of the form."""

    code: str
    words: str
    urgency: Urgency
    label: str | None
    needs_words: bool = False

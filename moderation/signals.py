"""What software noticed in a text: values only, no database."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from moderation.subject import Part, Span


class Strength(StrEnum):
    """How sure a signal is; which of these each policy row answers is data (`policies/*.toml`)."""

    SURE = "sure"
    """At or above `t_high`, or a rule that is near-certain by design."""
    BAND = "band"
    """From `t_low` up to `t_high`: a person should look."""
    NONE = "none"
    """Below `t_low`: recorded, asks for nothing."""


class Missing(StrEnum):
    """Why there is no verdict. Each of these holds the post and queues it."""

    MODEL_ABSENT = "model_absent"
    MODEL_LATE = "model_late"
    MODEL_FAILED = "model_failed"
    NOT_ENGLISH = "not_english"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Signal:
    """One detector's finding about one part of a subject.

    `name` is the head, rule or detector row that the policy table knows: `graphic`, `method`,
    `encouragement`, `crisis`, `self_harm_topic`, `rule_crisis`, `rule_other`, `contact`.
    `label` is the taxonomy label it speaks for (docs/policy.md). `score` is a calibrated
    probability from 0 to 1, absent for rules. `spans` are offsets into the part's plain text.
    `quoted` says that the words are somebody else's, so that a reply is not blamed for what it answers.
    """

    detector: str
    name: str
    label: str
    strength: Strength
    part: Part
    score: float | None = None
    rule: str | None = None
    spans: tuple[Span, ...] = ()
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class NoVerdict:
    """A detector could not judge; the post waits for a person."""

    detector: str
    why: Missing

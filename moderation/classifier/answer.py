"""What the classifier says about a text: plain values, nothing heavy imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from moderation.subject import Span

TOPIC = "self_harm_topic"
HELD_LABELS = ("graphic", "method", "encouragement", "crisis")
LABELS = (TOPIC, *HELD_LABELS)
"""One head each, in the order of the rows in `heads.safetensors`."""

Language = Literal["en", "other", "unknown"]


class ModelUnusable(Exception):
    """There is no model to trust; the message says in one sentence what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Band:
    """From `t_low` a person should look; from `t_high` the model is sure."""

    t_low: float
    t_high: float


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """What a stored score needs beside it, so that it can be understood years later."""

    model_id: str
    engine: str
    normaliser: str
    thresholds_id: str


@dataclass(frozen=True, slots=True)
class Prediction:
    """Calibrated probabilities by label, and where in the text they come from.

    `scores` are about the author's own words; `quoted_scores` about the stretches they quote, apart,
    so that a reply is not blamed for what it answers. `sentences` holds the sentence that looked
    most like the label, for labels that reach `t_low`: why the machine looked, not what is wrong.
    """

    scores: Mapping[str, float]
    thresholds: Mapping[str, Band]
    language: Language
    too_long: bool = False
    sentences: Mapping[str, Span] = field(default_factory=dict)
    quoted_scores: Mapping[str, float] = field(default_factory=dict)

"""From raw logits to probabilities that mean what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moderation.classifier.answer import LABELS, TOPIC

Floats = NDArray[np.float64]
_EDGE = 1e-9


@dataclass(frozen=True, slots=True)
class Platt:
    """A straight line through the logits; `gated` says whether the topic head has a say first."""

    slope: float
    offset: float
    gated: bool

    def probability(self, x: float) -> float:
        return float(sigmoid(np.float64(self.slope * x + self.offset)))


def probabilities(logits: NDArray[np.float32], lines: Mapping[str, Platt]) -> dict[str, float]:
    """The five calibrated answers for one passage."""
    evidence = {
        label: gate(logits, label) if lines[label].gated else float(logits[i])
        for i, label in enumerate(LABELS)
    }
    return {label: lines[label].probability(evidence[label]) for label in LABELS}


def gate(logits: NDArray[np.float32], label: str) -> float:
    """p(topic) × p(label | topic), as a logit: what is not about self-harm seldom needs holding."""
    topic, own = (sigmoid(np.float64(logits[LABELS.index(name)])) for name in (TOPIC, label))
    both = float(np.clip(topic * own, _EDGE, 1 - _EDGE))
    return float(np.log(both / (1 - both)))


def sigmoid(x: np.float64) -> np.float64:
    return np.float64(1 / (1 + np.exp(-np.clip(x, -40, 40))))

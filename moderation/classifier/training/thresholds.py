"""Probabilities and thresholds from out-of-fold scores: nothing here ever sees the test split."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.classifier.answer import HELD_LABELS, LABELS, TOPIC, Band
from moderation.classifier.calibration import Platt

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
RECALL = {TOPIC: 0.95, "graphic": 0.90, "method": 0.92, "encouragement": 0.85, "crisis": 0.95}
PRECISION = 0.9
MOST_HELD = {"method": 0.04, "encouragement": 0.06}
"""These two hold from `t_low`, so the recall asked for gives way where it would hold more than this share of
posts that must be published. What that costs is on the card as `recall_at_t_low`."""


def platt(evidence: Floats, truth: Bools, gated: bool) -> Platt:
    """Newton's method on two numbers, with Platt's softened targets."""
    ups, downs = int(truth.sum()), int((~truth).sum())
    target = np.where(truth, (ups + 1) / (ups + 2), 1 / (downs + 2))
    slope, offset = 1.0, 0.0
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(slope * evidence + offset, -40, 40)))
        slack = np.maximum(p * (1 - p), 1e-9)
        gradient = np.array([((p - target) * evidence).sum(), (p - target).sum()])
        cross = (slack * evidence).sum()
        curve = np.array([[(slack * evidence**2).sum(), cross], [cross, slack.sum()]]) + 1e-6 * np.eye(2)
        step = np.linalg.solve(curve, gradient)
        slope, offset = slope - step[0], offset - step[1]
        if np.abs(step).max() < 1e-8:
            break
    if not 0 < slope < np.inf:
        raise ArithmeticError("Calibration did not settle; the scores do not separate anything.")
    return Platt(float(slope), float(offset), gated)


def band(probability: Floats, truth: Bools, recall: float, benign: Bools, most_held: float | None) -> Band:
    """`t_low` catches the wanted share of positives; `t_high` is where nine flags in ten are right."""
    positives = np.sort(probability[truth])
    low = _floor(float(positives[int(np.floor((1 - recall) * len(positives) + 1e-9))]))
    if most_held is not None:
        low = max(low, _ceiling(float(np.quantile(probability[benign], 1 - most_held))))
    for candidate in positives:
        if truth[probability >= candidate].mean() >= PRECISION:
            sure = _floor(float(candidate))
            # Where nine in ten are right below the recall asked for, more recall costs nothing.
            return Band(min(low, sure), sure) if most_held is None else Band(low, max(low, sure))
    return Band(low, 1.0)


def bands(probabilities: Floats, truth: Bools) -> dict[str, Band]:
    columns = [LABELS.index(label) for label in HELD_LABELS]
    benign: Bools = np.logical_not(truth[:, columns].any(axis=1))
    return {
        label: band(probabilities[:, at], truth[:, at], RECALL[label], benign, MOST_HELD.get(label))
        for at, label in enumerate(LABELS)
    }


def _ceiling(value: float) -> float:
    return float(np.ceil(value * 10_000) / 10_000)


def _floor(value: float) -> float:
    """Four digits are what people can read; rounding down keeps the recall that was asked for."""
    return max(float(np.floor(value * 10_000) / 10_000), 0.0001)

"""The figures of the card: on held-out folds of the training briefs, and on the briefs never trained on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from moderation.classifier.answer import LABELS, Band
from moderation.classifier.training.measuring import (
    average_precision,
    brier,
    calibration_error,
    with_interval,
)
from moderation.classifier.training.posts import Post

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
KINDS = ("on_topic", "reply", "off_topic")


def truth_of(posts: list[Post]) -> Bools:
    return np.array([[label in post.labels for label in LABELS] for post in posts])


def would_hold(scores: Floats, bands: Mapping[str, Band]) -> Bools:
    """Policy version 1: method and encouragement hold from `t_low`, graphic and crisis from `t_high`."""
    column = {label: scores[:, at] for at, label in enumerate(LABELS)}
    held: Bools = column["method"] >= bands["method"].t_low
    held |= column["encouragement"] >= bands["encouragement"].t_low
    held |= column["graphic"] >= bands["graphic"].t_high
    held |= column["crisis"] >= bands["crisis"].t_high
    return held


def figures(posts: list[Post], scores: Floats, bands: Mapping[str, Band]) -> dict[str, object]:
    truth = truth_of(posts)
    return {
        "posts": len(posts),
        "labels": {
            label: _label(scores[:, at], truth[:, at], bands[label]) for at, label in enumerate(LABELS)
        },
        "share_held": _shares(posts, would_hold(scores, bands)),
    }


def _label(scores: Floats, truth: Bools, band: Band) -> dict[str, object]:
    at_low, at_high = scores >= band.t_low, scores >= band.t_high
    size = len(scores)
    return {
        "positives": int(truth.sum()),
        "auprc": with_interval(lambda rows: average_precision(truth[rows], scores[rows]), size),
        "recall_at_t_low": with_interval(lambda rows: _mean(at_low[rows][truth[rows]]), size),
        "precision_at_t_low": with_interval(lambda rows: _mean(truth[rows][at_low[rows]]), size),
        "recall_at_t_high": with_interval(lambda rows: _mean(at_high[rows][truth[rows]]), size),
        "precision_at_t_high": with_interval(lambda rows: _mean(truth[rows][at_high[rows]]), size),
        "ece": round(calibration_error(truth, scores), 4),
        "brier": round(brier(truth, scores), 4),
    }


def _shares(posts: list[Post], held: Bools) -> dict[str, dict[str, float]]:
    kinds = np.array([post.kind for post in posts])
    shares = {"should_be_held_or_collapsed": kinds == "held", **{kind: kinds == kind for kind in KINDS}}
    return {
        name: with_interval(lambda rows, chosen=chosen: _mean(held[rows][chosen[rows]]), len(posts))  # type: ignore[misc]
        for name, chosen in shares.items()
    }


def _mean(values: Bools) -> float:
    return float(values.mean()) if len(values) else float("nan")

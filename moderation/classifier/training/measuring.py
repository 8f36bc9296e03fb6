"""How good the scores are: average precision, calibration error, Brier, and bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
DRAWS = 1000


def average_precision(truth: Bools, scores: Floats) -> float:
    """Area under the precision-recall curve, by its steps; ties share one step."""
    if not truth.any():
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    hits = truth[order]
    last_of_tie = np.append(np.diff(scores[order]) != 0, True)
    found = np.cumsum(hits)[last_of_tie]
    seen = np.flatnonzero(last_of_tie) + 1
    steps = np.diff(np.append(0, found))
    return float((steps * found / seen).sum() / hits.sum())


def brier(truth: Bools, scores: Floats) -> float:
    return float(np.mean((scores - truth) ** 2))


def calibration_error(truth: Bools, scores: Floats, bins: int = 10) -> float:
    """Expected calibration error over bins of equal count."""
    parts = np.array_split(np.argsort(scores, kind="stable"), bins)
    return float(sum(len(p) * abs(scores[p].mean() - truth[p].mean()) for p in parts if len(p)) / len(scores))


def interval(measure: Callable[[NDArray[np.int64]], float], size: int) -> tuple[float, float]:
    """95 % by resampling posts with replacement, always the same draws."""
    random = np.random.default_rng(7)
    values = [measure(random.integers(0, size, size)) for _ in range(DRAWS)]
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)


def with_interval(measure: Callable[[NDArray[np.int64]], float], size: int) -> dict[str, float]:
    low, high = interval(measure, size)
    return {"value": round(measure(np.arange(size)), 4), "low": round(low, 4), "high": round(high, 4)}

"""Scores for each post from heads that never saw its brief: the only scores that thresholds may rest on."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from moderation.classifier.answer import LABELS
from moderation.classifier.calibration import gate
from moderation.classifier.training.fitting import DENSE_C, SPELLING_C, Basis, Floats, Passages, fit
from moderation.classifier.training.posts import Post

FOLDS = 8
GATED = frozenset({"method"})
"""Where asking "is this about self-harm at all?" first was measured to help: "how much of the stuff for a crack?"."""


def out_of_fold(posts: list[Post], passages: Passages, dense: Basis, spell: Basis) -> NDArray[np.float64]:
    """Evidence by post and label; extra negatives belong to no brief and are trained on in every fold."""
    fold = _folds(posts)[passages.owner]
    evidence = np.full((len(posts), len(LABELS)), -np.inf)
    for number in range(FOLDS):
        seen, unseen = np.flatnonzero(fold != number), np.flatnonzero((fold == number) & passages.served)
        logits = np.zeros((len(unseen), len(LABELS)), dtype=np.float32)
        for view, c in ((dense, DENSE_C), (spell, SPELLING_C)):
            fitted = fit(posts, passages.owner[seen], view.rows[seen], c)
            logits += fitted.logits(view.rows[unseen]) / 2
        for row, found in zip(unseen, logits, strict=True):
            owner = passages.owner[row]
            evidence[owner] = np.maximum(evidence[owner], evidence_of(found))
    return evidence


def evidence_of(logits: Floats) -> NDArray[np.float64]:
    """What calibration sees of a passage: the logit, or the gated one."""
    seen = [gate(logits, label) if label in GATED else logits[at] for at, label in enumerate(LABELS)]
    return np.array(seen, dtype=np.float64)


def _folds(posts: list[Post]) -> NDArray[np.int64]:
    """Whole briefs, the largest first, each into the fold that has the fewest posts so far."""
    sizes = Counter(post.brief for post in posts if post.kind != "extra")
    filled = [0] * FOLDS
    place: dict[str, int] = {}
    for brief, size in sizes.most_common():
        place[brief] = filled.index(min(filled))
        filled[place[brief]] += size
    return np.array([place.get(post.brief, -1) for post in posts])

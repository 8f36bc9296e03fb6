"""Scores for each post from heads that never saw its brief: the only scores that thresholds may rest on."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from moderation.classifier.answer import LABELS
from moderation.classifier.calibration import gate
from moderation.classifier.training.fitting import Floats, Passages, fit
from moderation.classifier.training.posts import Post

FOLDS = 8
GATED = frozenset[str]()


def out_of_fold(posts: list[Post], passages: Passages, spelling: Floats) -> NDArray[np.float64]:
    """Evidence by post and label; posts that belong to no brief of ours are trained on in every fold."""
    fold = _folds(posts)
    evidence = np.full((len(posts), len(LABELS)), -np.inf)
    for number in range(FOLDS):
        held_out = fold[passages.owner] == number
        heads = fit(posts, passages, spelling, np.flatnonzero(~held_out), backbone="")
        for row in np.flatnonzero(held_out & passages.served):
            logits = heads.logits(passages.features[row], passages.texts[row])
            owner = passages.owner[row]
            evidence[owner] = np.maximum(evidence[owner], evidence_of(logits))
    return evidence


def evidence_of(logits: Floats) -> NDArray[np.float64]:
    """What calibration sees of a passage: the logit, or the gated one."""
    return np.array(
        [gate(logits, label) if label in GATED else logits[at] for at, label in enumerate(LABELS)],
        dtype=np.float64,
    )


def _folds(posts: list[Post]) -> NDArray[np.int64]:
    """Whole briefs, the largest first, each into the fold that has the fewest posts so far."""
    sizes = Counter(post.brief for post in posts if post.kind != "extra")
    filled = [0] * FOLDS
    place: dict[str, int] = {}
    for brief, size in sizes.most_common():
        place[brief] = filled.index(min(filled))
        filled[place[brief]] += size
    return np.array([place.get(post.brief, -1) for post in posts])

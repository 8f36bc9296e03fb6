"""Fitting the linear heads: logistic regression with an L2 penalty, all labels at once, by L-BFGS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moderation.classifier.answer import LABELS, TOPIC
from moderation.classifier.encoder import Encoder
from moderation.classifier.heads import Heads
from moderation.classifier.ngrams import BUCKETS, bag
from moderation.classifier.training.posts import Post, filled
from moderation.normalise import normalise

Floats = NDArray[np.float32]
DENSE_C = 5.0
SPELLING_C = 10.0


@dataclass(frozen=True, slots=True)
class Passages:
    """Every view of every post: plain, evasions undone, brackets filled; each window a row."""

    owner: NDArray[np.int64]
    texts: list[str]
    features: Floats
    served: NDArray[np.bool_]
    """Rows that the running model would also see (the filled ones it would not)."""


def look(encoder: Encoder, posts: list[Post]) -> Passages:
    owner: list[int] = []
    texts: list[str] = []
    features: list[Floats] = []
    served: list[bool] = []
    for number, post in enumerate(posts):
        shadow, plain = normalise(post.text).text, post.text
        views = {plain: True}
        if shadow != plain.lower():
            views[shadow] = True
        if (full := filled(plain)) != plain:
            views[full] = False
        for text, is_served in views.items():
            for window in encoder.windows(text)[0]:
                owner.append(number)
                texts.append(text[window.span.start : window.span.end])
                features.append(encoder.features(window))
                served.append(is_served)
    return Passages(np.array(owner), texts, np.stack(features), np.array(served))


def bags(texts: list[str]) -> Floats:
    rows = np.zeros((len(texts), BUCKETS), dtype=np.float32)
    for number, text in enumerate(texts):
        buckets, weights = bag(text)
        rows[number, buckets] = weights
    return rows


def fit(
    posts: list[Post], passages: Passages, spelling: Floats, rows: NDArray[np.int64], backbone: str
) -> Heads:
    """Heads from some of the rows. A post's rows share its weight; both sides of a label weigh the same."""
    owner = passages.owner[rows]
    share = 1 / np.bincount(owner, minlength=len(posts))[owner]
    weight = np.array([posts[at].weight for at in owner]) * share
    truth = np.array([[label in posts[at].labels for label in LABELS] for at in owner], dtype=np.float32)
    weights = np.repeat(weight[:, None], len(LABELS), axis=1)
    weights[[not posts[at].knows_topic for at in owner], LABELS.index(TOPIC)] = 0
    for column in range(len(LABELS)):
        for side in (0.0, 1.0):
            chosen = truth[:, column] == side
            weights[chosen, column] *= weights[:, column].sum() / max(2 * weights[chosen, column].sum(), 1e-9)
    dense, dense_bias = _logistic(passages.features[rows], truth, weights, DENSE_C)
    spell, spell_bias = _logistic(spelling[rows], truth, weights, SPELLING_C)
    return Heads(dense, dense_bias, spell, spell_bias, backbone)


def _logistic(x: Floats, truth: Floats, weights: NDArray[np.float64], c: float) -> tuple[Floats, Floats]:
    import torch

    seen = np.flatnonzero(np.abs(x).sum(0))
    inputs = torch.from_numpy(np.ascontiguousarray(x[:, seen]))
    targets, scale = torch.from_numpy(truth), torch.from_numpy(weights.astype(np.float32))
    w = torch.zeros(len(seen), truth.shape[1], requires_grad=True)
    b = torch.zeros(truth.shape[1], requires_grad=True)
    solver = torch.optim.LBFGS([w, b], max_iter=300, line_search_fn="strong_wolfe", tolerance_grad=1e-4)

    def cost() -> torch.Tensor:
        solver.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            inputs @ w + b, targets, weight=scale, reduction="sum"
        )
        total = c * loss + 0.5 * (w * w).sum()
        total.backward()
        return total

    solver.step(cost)
    full = np.zeros((truth.shape[1], x.shape[1]), dtype=np.float32)
    full[:, seen] = w.detach().numpy().T
    return full, b.detach().numpy().astype(np.float32)

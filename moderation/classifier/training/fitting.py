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
DENSE_C = 10.0
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


@dataclass(frozen=True, slots=True)
class Basis:
    """The rows in as many dimensions as there are rows: the same angles, and far quicker to fit on."""

    rows: Floats
    back: Floats
    """Turns weights over `rows` into weights over the passages they came from."""


def basis(x: Floats) -> Basis:
    values, vectors = np.linalg.eigh((x @ x.T).astype(np.float64))
    kept = values > values[-1] * 1e-6
    scale = np.sqrt(values[kept])
    return Basis((vectors[:, kept] * scale).astype(np.float32), (vectors[:, kept] / scale).astype(np.float32))


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights over a basis, one column a label."""

    weights: Floats
    bias: Floats

    def logits(self, rows: Floats) -> Floats:
        return rows @ self.weights + self.bias


def fit(posts: list[Post], owner: NDArray[np.int64], rows: Floats, c: float) -> Fitted:
    """A post's rows share its weight; the two sides of a label weigh the same."""
    share = 1 / np.bincount(owner, minlength=len(posts))[owner]
    weight = np.array([posts[at].weight for at in owner]) * share
    truth = np.array([[label in posts[at].labels for label in LABELS] for at in owner], dtype=np.float32)
    weights = np.repeat(weight[:, None], len(LABELS), axis=1)
    weights[[not posts[at].knows_topic for at in owner], LABELS.index(TOPIC)] = 0
    for column in range(len(LABELS)):
        whole = weights[:, column].sum()
        for side in (0.0, 1.0):
            chosen = truth[:, column] == side
            weights[chosen, column] *= whole / max(2 * weights[chosen, column].sum(), 1e-9)
    return _logistic(rows, truth, weights.astype(np.float32), c)


def heads_of(
    passages: Passages,
    spelling: Floats,
    dense: tuple[Basis, Fitted],
    spell: tuple[Basis, Fitted],
    backbone: str,
) -> Heads:
    """The finished heads, over the features that the running model computes."""
    return Heads(
        dense=(passages.features.T @ (dense[0].back @ dense[1].weights)).T,
        dense_bias=dense[1].bias,
        spelling=(spelling.T @ (spell[0].back @ spell[1].weights)).T,
        spelling_bias=spell[1].bias,
        backbone=backbone,
    )


def _logistic(x: Floats, truth: Floats, weights: Floats, c: float) -> Fitted:
    import torch

    inputs, targets, scale = (torch.from_numpy(np.ascontiguousarray(array)) for array in (x, truth, weights))
    w = torch.zeros(x.shape[1], truth.shape[1], requires_grad=True)
    b = torch.zeros(truth.shape[1], requires_grad=True)
    solver = torch.optim.LBFGS([w, b], max_iter=200, line_search_fn="strong_wolfe", tolerance_grad=1e-3)

    def cost() -> torch.Tensor:
        solver.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            inputs @ w + b, targets, weight=scale, reduction="sum"
        )
        total = c * loss + 0.5 * (w * w).sum()
        total.backward()
        return total

    solver.step(cost)
    return Fitted(w.detach().numpy(), b.detach().numpy())

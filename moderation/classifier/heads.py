"""Two linear models over one text, averaged: the encoder's features and the character n-grams."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moderation.classifier.answer import LABELS, ModelUnusable
from moderation.classifier.ngrams import BUCKETS, bag

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Heads:
    """One row a label, in the order of `LABELS`."""

    dense: Floats
    dense_bias: Floats
    spelling: Floats
    spelling_bias: Floats
    backbone: str
    """sha256 of the encoder that the features came from: heads mean nothing over another."""

    def logits(self, features: Floats, text: str) -> Floats:
        """How much a text looks like each label, before calibration."""
        buckets, weights = bag(text)
        meaning = self.dense @ features + self.dense_bias
        spelling = self.spelling[:, buckets] @ weights + self.spelling_bias
        mean: Floats = ((meaning + spelling) / 2).astype(np.float32)
        return mean


def read_heads(path: Path) -> Heads:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            about = file.metadata() or {}
            arrays = {name: file.get_tensor(name).astype(np.float32) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise ModelUnusable(f"The heads in {path.name} cannot be read; build the model again.") from error
    if json.loads(about.get("labels", "[]")) != list(LABELS):
        raise ModelUnusable(
            "The heads answer for other labels than this release knows; build the model again."
        )
    try:
        heads = Heads(**arrays, backbone=about.get("backbone", ""))
    except TypeError as error:
        raise ModelUnusable("The heads lack a part; build the model again.") from error
    if heads.spelling.shape != (len(LABELS), BUCKETS) or heads.dense.shape[0] != len(LABELS):
        raise ModelUnusable("The heads have the wrong size for this release; build the model again.")
    return heads


def write_heads(path: Path, heads: Heads) -> None:
    from safetensors.numpy import save_file

    arrays = {
        "dense": heads.dense,
        "dense_bias": heads.dense_bias,
        "spelling": heads.spelling.astype(np.float16),
        "spelling_bias": heads.spelling_bias,
    }
    about = {"labels": json.dumps(LABELS), "backbone": heads.backbone}
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, path, metadata=about)

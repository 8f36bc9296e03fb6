"""The model that ships: what it is called by others. Importing this package loads nothing heavy.

`load()` reads the weights (about a second); everything else here is plain values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from moderation.classifier.answer import (
    HELD_LABELS,
    LABELS,
    TOPIC,
    Band,
    ModelIdentity,
    ModelUnusable,
    Prediction,
)
from moderation.subject import Span

__all__ = [
    "HELD_LABELS",
    "LABELS",
    "TOPIC",
    "Band",
    "Classifier",
    "ModelIdentity",
    "ModelUnusable",
    "Prediction",
    "load",
]


class Classifier(Protocol):
    """A loaded model, or anything in a test that answers like one."""

    @property
    def identity(self) -> ModelIdentity: ...

    @property
    def thresholds(self) -> Mapping[str, Band]: ...

    def predict(self, text: str, quoted: tuple[Span, ...] = ()) -> Prediction:
        """Everything about one text: scores, sentences, language, whether it was too long to judge."""
        ...

    def score(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """Probabilities alone, in the order given."""
        ...


def load(folder: Path | None = None) -> Classifier:
    """The model in `folder` (the committed one by default), checked file by file.

    Raises `ModelUnusable` when anything is missing, altered or does not fit together.
    """
    from moderation.classifier.loading import load_model

    return load_model(folder)

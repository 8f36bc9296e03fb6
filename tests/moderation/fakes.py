"""Classifiers that misbehave, and detectors that say what a test wants to hear."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from moderation.classifier.answer import LABELS, Prediction
from moderation.detectors.fixed import IDENTITY, THRESHOLDS, FixedClassifier
from moderation.signals import NoVerdict, Signal
from moderation.subject import Piece, Span


class SlowClassifier(FixedClassifier):
    """Answers only once `go` is set."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.calls = 0

    def predict(self, text: str, quoted: tuple[Span, ...] = ()) -> Prediction:
        self.calls += 1
        self.go.wait(30)
        return super().predict(text, quoted)


class BrokenClassifier(FixedClassifier):
    def predict(self, text: str, quoted: tuple[Span, ...] = ()) -> Prediction:
        raise RuntimeError("broken")


class ScoringClassifier(FixedClassifier):
    """The same scores for every text."""

    def __init__(self, scores: Mapping[str, float]) -> None:
        self._scores = scores

    def predict(self, text: str, quoted: tuple[Span, ...] = ()) -> Prediction:
        return Prediction(scores=self._scores, thresholds=THRESHOLDS, language="en")


def benign_scores(**changed: float) -> dict[str, float]:
    return {**dict.fromkeys(LABELS, 0.0), **changed}


@dataclass
class Saying:
    """A detector that finds the same in every piece and remembers what it was shown."""

    findings: Sequence[Signal | NoVerdict] = ()
    name: str = "saying"
    seen: list[Piece] = field(default_factory=list)

    def notice(self, piece: Piece) -> Sequence[Signal | NoVerdict]:
        self.seen.append(piece)
        return self.findings


class Raising:
    name = "raising"

    def notice(self, piece: Piece) -> Sequence[Signal | NoVerdict]:
        raise ValueError("the words of a post must not get into the log")


__all__ = [
    "IDENTITY",
    "BrokenClassifier",
    "Raising",
    "Saying",
    "ScoringClassifier",
    "SlowClassifier",
    "benign_scores",
]

"""The transformer's view of a text. What it cannot judge it says so, and then a person does."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

from moderation.classifier.answer import LABELS, Band, Language, ModelIdentity, Prediction
from moderation.detectors.health import Health
from moderation.detectors.holder import ModelHolder, NoPrediction
from moderation.signals import Missing, NoVerdict, Signal, Strength
from moderation.subject import Piece

NAME = "classifier"
DEFAULT_BUDGET_SECONDS = 1.5

TAXONOMY_LABEL: Mapping[str, str] = {
    "self_harm_topic": "past_self_harm",
    "graphic": "graphic_injury",
    "method": "method_means",
    "encouragement": "encouragement",
    "crisis": "crisis_now",
}


def strength_of(score: float, band: Band) -> Strength:
    """Where a score stands; the bounds belong to the stronger side."""
    if score >= band.t_high:
        return Strength.SURE
    return Strength.BAND if score >= band.t_low else Strength.NONE


class ClassifierDetector:
    """Signals from the model that `holder` keeps. `budget_seconds` is for a whole request; None: no limit.

    `thresholds` are the policy's; without them the model's own recommendation counts.
    """

    name = NAME

    def __init__(
        self,
        holder: ModelHolder,
        budget_seconds: float | None = DEFAULT_BUDGET_SECONDS,
        *,
        thresholds: Mapping[str, Band] | None = None,
    ) -> None:
        self._holder = holder
        self._budget = budget_seconds
        self._thresholds = thresholds or {}

    def start(self) -> ClassifierRun:
        return ClassifierRun(self._holder, self._budget, self._thresholds)

    def notice(self, piece: Piece) -> Sequence[Signal | NoVerdict]:
        return self.start().notice(piece)

    def health(self) -> Health:
        """How the model is. Asking also begins a new try at opening it, where one is due."""
        return self._holder.health()


class ClassifierRun:
    """One request's worth of the classifier."""

    name = NAME

    def __init__(self, holder: ModelHolder, budget: float | None, thresholds: Mapping[str, Band]) -> None:
        self._holder = holder
        self._thresholds = thresholds
        self._deadline = None if budget is None else time.monotonic() + budget
        self.identity: ModelIdentity | None = None
        """Set once the model has answered."""
        self.language: Language = "unknown"

    def notice(self, piece: Piece) -> Sequence[Signal | NoVerdict]:
        left = None if self._deadline is None else max(0.0, self._deadline - time.monotonic())
        try:
            prediction = self._holder.predict(piece.text, piece.quoted, left)
        except NoPrediction as none:
            return (NoVerdict(NAME, none.why),)
        self.identity = self._holder.identity
        if prediction.language != "unknown" and self.language != "other":
            self.language = prediction.language
        return tuple(self._findings(prediction, piece))

    def _findings(self, prediction: Prediction, piece: Piece) -> Iterator[Signal | NoVerdict]:
        if prediction.language == "other":
            yield NoVerdict(NAME, Missing.NOT_ENGLISH)
        if prediction.too_long:
            yield NoVerdict(NAME, Missing.TOO_LONG)
        yield from self._signals(prediction, prediction.scores, piece, quoted=False)
        if prediction.quoted_scores:
            yield from self._signals(prediction, prediction.quoted_scores, piece, quoted=True)

    def _signals(
        self, prediction: Prediction, scores: Mapping[str, float], piece: Piece, *, quoted: bool
    ) -> Iterator[Signal | NoVerdict]:
        bands = self._thresholds or prediction.thresholds
        for label in LABELS:
            score, band = scores.get(label), bands.get(label)
            if score is None or band is None or not 0.0 <= score <= 1.0:  # NaN too
                yield NoVerdict(NAME, Missing.MODEL_FAILED)
                continue
            strength = strength_of(score, band)
            sentence = None if quoted or strength is Strength.NONE else prediction.sentences.get(label)
            yield Signal(
                detector=NAME,
                name=label,
                label=TAXONOMY_LABEL[label],
                strength=strength,
                part=piece.part,
                score=round(score, 4),
                spans=(sentence,) if sentence is not None else (),
                quoted=quoted,
            )

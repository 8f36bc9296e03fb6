"""A classifier that answers from markers in the text: for the demo's seeds and for tests, without real posts.

`[graphic detail]`, `[method detail]`, `[encouragement]` and `[crisis]` are sure; with a question mark inside,
`[graphic detail?]`, they are in the band. `[topic]` is about self-harm and nothing else. `[not english]`,
`[too long]` and `[model fails]` give no verdict. Everything else is benign.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from moderation.classifier.answer import LABELS, TOPIC, Band, ModelIdentity, Prediction
from moderation.detectors.classifier import ClassifierDetector
from moderation.detectors.holder import ModelHolder
from moderation.subject import Part, Piece, Span

MARKERS: Mapping[str, str] = {
    "graphic detail": "graphic",
    "method detail": "method",
    "encouragement": "encouragement",
    "crisis": "crisis",
    "topic": TOPIC,
}
THRESHOLDS: Mapping[str, Band] = {label: Band(0.4, 0.8) for label in LABELS}
IDENTITY = ModelIdentity(model_id="fixed", engine="fixed", normaliser="none", thresholds_id="fixed")

_SURE, _BAND, _LOW = 0.95, 0.6, 0.02
_MARKER = re.compile(r"\[(?P<name>[a-z ]+?)(?P<unsure>\?)?\]", re.IGNORECASE)


class FixedClassifier:
    """Answers like a model, always the same."""

    identity = IDENTITY
    thresholds = THRESHOLDS

    def predict(self, text: str, quoted: tuple[Span, ...] = ()) -> Prediction:
        own = Piece(Part.BODY, text, quoted).own_text()
        if "[model fails]" in own:
            raise RuntimeError("a marker asked for a failure")
        scores, sentences = _read(own)
        return Prediction(
            scores=scores,
            thresholds=THRESHOLDS,
            language="other" if "[not english]" in own else "en",
            too_long="[too long]" in own,
            sentences=sentences,
            quoted_scores=_read(_quoted(text, quoted))[0] if quoted else {},
        )

    def score(self, texts: Sequence[str]) -> list[dict[str, float]]:
        return [_read(text)[0] for text in texts]


def fixed_detector() -> ClassifierDetector:
    """A detector over the fixed classifier, loaded, without a time budget."""
    return ClassifierDetector(ModelHolder.holding(FixedClassifier()), budget_seconds=None)


def _quoted(text: str, quoted: tuple[Span, ...]) -> str:
    return "\n".join(text[span.start : span.end] for span in quoted)


def _read(text: str) -> tuple[dict[str, float], dict[str, Span]]:
    scores = dict.fromkeys(LABELS, _LOW)
    sentences: dict[str, Span] = {}
    for match in _MARKER.finditer(text):
        label = MARKERS.get(match["name"].lower())
        if label is None:
            continue
        score = _BAND if match["unsure"] else _SURE
        if score > scores[label]:
            scores[label] = score
            sentences[label] = Span(*match.span())
        scores[TOPIC] = max(scores[TOPIC], score)
    return scores, sentences

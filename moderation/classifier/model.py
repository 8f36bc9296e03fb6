"""A loaded model: one text in, five probabilities and their reasons out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from moderation.classifier.answer import LABELS, Band, Language, ModelIdentity, Prediction
from moderation.classifier.calibration import probabilities
from moderation.classifier.card import Card
from moderation.classifier.encoder import Encoder
from moderation.classifier.heads import Heads
from moderation.classifier.language import guess
from moderation.classifier.sentences import sentences
from moderation.normalise import normalise
from moderation.subject import Part, Piece, Span

MOST_CHARACTERS = 40_000
"""More than forty windows of ordinary words; a wall of one letter must not cost seconds."""


@dataclass(frozen=True, slots=True)
class Found:
    """The highest probability of each label, and the stretch it came from."""

    scores: dict[str, float]
    places: dict[str, Span]
    left_over: bool


@dataclass(frozen=True, slots=True)
class Model:
    encoder: Encoder
    heads: Heads
    card: Card

    @property
    def identity(self) -> ModelIdentity:
        return self.card.identity

    @property
    def thresholds(self) -> Mapping[str, Band]:
        return self.card.thresholds

    def predict(self, text: str, quoted: tuple[Span, ...] = ()) -> Prediction:
        own = Piece(Part.BODY, text, quoted).own_text()
        found = self._look(own)
        quotes = [self._look(text[span.start : span.end]) for span in quoted]
        return Prediction(
            scores=found.scores,
            thresholds=self.thresholds,
            language=_language(own, [text[span.start : span.end] for span in quoted]),
            too_long=found.left_over or any(quote.left_over for quote in quotes),
            sentences=self._why(own, found),
            quoted_scores={label: max(q.scores[label] for q in quotes) for label in LABELS} if quotes else {},
        )

    def score(self, texts: Sequence[str]) -> list[dict[str, float]]:
        return [self._look(text).scores for text in texts]

    def _look(self, text: str) -> Found:
        """Plain and with evasions undone, window by window; the most worrying view of each label counts."""
        # Half a surrogate pair is no character the tokenizer takes; a question mark keeps every place.
        head = text[:MOST_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
        best = Found(dict.fromkeys(LABELS, 0.0), {}, left_over=len(text) > MOST_CHARACTERS)
        shadow = normalise(head)
        left_over = best.left_over | self._pass(head, best)
        if shadow.text != head.lower():
            seen = Found(dict.fromkeys(LABELS, 0.0), {}, left_over=False)
            left_over |= self._pass(shadow.text, seen)
            for label, place in seen.places.items():
                if seen.scores[label] > best.scores[label]:
                    best.scores[label] = seen.scores[label]
                    best.places[label] = shadow.original(place)
        return Found(best.scores, best.places, left_over)

    def _pass(self, text: str, best: Found) -> bool:
        windows, left_over = self.encoder.windows(text)
        for window in windows:
            words = text[window.span.start : window.span.end]
            logits = self.heads.logits(self.encoder.features(window), words)
            for label, probability in probabilities(logits, self.card.calibration).items():
                if probability > best.scores[label]:
                    best.scores[label] = probability
                    best.places[label] = window.span
        return left_over

    def _why(self, text: str, found: Found) -> dict[str, Span]:
        """For labels a person should look at: the sentence of the deciding window that scores highest."""
        why: dict[str, Span] = {}
        known: dict[Span, dict[str, float]] = {}
        for label, place in found.places.items():
            if found.scores[label] < self.thresholds[label].t_low:
                continue
            choices = sentences(text, place)
            if len(choices) > 1:
                for span in choices:
                    if span not in known:
                        known[span] = self._look(text[span.start : span.end]).scores
                why[label] = max(choices, key=partial(_score_of, known, label))
            elif choices:
                why[label] = choices[0]
        return why


def _language(own: str, quotes: Sequence[str]) -> Language:
    """The writer's own, unless something quoted is in another: whoever typed it, nobody has judged it."""
    return "other" if "other" in map(guess, quotes) else guess(own)


def _score_of(known: Mapping[Span, Mapping[str, float]], label: str, span: Span) -> float:
    return known[span][label]

"""Judging one revision: every detector on every piece, then the policy. Nothing is shown before."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from moderation.answers import Answer
from moderation.classifier.answer import Language, ModelIdentity
from moderation.detectors import Detector, ModelDetector, ModelRun
from moderation.policy import Policy, answer
from moderation.signals import Missing, NoVerdict, Signal, Strength
from moderation.subject import Circumstances, Part, Piece, Span

log = logging.getLogger(__name__)

Finding = Signal | NoVerdict

_JOIN = "\n\n"
_STRENGTHS = (Strength.NONE, Strength.BAND, Strength.SURE)


@dataclass(frozen=True, slots=True)
class Lot:
    """With what chance a judged text could be drawn for a look, and whether it was."""

    chance: float
    drawn: bool


@dataclass(frozen=True, slots=True)
class Assessment:
    """What software says of one revision, with everything needed to read it years later."""

    answer: Answer
    findings: tuple[Finding, ...]
    policy_version: int
    identity: ModelIdentity | None
    """The model that scored; None when none did."""
    language: Language
    milliseconds: int
    lot: Lot | None = None
    """None for what no sample is drawn from."""


def assess(
    pieces: Sequence[Piece],
    circumstances: Circumstances,
    *,
    detectors: Sequence[Detector],
    policy: Policy,
) -> Assessment:
    """Run every detector on every piece, and on title and body read together; then ask the policy.

    A detector that breaks has given no verdict, which holds the post. It never breaks the request.
    """
    began = time.monotonic()
    runs = [detector.start() if isinstance(detector, ModelDetector) else detector for detector in detectors]
    findings: list[Finding] = []
    whole = _Whole.of(pieces)
    for run in runs:
        for piece in pieces:
            findings += _notice(run, piece)
        if whole is not None:
            findings += map(whole.apart, _notice(run, whole.piece))
    model = next((run for run in runs if isinstance(run, ModelRun)), None)
    kept = strongest(findings)
    return Assessment(
        answer=answer(policy, kept, circumstances),
        findings=kept,
        policy_version=policy.version,
        identity=model.identity if model else None,
        language=model.language if model else "unknown",
        milliseconds=round((time.monotonic() - began) * 1000),
    )


def strongest(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding for each thing noticed in each part: the stronger; between equals, the spans of both."""
    kept: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        if isinstance(finding, NoVerdict):
            kept.setdefault((finding.detector, finding.why), finding)
            continue
        key = (finding.detector, finding.name, finding.label, finding.rule, finding.part, finding.quoted)
        other = kept.get(key)
        kept[key] = finding if other is None else _stronger(other, finding)
    return tuple(kept.values())


def _stronger(one: Finding, other: Finding) -> Finding:
    assert isinstance(one, Signal)
    assert isinstance(other, Signal)
    ranks = [(_STRENGTHS.index(signal.strength), signal.score or 0.0) for signal in (one, other)]
    if ranks[0] == ranks[1]:
        spans = sorted({*one.spans, *other.spans}, key=lambda span: (span.start, span.end))
        return replace(one, spans=tuple(spans))
    return one if ranks[0] > ranks[1] else other


def _notice(detector: Detector, piece: Piece) -> Sequence[Finding]:
    if not piece.text.strip():
        return ()
    try:
        return detector.notice(piece)
    except Exception as problem:  # noqa: BLE001 - whatever breaks in a detector, a person looks
        log.error("detector_failed", extra={"detector": detector.name, "error": type(problem).__name__})
        return (NoVerdict(detector.name, Missing.MODEL_FAILED),)


@dataclass(frozen=True, slots=True)
class _Whole:
    """Title and body as one text, because together they can say what neither says alone."""

    piece: Piece
    body_at: int

    @classmethod
    def of(cls, pieces: Sequence[Piece]) -> _Whole | None:
        parts = {piece.part: piece for piece in pieces if piece.text.strip()}
        title, body = parts.get(Part.TITLE), parts.get(Part.BODY)
        if title is None or body is None:
            return None
        at = len(title.text) + len(_JOIN)
        moved = tuple(Span(span.start + at, span.end + at) for span in body.quoted)
        return cls(Piece(Part.BODY, title.text + _JOIN + body.text, (*title.quoted, *moved)), at)

    def apart(self, finding: Finding) -> Finding:
        """The same finding with its spans in the part they stand in; across both, the body's share."""
        if isinstance(finding, NoVerdict) or not finding.spans:
            return finding
        in_body = tuple(
            Span(max(span.start - self.body_at, 0), span.end - self.body_at)
            for span in finding.spans
            if span.end > self.body_at
        )
        if in_body:
            return replace(finding, part=Part.BODY, spans=in_body)
        title_end = self.body_at - len(_JOIN)
        in_title = tuple(
            Span(span.start, min(span.end, title_end)) for span in finding.spans if span.start < title_end
        )
        return replace(finding, part=Part.TITLE, spans=in_title)

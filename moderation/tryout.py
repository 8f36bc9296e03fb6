"""What the policy would say of a text, without storing or sending anything: for `flask policy try`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO

from moderation.assess import Assessment, assess
from moderation.detectors import Detector
from moderation.policy import Policy
from moderation.signals import NoVerdict
from moderation.subject import Circumstances, Part, Piece


class BadLine(Exception):
    """A line of input that cannot be tried; `line` counts from 1. The command ends with 2."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(f"line {line}: {sentence}")
        self.line = line


def try_text(
    text: str,
    *,
    detectors: Sequence[Detector],
    policy: Policy,
    newcomer: bool = False,
    title: str | None = None,
) -> Assessment:
    """The assessment of one post in an ordinary thread, by an established member unless `newcomer`."""
    pieces = [Piece(Part.TITLE, title)] if title else []
    pieces.append(Piece(Part.BODY, text))
    return assess(pieces, Circumstances(newcomer=newcomer), detectors=detectors, policy=policy)


def try_lines(
    in_stream: Iterable[str],
    out_stream: TextIO,
    *,
    detectors: Sequence[Detector],
    policy: Policy,
    newcomer: bool = False,
) -> int:
    """Try each JSON line `{"id", "text"}` and write one line for it; how many. `BadLine` where one is bad."""
    done = 0
    for key, text in _texts(in_stream):
        answer = try_text(text, detectors=detectors, policy=policy, newcomer=newcomer).answer
        line = {
            "id": key,
            "display": answer.display.code,
            "urgency": answer.urgency.code,
            "support": answer.support.code,
            "reasons": list(answer.reasons),
        }
        out_stream.write(json.dumps(line) + "\n")
        done += 1
    return done


def described(assessment: Assessment) -> dict[str, Any]:
    """An assessment for a terminal: the answers and every signal behind them, without a word of the text."""
    answer = assessment.answer
    return {
        "display": answer.display.code,
        "urgency": answer.urgency.code,
        "support": answer.support.code,
        "labels": list(answer.labels),
        "content_labels": list(answer.content_labels),
        "suggested": list(answer.suggested),
        "reasons": list(answer.reasons),
        "review": answer.review,
        "policy_version": assessment.policy_version,
        "model": assessment.identity.model_id if assessment.identity else None,
        "language": assessment.language,
        "milliseconds": assessment.milliseconds,
        "signals": [
            {"detector": finding.detector, "no_verdict": finding.why.value}
            if isinstance(finding, NoVerdict)
            else {
                "detector": finding.detector,
                "name": finding.name,
                "rule": finding.rule,
                "strength": finding.strength.value,
                "score": finding.score,
                "part": finding.part.value,
                "spans": [[span.start, span.end] for span in finding.spans],
            }
            for finding in assessment.findings
        ],
    }


def _texts(lines: Iterable[str]) -> Iterator[tuple[str | int, str]]:
    number = 0
    try:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _parsed(number, line)
    except UnicodeDecodeError:
        raise BadLine(number + 1, "is not UTF-8") from None


def _parsed(number: int, line: str) -> tuple[str | int, str]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise BadLine(number, "is not JSON") from None
    if not isinstance(data, dict):
        raise BadLine(number, 'must be an object such as {"id": "1", "text": "…"}')
    key, text = data.get("id"), data.get("text")
    if not isinstance(key, str | int) or isinstance(key, bool):
        raise BadLine(number, '"id" must be text or a whole number')
    if not isinstance(text, str):
        raise BadLine(number, '"text" must be text')
    return key, text

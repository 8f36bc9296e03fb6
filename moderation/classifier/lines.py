"""Scoring JSON lines: what `flask classifier score` does once the model is open."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TextIO

from moderation.classifier import Classifier


class BadLine(ValueError):
    """A line that is not `{"id", "text"}`; the message names its number."""


def score_lines(classifier: Classifier, in_stream: Iterable[str], out_stream: TextIO) -> int:
    """Reads `{"id","text"}`, writes `{"id","scores"}` and says how many. Stops at the first bad line."""
    done = 0
    for number, line in enumerate(in_stream, start=1):
        if not line.strip():
            continue
        row_id, text = _row(number, line)
        scores = classifier.score([text])[0]
        rounded = {label: round(value, 6) for label, value in scores.items()}
        out_stream.write(json.dumps({"id": row_id, "scores": rounded}, ensure_ascii=False) + "\n")
        done += 1
    return done


def _row(number: int, line: str) -> tuple[str | int, str]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise BadLine(f"Line {number} is not JSON.") from error
    if (
        not isinstance(row, dict)
        or not isinstance(row.get("id"), str | int)
        or not isinstance(row.get("text"), str)
    ):
        raise BadLine(f'Line {number} needs an "id" and a "text".')
    return row["id"], row["text"]

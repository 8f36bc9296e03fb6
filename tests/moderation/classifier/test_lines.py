"""Scoring JSON lines from a stream."""

from __future__ import annotations

import io
import json

import pytest

from moderation.classifier import LABELS, Classifier
from moderation.classifier.lines import BadLine, score_lines


def test_each_line_gets_its_scores_in_order(model: Classifier) -> None:
    lines = ['{"id": "a", "text": "The bus was late."}\n', "\n", '{"id": 7, "text": "Well done you."}\n']
    out = io.StringIO()

    assert score_lines(model, lines, out) == 2

    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [row["id"] for row in rows] == ["a", 7]
    assert all(tuple(row["scores"]) == LABELS for row in rows)


@pytest.mark.parametrize("bad", ["{", "[]", '{"id": "x"}', '{"text": "x"}', '{"id": "x", "text": 3}'])
def test_a_bad_line_is_named_by_number(model: Classifier, bad: str) -> None:
    out = io.StringIO()

    with pytest.raises(BadLine, match="Line 2"):
        score_lines(model, ['{"id": "a", "text": "Fine."}', bad], out)

    assert len(out.getvalue().splitlines()) == 1

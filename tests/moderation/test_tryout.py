"""`flask policy try`: texts in, answers out, bad lines named by their number."""

from __future__ import annotations

import io
import json

import pytest

from moderation.detectors.contact import ContactDetector
from moderation.detectors.fixed import fixed_detector
from moderation.detectors.phrases import PhraseDetector
from moderation.policy import load_policy
from moderation.tryout import BadLine, described, try_lines, try_text

POLICY = load_policy()
DETECTORS = (fixed_detector(), PhraseDetector(), ContactDetector())


def tried(text: str, *, newcomer: bool = False) -> list[dict[str, object]]:
    out = io.StringIO()
    count = try_lines(io.StringIO(text), out, detectors=DETECTORS, policy=POLICY, newcomer=newcomer)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert len(lines) == count
    return lines


def test_each_line_gets_its_answer() -> None:
    lines = tried('{"id": "a", "text": "hello"}\n\n{"id": 2, "text": "[graphic detail?]"}\n')

    assert lines == [
        {"id": "a", "display": "show", "urgency": "green", "support": "none", "reasons": []},
        {
            "id": 2,
            "display": "collapse",
            "urgency": "amber",
            "support": "offer",
            "reasons": ["graphic.band", "self_harm_topic.band"],
        },
    ]


def test_a_new_members_post_waits() -> None:
    [line] = tried('{"id": "a", "text": "hello"}', newcomer=True)

    assert (line["display"], line["urgency"], line["reasons"]) == ("hold", "red", ["newcomer"])


def test_odd_text_still_gets_an_answer() -> None:
    lines = tried('{"id": "a", "text": ""}\n{"id": "b", "text": "\\ud800 \\u0000"}\n')

    assert [line["id"] for line in lines] == ["a", "b"]


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("not json", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "must be an object"),
        ('{"text": "x"}', '"id" must be'),
        ('{"id": true, "text": "x"}', '"id" must be'),
        ('{"id": "a"}', '"text" must be text'),
        ('{"id": "a", "text": 3}', '"text" must be text'),
    ],
)
def test_a_bad_line_is_named(bad: str, says: str) -> None:
    with pytest.raises(BadLine) as problem:
        tried(f'{{"id": "a", "text": "hello"}}\n{bad}\n')
    assert problem.value.line == 2
    assert str(problem.value).startswith("line 2: ")
    assert says in str(problem.value)


def test_text_that_is_not_utf_8_is_a_bad_line() -> None:
    stream = io.TextIOWrapper(io.BytesIO(b'\xff{"id": 1}'), encoding="utf-8")

    with pytest.raises(BadLine, match="line 1: is not UTF-8"):
        try_lines(stream, io.StringIO(), detectors=DETECTORS, policy=POLICY)


def test_a_description_holds_no_word_of_the_text() -> None:
    secret = "canaryword"
    found = described(
        try_text(f"{secret} [crisis] [not english]", detectors=DETECTORS, policy=POLICY, title=secret)
    )

    assert secret not in json.dumps(found)
    assert found["urgency"] == "crisis"
    assert {"detector": "classifier", "no_verdict": "not_english"} in found["signals"]

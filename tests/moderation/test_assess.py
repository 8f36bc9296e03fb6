"""Judging a revision: all pieces, title and body together and apart, and never a crash."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.answers import Display, Support, Urgency
from moderation.assess import assess, strongest
from moderation.detectors import Detector
from moderation.detectors.classifier import ClassifierDetector
from moderation.detectors.contact import ContactDetector
from moderation.detectors.fixed import IDENTITY, fixed_detector
from moderation.detectors.holder import ModelHolder
from moderation.detectors.phrases import PhraseDetector
from moderation.policy import load_policy
from moderation.signals import Missing, NoVerdict, Signal, Strength
from moderation.subject import Circumstances, Part, Piece, Span
from tests.moderation.fakes import BrokenClassifier, Raising, Saying
from tests.moderation.policy_cases import a_signal

POLICY = load_policy()
PLAIN = Circumstances()
ALL: tuple[Detector, ...] = (fixed_detector(), PhraseDetector(), ContactDetector())
BODY = Piece(Part.BODY, "I had a hard day and I am tired.")


def test_a_plain_post_is_shown() -> None:
    found = assess([BODY], PLAIN, detectors=ALL, policy=POLICY)

    assert (found.answer.display, found.answer.urgency) == (Display.SHOW, Urgency.GREEN)
    assert not found.answer.review
    assert (found.identity, found.language, found.policy_version) == (IDENTITY, "en", 1)
    assert found.milliseconds >= 0


@pytest.mark.parametrize("part", [Part.TITLE, Part.BODY, Part.NOTE, Part.PSEUDONYM])
def test_every_part_is_judged(part: Part) -> None:
    found = assess([Piece(part, "some [method detail]")], PLAIN, detectors=ALL, policy=POLICY)

    assert found.answer.display is Display.HOLD


def test_title_and_body_are_read_together_and_apart() -> None:
    detector = Saying()
    pieces = [Piece(Part.TITLE, "One"), Piece(Part.BODY, "two"), Piece(Part.NOTE, "three")]
    assess(pieces, PLAIN, detectors=[detector], policy=POLICY)

    assert [piece.text for piece in detector.seen] == ["One", "two", "three", "One\n\ntwo"]


def test_a_reply_without_a_title_is_read_once() -> None:
    detector = Saying()
    assess([Piece(Part.TITLE, " "), BODY], PLAIN, detectors=[detector], policy=POLICY)

    assert [piece.text for piece in detector.seen] == [BODY.text]


@pytest.mark.parametrize(
    ("span", "part", "place"),
    [
        (Span(0, 5), Part.TITLE, Span(0, 5)),
        (Span(7, 11), Part.BODY, Span(0, 4)),
        (Span(2, 9), Part.BODY, Span(0, 2)),
        (Span(4, 7), Part.TITLE, Span(4, 5)),
    ],
)
def test_what_is_found_in_both_together_is_placed_in_its_part(span: Span, part: Part, place: Span) -> None:
    class OnlyTogether:
        name = "together"

        def notice(self, piece: Piece) -> list[Signal]:
            if "\n\n" not in piece.text:
                return []
            return [Signal(self.name, "method", "method_means", Strength.SURE, piece.part, spans=(span,))]

    pieces = [Piece(Part.TITLE, "Title"), Piece(Part.BODY, "Body")]
    found = assess(pieces, PLAIN, detectors=[OnlyTogether()], policy=POLICY).findings

    assert [(signal.part, signal.spans) for signal in found if isinstance(signal, Signal)] == [
        (part, (place,))
    ]


def test_quoted_words_do_not_page_anyone_for_the_one_who_answers() -> None:
    text = "[crisis]\nI am here, write to me."
    found = assess([Piece(Part.BODY, text, (Span(0, 8),))], PLAIN, detectors=ALL, policy=POLICY).answer

    assert (found.display, found.urgency) == (Display.SHOW, Urgency.RED)


def test_a_crisis_is_held_and_helped() -> None:
    found = assess([Piece(Part.BODY, "[crisis]")], PLAIN, detectors=ALL, policy=POLICY).answer

    assert (found.display, found.urgency, found.support) == (Display.HOLD, Urgency.CRISIS, Support.NOW)


def test_a_detector_that_breaks_holds_the_post_and_logs_no_words(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        found = assess([BODY], PLAIN, detectors=[*ALL, Raising()], policy=POLICY)

    assert found.answer.display is Display.HOLD
    assert NoVerdict("raising", Missing.MODEL_FAILED) in found.findings
    assert "words of a post" not in caplog.text
    assert all(record.exc_info is None for record in caplog.records)


def test_a_model_that_breaks_holds_the_post() -> None:
    broken = ClassifierDetector(ModelHolder.holding(BrokenClassifier()))
    found = assess([BODY], PLAIN, detectors=[broken], policy=POLICY)

    assert found.answer.display is Display.HOLD
    assert found.answer.score_again
    assert (found.identity, found.language) == (None, "unknown")


def test_the_stronger_of_two_findings_is_kept() -> None:
    weak, strong = a_signal("method", Strength.BAND, score=0.5), a_signal("method", Strength.SURE, score=0.9)

    assert strongest([weak, strong, weak]) == (strong,)
    assert strongest([strong, weak]) == (strong,)


@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_gets_an_answer_and_places_inside_it(body: str, title: str) -> None:
    found = assess([Piece(Part.TITLE, title), Piece(Part.BODY, body)], PLAIN, detectors=ALL, policy=POLICY)
    lengths = {Part.TITLE: len(title), Part.BODY: len(body)}

    for signal in found.findings:
        if isinstance(signal, Signal):
            assert all(0 <= span.start <= span.end <= lengths[signal.part] for span in signal.spans)

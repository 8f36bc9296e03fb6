"""Stretches of a text that can be shown to a moderator."""

from __future__ import annotations

from moderation.classifier.sentences import sentences
from moderation.subject import Span


def shown(text: str, within: Span | None = None) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text, within or Span(0, len(text)))]


def test_sentences_end_at_marks_and_at_lines() -> None:
    text = "The first one has quite enough words. The second one has enough of them too!\nAnd a third stands here"

    assert shown(text) == [
        "The first one has quite enough words.",
        "The second one has enough of them too!",
        "And a third stands here",
    ]


def test_tiny_ones_join_their_neighbour() -> None:
    assert shown("Yes. It has been a very long and rainy day here.") == [
        "Yes. It has been a very long and rainy day here."
    ]


def test_only_what_was_asked_for_is_cut() -> None:
    text = "Outside, not this one, no. Inside there is a sentence of words. Outside again, not this."
    start = text.index("Inside")

    assert shown(text, Span(start, text.index(" Outside again"))) == ["Inside there is a sentence of words."]


def test_blank_text_has_none() -> None:
    assert shown("  \n \n") == []

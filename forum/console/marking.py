"""Cutting words into marked and plain stretches, and into sentences that can be picked without a script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from moderation.classifier.sentences import sentences
from moderation.subject import Part, Span

MOST_PASSAGES = 50
LONGEST_PASSAGE = 300


class TooMuch(Exception):
    """More passages, or longer ones, than anybody pastes by hand."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some words of a text, marked or not."""

    text: str
    marked: bool


def marked(text: str, spans: Iterable[Span]) -> list[Stretch]:
    """The whole text in order, cut where a mark begins or ends."""
    on = bytearray(len(text))
    for span in spans:
        for at in range(max(0, span.start), min(span.end, len(text))):
            on[at] = 1
    stretches: list[Stretch] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or on[at] != on[start]:
            stretches.append(Stretch(text[start:at], bool(on[start])))
            start = at
    return stretches


def spans_of(findings: Sequence[dict[str, Any]], part: Part) -> list[Span]:
    """Where software's findings stand in a part."""
    return [
        Span(start, end)
        for finding in findings
        if finding.get("part") == part
        for start, end in finding.get("spans", ())
    ]


def choices(text: str) -> list[tuple[str, str]]:
    """Each sentence as a value for a form (`start-end`) and its words."""
    return [
        (f"{span.start}-{span.end}", text[span.start : span.end])
        for span in sentences(text, Span(0, len(text)))
    ]


def picked(values: Iterable[str], length: int) -> list[Span]:
    """The spans that a form's values name; what is no span of this text is left out."""
    spans = []
    for value in values:
        start, _, end = value.partition("-")
        if start.isascii() and start.isdigit() and end.isascii() and end.isdigit() and len(value) < 15:
            span = Span(int(start), min(int(end), length))
            if span.start < span.end:
                spans.append(span)
    return spans


def passages(typed: str) -> list[str]:
    """One passage a line, each once, or `TooMuch`."""
    found = list(dict.fromkeys(line.strip() for line in typed.splitlines() if line.strip()))
    if len(found) > MOST_PASSAGES or any(len(passage) > LONGEST_PASSAGE for passage in found):
        raise TooMuch
    return found


def occurrences(text: str, words: str) -> list[Span]:
    """Every place where exactly these words stand."""
    spans = []
    at = text.find(words) if words else -1
    while at >= 0:
        spans.append(Span(at, at + len(words)))
        at = text.find(words, at + len(words))
    return spans


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same stretches in order, those that touch as one."""
    out: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if out and span.start <= out[-1].end:
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    return tuple(out)

"""Splitting a text into stretches that a moderator can be shown."""

from __future__ import annotations

import re
from itertools import pairwise

from moderation.subject import Span

_END = re.compile(r"[.!?…]+[\"'”’)]*\s+|\n+")
_FEWEST_WORDS = 3
_SHORT_PAIR = 8
"""Neighbours that have fewer words than this together read as one."""


def sentences(text: str, within: Span) -> list[Span]:
    """The sentences between two places, none of them tiny."""
    pieces = _pieces(text, within)
    joined: list[Span] = []
    for piece in pieces:
        if joined and _belongs(text, joined[-1], piece):
            joined[-1] = Span(joined[-1].start, piece.end)
        else:
            joined.append(piece)
    return joined


def _pieces(text: str, within: Span) -> list[Span]:
    ends = [match.end() for match in _END.finditer(text, within.start, within.end)]
    cuts = [within.start, *ends, within.end]
    trimmed = (_trimmed(text, start, end) for start, end in pairwise(cuts))
    return [span for span in trimmed if span.start < span.end]


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _belongs(text: str, before: Span, after: Span) -> bool:
    one, two = (len(text[span.start : span.end].split()) for span in (before, after))
    return one < _FEWEST_WORDS or two < _FEWEST_WORDS or one + two < _SHORT_PAIR

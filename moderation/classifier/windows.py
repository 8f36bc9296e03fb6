"""Cutting a long text into overlapping windows that the encoder can read whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.subject import Span

SIZE = 192
STEP = 128
MOST = 40
"""About 5,000 tokens; what lies beyond is for a person to read."""


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids without the encoder's own marks, and the stretch of text they stand for."""

    ids: tuple[int, ...]
    span: Span


def cut(ids: Sequence[int], offsets: Sequence[tuple[int, int]]) -> tuple[list[Window], bool]:
    """The windows of a text, and whether some of it was left over."""
    windows: list[Window] = []
    for start in range(0, max(len(ids), 1), STEP):
        if len(windows) == MOST:
            return windows, True
        end = min(start + SIZE, len(ids))
        if end > start:
            windows.append(Window(tuple(ids[start:end]), Span(offsets[start][0], offsets[end - 1][1])))
        if end == len(ids):
            break
    return windows, False

"""What a person decided in the last seconds, above the queue and the item: each with a way to take it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forum.console import review_words, undo_words
from forum.queries.review_undo import Waiting
from forum.web.parts import policy
from moderation.workflow import DecisionAction


@dataclass(frozen=True, slots=True)
class Line:
    """One decision that nobody was told of yet, in words."""

    decision_id: int
    item_id: int
    done: str
    when: str
    late: bool
    slip: str
    """The reason that the button sends."""


def panel(found: Sequence[Waiting]) -> list[Line]:
    """A line each, with the policy's first reason for taking something back: a slip."""
    slip = policy().reasons_for(DecisionAction.UNDO)[0].code
    return [
        Line(
            one.decision_id,
            one.item_id,
            review_words.action(one.action),
            undo_words.when(one),
            one.late,
            slip,
        )
        for one in found
    ]

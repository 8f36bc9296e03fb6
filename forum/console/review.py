"""The moderators' desk: the queue, an item, and what can be done with it."""

from forum.console import (
    review_appeals,
    review_claims,
    review_decisions,
    review_item,
    review_queue,
    review_undo,
)
from forum.console.desk import bp

__all__ = [
    "bp",
    "review_appeals",
    "review_claims",
    "review_decisions",
    "review_item",
    "review_queue",
    "review_undo",
]

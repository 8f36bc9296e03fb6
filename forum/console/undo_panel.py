"""What a person decided in the last seconds, above the queue and the item: each with a way to take it back."""

from __future__ import annotations

from forum import clock
from forum.console import review_words, undo_words
from forum.queries.review_undo import Waiting, waiting
from forum.web.identity import viewer
from forum.web.parts import database, policy
from moderation.workflow import DecisionAction


def panel() -> list[tuple[Waiting, str, str, str]]:
    """Each decision that nobody was told of yet: what was done, when it takes effect, and the reason for a slip."""
    slip = policy().reasons_for(DecisionAction.UNDO)[0].code
    with database().reading() as session:
        found = waiting(session, viewer().id, clock.now())
    return [(one, review_words.action(one.action), undo_words.when(one), slip) for one in found]

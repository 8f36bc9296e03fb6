"""A desk form sent once more: pressing twice is no mistake, and other words than the first time are given back."""

from __future__ import annotations

from forum import text
from forum.queries.review_item import ItemView
from forum.queries.review_past import words_of
from forum.web.identity import viewer
from forum.web.parts import database


def earlier_by_me(found: ItemView, version: int) -> int | None:
    """The decision that this person took on the very screen that the form was served with, or None."""
    mine = (past for past in found.past.here if past.item_version == version and past.by_ref == viewer().id)
    return next((past.decision_id for past in mine), None)


def sent_twice(found: ItemView, version: int, *typed: str | None) -> bool:
    """Whether the same form was taken a moment ago, with every word that is in it now."""
    earlier = earlier_by_me(found, version)
    if earlier is None:
        return False
    with database().reading() as session:
        return {words for one in typed if (words := text.tidy(one or ""))} <= words_of(session, earlier)

"""The night rule: what members report while nobody is at the desk is held until somebody has looked.

Pure but for one condition: the numbers are the policy's, the hours are `moderation.hours`.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.sql.elements import SQLCoreOperations

from moderation.models import ReviewItem, ReviewReason
from moderation.policy_parts import Values
from moderation.subject import SubjectKind
from moderation.workflow import ItemState


class Rule(StrEnum):
    """Which count was reached."""

    ON_POST = "on_post"
    ON_MEMBER = "on_member"

    @property
    def reason(self) -> str:
        """Its code among the reasons of an item."""
        return f"night.{self.value}"


def reached(post_id: int, reporters: Mapping[int, Set[int]], values: Values) -> Rule | None:
    """The rule that a new report on a post reaches.

    `reporters` are, for each reported post of its author, the people whose report nobody has answered yet.
    """
    if len(reporters.get(post_id, frozenset())) >= values.night_reports_on_post:
        return Rule.ON_POST
    people = frozenset[int]().union(*reporters.values())
    across = sum(len(of_post) for of_post in reporters.values())
    if across >= values.night_reports_on_member and len(people) >= values.night_people_on_member:
        return Rule.ON_MEMBER
    return None


def holds(post_id: SQLCoreOperations[int]) -> ColumnElement[bool]:
    """Whether the rule has put a post into an item that nobody has decided yet. For posts that are held."""
    return (
        select(ReviewReason.id)
        .join(ReviewItem, ReviewItem.id == ReviewReason.item_id)
        .where(
            and_(
                ReviewItem.subject_kind == SubjectKind.POST,
                ReviewItem.subject_id == post_id,
                ReviewItem.state != ItemState.DECIDED,
                ReviewReason.code.in_([rule.reason for rule in Rule]),
            )
        )
        .exists()
    )

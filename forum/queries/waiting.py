"""How long it usually takes until a person has looked: measured where there is enough to measure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.models import Post, PostState
from moderation import night
from moderation.answers import Urgency
from moderation.models import Decision, ReviewItem
from moderation.policy import Policy
from moderation.reports import OUTCOME_OF
from moderation.subject import SubjectKind
from moderation.workflow import ItemState

ENOUGH = 20
MOST = 500
RECENT = timedelta(days=28)
SHARE = 0.8
ENDS = tuple(action.value for action in OUTCOME_OF)
"""Actions that end a first look. An appeal or a decision taken back has waits of its own."""


@dataclass(frozen=True, slots=True)
class Wait:
    """What 8 of 10 waited while somebody was at the desk. `measured` is false where it is only the service's aim."""

    length: timedelta
    measured: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A post in an item that nobody has decided yet."""

    urgency: Urgency
    overnight: bool
    """The night rule holds it."""


def usual_wait(
    session: Session, urgency: Urgency, policy: Policy, now: datetime, *, held: bool = False
) -> Wait:
    """What 8 of 10 waited at this urgency in the last weeks, else the policy's target. `held`: of held posts alone.

    A crisis is measured by the wall's clock, all else while somebody was at the desk, as their targets are.
    """
    staffed = func.coalesce(Decision.seconds_waiting_staffed, Decision.seconds_waiting)
    query = (
        select(Decision.seconds_waiting if urgency is Urgency.CRISIS else staffed)
        .join(ReviewItem, ReviewItem.id == Decision.item_id)
        .where(
            ReviewItem.urgency == int(urgency),
            Decision.action.in_(ENDS),
            Decision.decided_at >= now - RECENT,
        )
        .order_by(Decision.id.desc())
        .limit(MOST)
    )
    if held:
        query = query.where(Decision.suggested_display == "hold")
    waits = session.scalars(query).all()
    if len(waits) < ENOUGH:
        return Wait(policy.values.targets[urgency], measured=False)
    return Wait(_said(timedelta(seconds=eight_of_ten(waits))), measured=True)


def eight_of_ten(waits: Sequence[int]) -> int:
    """The smallest of these that at least 8 of 10 do not exceed."""
    return sorted(waits)[math.ceil(SHARE * len(waits)) - 1]


def waiting_posts(session: Session, post_ids: Sequence[int]) -> dict[int, Waiting]:
    """Of these posts, those that still wait for a person, by id."""
    if not post_ids:
        return {}
    rows = session.execute(
        select(Post.id, ReviewItem.urgency, night.holds(Post.id))
        .join(ReviewItem, ReviewItem.subject_id == Post.id)
        .where(
            Post.id.in_(post_ids),
            Post.state == PostState.HELD,
            ReviewItem.subject_kind == SubjectKind.POST,
            ReviewItem.state != ItemState.DECIDED,
        )
    )
    return {post_id: Waiting(Urgency(urgency), overnight) for post_id, urgency, overnight in rows}


def _said(length: timedelta) -> timedelta:
    """Rounded up to what one would say, so that what is promised stays true: minutes, five minutes, hours, days."""
    minutes = math.ceil(length.total_seconds() / 60)
    step = 1 if minutes < 10 else 5 if minutes < 60 else 60 if minutes < 48 * 60 else 24 * 60
    return timedelta(minutes=max(1, math.ceil(minutes / step) * step))

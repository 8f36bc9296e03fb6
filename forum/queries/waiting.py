"""How long it usually takes until a person has looked: measured where there is enough to measure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.answers import Urgency
from moderation.models import Decision, ReviewItem
from moderation.policy import Policy

ENOUGH = 10
RECENT = 50


@dataclass(frozen=True, slots=True)
class Wait:
    """A usual wait. `measured` is false where it is only the target that the service set itself."""

    length: timedelta
    measured: bool


def usual_wait(session: Session, urgency: Urgency, policy: Policy) -> Wait:
    """The median wait of recent decisions at this urgency, else the policy's target."""
    waits = session.scalars(
        select(Decision.seconds_waiting)
        .join(ReviewItem, ReviewItem.id == Decision.item_id)
        .where(ReviewItem.urgency == int(urgency))
        .order_by(Decision.id.desc())
        .limit(RECENT)
    ).all()
    if len(waits) < ENOUGH:
        return Wait(policy.values.targets[urgency], measured=False)
    return Wait(timedelta(seconds=median(waits)), measured=True)

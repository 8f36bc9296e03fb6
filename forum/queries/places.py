"""Whether a group is held by somebody now (R49), for lists, pages and writes alike."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_

from forum.models import Facilitation, Group


def active_facilitator(now: datetime) -> ColumnElement[bool]:
    """SQL: some facilitator of the group in the outer query has not ended and is not away."""
    return exists().where(
        Facilitation.group_id == Group.id,
        Facilitation.ended_at.is_(None),
        or_(Facilitation.away_until.is_(None), Facilitation.away_until <= now),
    )

"""Whether a group is held by somebody now (R49), for lists, pages and writes alike."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, bindparam, exists, or_, select

from forum.models import Facilitation, Group, Member, MemberState, Role
from moderation.db import UtcDateTime

NOW = bindparam("now", type_=UtcDateTime)
"""The moment of reading, for statements that are built once."""


def active_facilitator(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """SQL: some facilitator of the group in the outer query has not ended, is not away and can sign in.

    Somebody whose account was closed or given another role holds nothing, whatever the older rows say.
    """
    return exists(
        select(Facilitation.id)
        .join(Member, Member.id == Facilitation.member_id)
        .where(
            Facilitation.group_id == Group.id,
            Facilitation.ended_at.is_(None),
            or_(Facilitation.away_until.is_(None), Facilitation.away_until <= now),
            Member.state == MemberState.ACTIVE,
            Member.role == Role.FACILITATOR,
        )
        .correlate(Group)
    )

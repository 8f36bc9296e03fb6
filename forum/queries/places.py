"""Whether a group is held by somebody now (R49), for lists, pages and writes alike."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, bindparam, exists, or_, select

from forum.models import Facilitation, Group, Member, MemberState, Role
from moderation.db import UtcDateTime

NOW = bindparam("now", type_=UtcDateTime)
"""The moment of reading, for statements that are built once."""
_held, _member = Facilitation.__table__.c, Member.__table__.c


def active_facilitator(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """SQL: some facilitator of the group in the outer query has not ended, is not away and can sign in.

    Somebody whose account was closed or given another role holds nothing, whatever the older rows say.
    """
    return exists(
        select(_held.id)
        .join_from(Facilitation.__table__, Member.__table__, _member.id == _held.member_id)
        .where(
            _held.group_id == Group.__table__.c.id,
            _held.ended_at.is_(None),
            or_(_held.away_until.is_(None), _held.away_until <= now),
            _member.state == MemberState.ACTIVE,
            _member.role == Role.FACILITATOR,
        )
        .correlate(Group.__table__)
    )

"""Calling people to the desk, inside the site: a crisis pages all who may decide, an escalation the leads."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.actions import notices
from forum.models import Member, MemberState, Role
from moderation.audit import SOFTWARE
from moderation.models import ReviewItem
from moderation.queue import record
from moderation.verbs import Verb

MODERATING = (Role.MODERATOR, Role.LEAD)


def page_staff(session: Session, item: ReviewItem, *, at: datetime) -> int:
    """Tell every lead and moderator of a crisis item, once an item. Returns how many were told now."""
    told = _tell(session, item, MODERATING, "crisis_page", f"crisis-{item.id}", at)
    if told:
        record(session, item, Verb.STAFF_PAGED, actor=SOFTWARE, at=at, told=told)
    return told


def call_leads(session: Session, item: ReviewItem, *, at: datetime, but: int | None = None) -> int:
    """Tell the leads that an item waits for them; moderators too where there is no lead (ADR 0014)."""
    once = f"for-lead-{item.id}-{item.version}"
    told = _tell(session, item, (Role.LEAD,), "for_lead", once, at, but=but)
    return told or _tell(session, item, MODERATING, "for_lead", once, at, but=but)


def _tell(
    session: Session,
    item: ReviewItem,
    roles: Collection[Role],
    kind: str,
    once: str,
    at: datetime,
    but: int | None = None,
) -> int:
    """Leave a notice with everyone of these roles who is not the item's author; count the new ones."""
    people = session.scalars(
        select(Member.id)
        .where(Member.role.in_(list(roles)), Member.state == MemberState.ACTIVE, Member.id != item.author_ref)
        .order_by(Member.id)
    )
    told = 0
    for member_id in people:
        if member_id != but:
            notice = notices.tell(session, member_id, kind, once=once, at=at, item=item.id)
            told += notice.made_at == at
    return told

"""Telling members things inside the site: a row in the same transaction as what it tells of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forum.models import Notice


def tell(session: Session, member_id: int, kind: str, *, once: str, at: datetime, **data: Any) -> Notice:
    """Leave a notice. `once` names the event: telling it again changes nothing. `data` holds ids and codes only."""
    found = session.scalar(select(Notice).where(Notice.member_id == member_id, Notice.once == once))
    if found is not None:
        return found
    notice = Notice(member_id=member_id, kind=kind, data=data, once=once, made_at=at)
    session.add(notice)
    session.flush()
    return notice


def mark_read(session: Session, member_id: int, *, up_to: int, at: datetime) -> None:
    """Mark a member's notices up to and including id `up_to` as read."""
    session.execute(
        update(Notice)
        .where(Notice.member_id == member_id, Notice.id <= up_to, Notice.read_at.is_(None))
        .values(read_at=at)
        .execution_options(synchronize_session=False)
    )

"""Help offered to the writer, in private. It never blocks anything and is never a record about the person."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forum.models import HelpPanel
from moderation.answers import Support


def offer_help(
    session: Session, member_id: int, support: Support, *, quiet: timedelta, at: datetime
) -> HelpPanel | None:
    """Put a help panel on the member's next page. Returns it, or None where none is due.

    R6: it is not repeated within `quiet` of the last one, unless the need has grown from `offer` to `now`.
    """
    if support is Support.NONE:
        return None
    last = session.scalar(
        select(HelpPanel).where(HelpPanel.member_id == member_id).order_by(HelpPanel.id.desc()).limit(1)
    )
    if last is not None and at - last.made_at < quiet and Support.of(last.level) >= support:
        return None
    panel = HelpPanel(member_id=member_id, level=support.code, made_at=at)
    session.add(panel)
    session.flush()
    return panel


def dismiss_help(session: Session, member_id: int, panel_id: int, *, at: datetime) -> None:
    """Put this panel and any older one away, because the member asked."""
    session.execute(
        update(HelpPanel)
        .where(HelpPanel.member_id == member_id, HelpPanel.id <= panel_id, HelpPanel.dismissed_at.is_(None))
        .values(dismissed_at=at)
        .execution_options(synchronize_session=False)
    )

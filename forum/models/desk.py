"""Who is called when it cannot wait, and what became of each call to a pager outside."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from moderation.db import Base, Id, UtcDateTime


class OnCall(Base):
    """Somebody on staff is called first in a crisis, from `starts_at` until `ends_at`, or until further notice."""

    __tablename__ = "on_call"
    __table_args__ = (Index("ix_on_call_ends_at", "ends_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """None: until somebody ends it."""
    made_by: Mapped[int] = mapped_column(ForeignKey("members.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PageDelivery(Base):
    """One try to hand a page to the receiver outside. No words of anybody, no address of the receiver."""

    __tablename__ = "page_deliveries"
    __table_args__ = (Index("ix_page_deliveries_tried_at", "tried_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int | None] = mapped_column(Id)
    """None: a trial by an admin."""
    job_id: Mapped[int] = mapped_column(Id)
    """Names the page to the receiver, the same at every try."""
    attempt: Mapped[int]
    tried_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(20))
    """`delivered`, `refused`, `redirected`, `late`, `unreachable` or `untrusted`."""
    status: Mapped[int | None]
    """The receiver's answer, where there was one."""
    milliseconds: Mapped[int]

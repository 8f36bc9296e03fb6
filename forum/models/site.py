"""What the site owes people: notices, help panels, and work promised for later."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.db import Base, Id, Json, UtcDateTime


class Notice(Base):
    """Something a member should know, as a kind and ids; the words are made when it is read."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("member_id", "once"),
        Index("ix_notices_member_id", "member_id", "id"),
        Index(
            "ix_notices_unread",
            "member_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    kind: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    """Ids and codes only, never words of a post."""
    once: Mapped[str] = mapped_column(String(80))
    """Names the event, so that it is told once however often the work is tried."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HelpPanel(Base):
    """A private offer of help after something the member wrote. Skippable, shown on the next page."""

    __tablename__ = "help_panels"
    __table_args__ = (Index("ix_help_panels_member_id", "member_id", "dismissed_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    level: Mapped[str] = mapped_column(String(10))
    """`offer` or `now`, the policy's answer `support`."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    dismissed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Job(Base):
    """Work promised in the same transaction as the change that asks for it; leased, at least once."""

    __tablename__ = "jobs"
    __table_args__ = (UniqueConstraint("once"), Index("ix_jobs_due", "done_at", "due_at"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    once: Mapped[str] = mapped_column(String(80))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(String(80))
    """The name of the exception, never its message: messages may hold words."""

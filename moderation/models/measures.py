"""Measures about a person. Conduct and care are different tables: distress is not a record of fault."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from moderation.db import Base, Id, UtcDateTime


class Restriction(Base):
    """Posting is paused for a member until `ends_at`. Made by a person, with a reason; reading and help stay open."""

    __tablename__ = "restrictions"
    __table_args__ = (
        Index("ix_restrictions_member_ref", "member_ref", "ends_at"),
        CheckConstraint("ends_at > starts_at", name="order"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    member_ref: Mapped[int] = mapped_column(Id)
    decision_id: Mapped[int] = mapped_column(Id)
    reason_code: Mapped[str] = mapped_column(String(40))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CareContact(Base):
    """Somebody on staff checked in with a member. Never a strike, never counted against anyone."""

    __tablename__ = "care_contacts"
    __table_args__ = (Index("ix_care_contacts_member_ref", "member_ref"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    member_ref: Mapped[int] = mapped_column(Id)
    item_id: Mapped[int | None] = mapped_column(Id)
    actor_ref: Mapped[int] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(30))
    """`check_in`: a warm note with ways to reach a person."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

"""Small groups: a capacity that holds, facilitators, places kept while a member rests, and waiting lists."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.db import Base, Code, Id, UtcDateTime


class Intake(StrEnum):
    """Whether a group takes new members at all, apart from whether there is room."""

    OPEN = "open"
    CLOSED = "closed"


class GroupKind(StrEnum):
    """How a group meets; decides the default capacity (policy data, R50)."""

    ASYNCHRONOUS = "asynchronous"
    """Members write when it suits them."""
    LIVE_CIRCLE = "live_circle"
    """Members meet at set times."""


class Group(Base):
    """A room with a purpose and at most `capacity` places: members (active or resting) and open offers."""

    __tablename__ = "groups"
    __table_args__ = (CheckConstraint("capacity >= 1", name="capacity"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    purpose: Mapped[str] = mapped_column(Text)
    kind: Mapped[GroupKind] = mapped_column(Code(GroupKind), default=GroupKind.ASYNCHRONOUS)
    capacity: Mapped[int]
    intake: Mapped[Intake] = mapped_column(Code(Intake), default=Intake.OPEN)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Facilitation(Base):
    """Who holds a group, from when to when."""

    __tablename__ = "facilitations"
    __table_args__ = (
        Index(
            "uq_facilitations_live",
            "group_id",
            "member_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_facilitations_member_id", "member_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    away_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """While set and in the future, this facilitator does not count as active."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MembershipState(StrEnum):
    """Active and resting places both count towards capacity, as open offers do; left ones do not."""

    ACTIVE = "active"
    RESTING = "resting"
    LEFT = "left"


class Membership(Base):
    """One member's place in one group. A database trigger is the second lock on capacity."""

    __tablename__ = "memberships"
    __table_args__ = (
        Index(
            "uq_memberships_live",
            "group_id",
            "member_id",
            unique=True,
            sqlite_where=text("state <> 'left'"),
            postgresql_where=text("state <> 'left'"),
        ),
        Index("ix_memberships_member_id", "member_id", "state"),
        CheckConstraint("state IN ('active', 'resting', 'left')", name="state"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    state: Mapped[MembershipState] = mapped_column(Code(MembershipState))
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rest_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the member means to come back."""
    kept_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """While resting: how long the place is kept, counted from the day the rest began."""
    rest_warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When they were told that the place will be let go: nobody loses one without a week's warning."""
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WaitingState(StrEnum):
    """Where an entry on a waiting list stands. The first two are live; an entry leaves them once, for good."""

    WAITING = "waiting"
    OFFERED = "offered"
    """A place is kept for this person until `offer_expires_at`; it counts as taken."""
    JOINED = "joined"
    DECLINED = "declined"
    EXPIRED = "expired"
    LEFT = "left"
    """Taken off by the person, or because their account was closed."""
    ENDED = "ended"
    """The group ended."""


LIVE_ENTRY = (WaitingState.WAITING, WaitingState.OFFERED)


class WaitingEntry(Base):
    """One person's turn on a group's waiting list. The order is the id: the order in which the asking was kept."""

    __tablename__ = "waiting_entries"
    __table_args__ = (
        Index(
            "uq_waiting_entries_live",
            "group_id",
            "member_id",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'offered')"),
            postgresql_where=text("state IN ('waiting', 'offered')"),
        ),
        Index("ix_waiting_entries_group_id", "group_id", "state", "id"),
        Index("ix_waiting_entries_member_id", "member_id", "state"),
        CheckConstraint(
            "state IN ('waiting', 'offered', 'joined', 'declined', 'expired', 'left', 'ended')", name="state"
        ),
        CheckConstraint("state <> 'offered' OR offer_expires_at IS NOT NULL", name="offer_ends"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    state: Mapped[WaitingState] = mapped_column(Code(WaitingState), default=WaitingState.WAITING)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    offered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offer_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

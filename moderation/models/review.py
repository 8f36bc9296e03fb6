"""The queue: review items, why they are there, who holds them, and what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.db import Base, Code, Id, Json, UtcDateTime
from moderation.subject import SubjectKind
from moderation.workflow import ItemState


class ReviewItem(Base):
    """One subject that a person should look at. At most one item that is not decided stands for a subject.

    `urgency` is 0 green, 1 amber, 2 red, 3 crisis. `version` counts every change, so that a stale screen is
    noticed. `revision_id` is the exact version to judge; an edit moves it and voids the claim.
    """

    __tablename__ = "review_items"
    __table_args__ = (
        Index(
            "uq_review_items_one_open_per_subject",
            "subject_kind",
            "subject_id",
            unique=True,
            sqlite_where=text("state <> 'decided'"),
            postgresql_where=text("state <> 'decided'"),
        ),
        Index("ix_review_items_queue", "state", "urgency", "opened_at"),
        CheckConstraint("urgency BETWEEN 0 AND 3", name="urgency"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    subject_kind: Mapped[SubjectKind] = mapped_column(Code(SubjectKind))
    subject_id: Mapped[int] = mapped_column(Id)
    revision_id: Mapped[int | None] = mapped_column(Id)
    author_ref: Mapped[int] = mapped_column(Id)
    group_ref: Mapped[int | None] = mapped_column(Id)
    state: Mapped[ItemState] = mapped_column(Code(ItemState), default=ItemState.OPEN)
    urgency: Mapped[int]
    for_lead: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReviewReason(Base):
    """One reason why an item is in the queue: a policy reason, a report, a call or an escalation, in arrival order."""

    __tablename__ = "review_reasons"
    __table_args__ = (Index("ix_review_reasons_item_id", "item_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("review_items.id"))
    source: Mapped[str] = mapped_column(String(20))
    """`software`, `newcomer`, `report`, `facilitator`, `escalation`, `appeal`, `undo`, `no_verdict` or `sample`."""
    code: Mapped[str] = mapped_column(String(60))
    revision_id: Mapped[int | None] = mapped_column(Id)
    assessment_id: Mapped[int | None] = mapped_column(Id)
    urgency: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Claim(Base):
    """A lease on an item. It lapses at `expires_at`; `released_at` says when it ended and why."""

    __tablename__ = "claims"
    __table_args__ = (
        Index(
            "uq_claims_one_live_per_item",
            "item_id",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
        Index("ix_claims_moderator_ref", "moderator_ref"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("review_items.id"))
    moderator_ref: Mapped[int] = mapped_column(Id)
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_text_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    release_reason: Mapped[str | None] = mapped_column(String(20))
    """`decided`, `handed_back`, `lapsed`, `edited`, `escalated` or `withdrawn`."""


class Report(Base):
    """What one member said about one subject, bound to the revision they saw."""

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("reporter_ref", "subject_kind", "subject_id"),
        Index("ix_reports_item_id", "item_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("review_items.id"))
    reporter_ref: Mapped[int] = mapped_column(Id)
    subject_kind: Mapped[SubjectKind] = mapped_column(Code(SubjectKind))
    subject_id: Mapped[int] = mapped_column(Id)
    revision_id: Mapped[int | None] = mapped_column(Id)
    reason_code: Mapped[str] = mapped_column(String(40))
    policy_version: Mapped[int]
    details: Mapped[str | None] = mapped_column(Text)
    """The reporter's own words; erasable, and never in the audit."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(40))
    outcome_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_id: Mapped[int | None] = mapped_column(Id)
    """The decision that the outcome comes from."""


class Decision(Base):
    """What a person decided about one revision, and everything needed to understand it later."""

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("item_id", "item_version"),
        Index("uq_decisions_undoes_id", "undoes_id", unique=True),
        Index("ix_decisions_subject", "subject_kind", "subject_id"),
        Index("ix_decisions_decided_at", "decided_at"),
        Index(
            "ix_decisions_waiting",
            "actor_ref",
            sqlite_where=text("effects_at IS NULL"),
            postgresql_where=text("effects_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("review_items.id"))
    item_version: Mapped[int]
    subject_kind: Mapped[SubjectKind] = mapped_column(Code(SubjectKind))
    subject_id: Mapped[int] = mapped_column(Id)
    revision_id: Mapped[int | None] = mapped_column(Id)
    actor_ref: Mapped[int] = mapped_column(Id)
    actor_role: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(40))
    reason_code: Mapped[str] = mapped_column(String(40))
    policy_version: Mapped[int]
    labels: Mapped[list[str]] = mapped_column(Json, default=list)
    masked_spans: Mapped[list[list[int]]] = mapped_column(Json, default=list)
    """Pairs of start and end in the revision's plain text."""
    note: Mapped[str | None] = mapped_column(Text)
    """For staff only; never shown to the author, never in the audit."""
    illegality: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """Where R58 asks: offence considered, view on intention, time found, time removed."""
    suggested_display: Mapped[str | None] = mapped_column(String(10))
    agreed_with_software: Mapped[bool | None]
    seconds_waiting: Mapped[int]
    seconds_waiting_staffed: Mapped[int | None]
    """Of these, the seconds in which somebody was at the desk. Empty: from before hours were kept."""
    seconds_viewing: Mapped[int | None]
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    author_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """How the subject and the item stood, as states, ids and times: what it takes to put them back. No words."""
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """How the decision left the subject: whatever differs from that now, somebody else did."""
    undoes_id: Mapped[int | None] = mapped_column(Id)
    """The decision that this one takes back."""
    effects_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    effects_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When what it shows and whom it tells took effect. Empty: not yet, or taken back before."""

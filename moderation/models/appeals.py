"""Appeals against decisions, and complaints about the service: what was said, who answered, and how it ended."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.db import Base, Code, Id, UtcDateTime
from moderation.subject import SubjectKind


class AppealOutcome(StrEnum):
    """How an appeal ended."""

    UPHELD = "upheld"
    """The decision stays."""
    OVERTURNED = "overturned"
    """The decision was taken back."""


class ComplaintKind(StrEnum):
    """What a complaint is about, as the law lists it (R14). What happened to one's own post is an appeal."""

    ILLEGAL_CONTENT = "illegal_content"
    DUTY_NOT_MET = "duty_not_met"
    RESTRICTED_OR_WARNED = "restricted_or_warned"
    SOFTWARE_HID = "software_hid"
    OTHER = "other"


class ComplaintOutcome(StrEnum):
    """What became of a complaint."""

    AGREED = "agreed"
    PARTLY = "partly"
    NOT_AGREED = "not_agreed"


class Appeal(Base):
    """One author's request that another person looks at a decision. Once a decision, one open one a subject.

    The database refuses an appeal settled by the person whose decision it is about, or by the appellant.
    """

    __tablename__ = "appeals"
    __table_args__ = (
        UniqueConstraint("decision_id"),
        Index("ix_appeals_item_id", "item_id"),
        Index("ix_appeals_appellant_ref", "appellant_ref", "id"),
        Index(
            "uq_appeals_one_open_per_subject",
            "subject_kind",
            "subject_id",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
        CheckConstraint(
            "decided_by_ref IS NULL OR (decided_by_ref <> against_ref AND decided_by_ref <> appellant_ref)",
            name="another_person",
        ),
        CheckConstraint("(outcome IS NULL) = (decided_by_ref IS NULL)", name="settled_by_somebody"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"))
    against_ref: Mapped[int] = mapped_column(Id)
    """Who took that decision."""
    item_id: Mapped[int] = mapped_column(ForeignKey("review_items.id"))
    """The item that carries the appeal: the decision's own, or another that was open on the subject."""
    reasons_done: Mapped[int] = mapped_column(Id)
    """The newest reason on that item that is dealt with: newer ones are work beside the appeal."""
    subject_kind: Mapped[SubjectKind] = mapped_column(Code(SubjectKind))
    subject_id: Mapped[int] = mapped_column(Id)
    appellant_ref: Mapped[int] = mapped_column(Id)
    words: Mapped[str | None] = mapped_column(Text)
    """The author's own words; erasable, and never in the audit."""
    policy_version: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[AppealOutcome | None] = mapped_column(Code(AppealOutcome))
    decided_by_ref: Mapped[int | None] = mapped_column(Id)
    decided_decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    reason_code: Mapped[str | None] = mapped_column(String(40))
    restored: Mapped[bool | None]
    """Where it was overturned: whether all stands as before, or something newer stands in the way."""
    answer: Mapped[str | None] = mapped_column(Text)
    """Words to the author from whoever settled it; erasable, and never in the audit."""
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Complaint(Base):
    """What somebody holds against how the service is run. A lead or an admin answers it."""

    __tablename__ = "complaints"
    __table_args__ = (
        UniqueConstraint("made_by_ref", "submission"),
        Index("ix_complaints_made_by_ref", "made_by_ref", "id"),
        Index("ix_complaints_open", "answered_at", "id"),
        CheckConstraint("handled_by_ref IS NULL OR handled_by_ref <> made_by_ref", name="another_person"),
        CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name="answered_with_outcome"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[ComplaintKind] = mapped_column(Code(ComplaintKind))
    words: Mapped[str | None] = mapped_column(Text)
    """The complainant's own words; erasable, and never in the audit."""
    submission: Mapped[str] = mapped_column(String(40))
    """A random id from the form: sending the same form twice makes one complaint."""
    made_by_ref: Mapped[int] = mapped_column(Id)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[ComplaintOutcome | None] = mapped_column(Code(ComplaintOutcome))
    answer: Mapped[str | None] = mapped_column(Text)
    """Words to the complainant; erasable, and never in the audit."""
    handled_by_ref: Mapped[int | None] = mapped_column(Id)

"""What software said of a revision, by which policy, and the labels that came of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Float, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.db import Base, Code, Id, Json, UtcDateTime
from moderation.subject import SubjectKind


class PolicyVersion(Base):
    """One policy as it was when it ruled. Rows are never changed: a new version is a new row."""

    __tablename__ = "policy_versions"

    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64))
    toml: Mapped[str] = mapped_column(Text)
    model_id: Mapped[str] = mapped_column(String(120))
    engine: Mapped[str] = mapped_column(String(60))
    normaliser: Mapped[str] = mapped_column(String(40))
    activated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AssessmentRow(Base):
    """One judgement by software of one revision: scores, model, policy and a keyed commitment, never the text.

    A plainly shown post is recorded only here; the digest of each hour's rows is one chained audit event
    (ADR 0015). `findings` is a list of signals and missing verdicts, with offsets into the plain text.
    """

    __tablename__ = "assessments"
    __table_args__ = (
        Index("ix_assessments_subject", "subject_kind", "subject_id", "revision_id"),
        Index("ix_assessments_assessed_at", "assessed_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    subject_kind: Mapped[SubjectKind] = mapped_column(Code(SubjectKind))
    subject_id: Mapped[int] = mapped_column(Id)
    revision_id: Mapped[int | None] = mapped_column(Id)
    author_ref: Mapped[int] = mapped_column(Id)
    commitment: Mapped[str] = mapped_column(String(64))
    policy_version: Mapped[int]
    model_id: Mapped[str | None] = mapped_column(String(120))
    engine: Mapped[str | None] = mapped_column(String(60))
    normaliser: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(10))
    findings: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    display: Mapped[str] = mapped_column(String(10))
    urgency: Mapped[str] = mapped_column(String(10))
    support: Mapped[str] = mapped_column(String(10))
    reasons: Mapped[list[str]] = mapped_column(Json)
    milliseconds: Mapped[int]
    sample_chance: Mapped[float | None] = mapped_column(Float)
    """With what chance this plainly shown post was drawn for a look, drawn or not; None where it could not be."""
    assessed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LabelSource(StrEnum):
    """Who says that a label fits."""

    AUTHOR = "author"
    INHERITED = "inherited"
    CLASSIFIER = "classifier"
    FACILITATOR = "facilitator"
    MODERATOR = "moderator"


class ContentLabel(Base):
    """One label on one revision of a post. Withdrawn by `negated_at`, never deleted while the revision lives."""

    __tablename__ = "content_labels"
    __table_args__ = (
        UniqueConstraint("revision_id", "code", "source"),
        Index("ix_content_labels_post_id", "post_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[int] = mapped_column(Id)
    revision_id: Mapped[int] = mapped_column(Id)
    code: Mapped[str] = mapped_column(String(40))
    list_version: Mapped[int]
    source: Mapped[LabelSource] = mapped_column(Code(LabelSource))
    decision_id: Mapped[int | None] = mapped_column(Id)
    applied_at: Mapped[datetime] = mapped_column(UtcDateTime)
    negated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

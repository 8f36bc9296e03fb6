"""The record: chained audit events, signed checkpoints, and the keys that make commitments erasable."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from moderation.db import Base, Id, Json, UtcDateTime


class AuditEvent(Base):
    """One link of the chain. The database refuses UPDATE and DELETE (see the migration's triggers).

    `hash` covers every other column and `prev_hash`; `seq` has no gaps. Nothing here is text that a person
    wrote or a name that a person chose: ids, codes, counts, times and keyed commitments only.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_verb", "verb", "seq"),
        Index("ix_audit_events_actor", "actor", "seq"),
        Index("ix_audit_events_subject", "subject_kind", "subject_ref", "seq"),
        Index("ix_audit_events_group_ref", "group_ref", "seq"),
        Index("ix_audit_events_reason_code", "reason_code", "seq"),
        Index("ix_audit_events_occurred_at", "occurred_at"),
    )

    seq: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    verb: Mapped[str] = mapped_column(String(60))
    actor: Mapped[str] = mapped_column(String(40))
    """A keyed pseudonym such as `staff-4f2a…` or `member-91bc…`, or `software`, or `command`."""
    actor_role: Mapped[str] = mapped_column(String(20))
    actor_kind: Mapped[str] = mapped_column(String(10))
    """`human` or `software`."""
    subject_kind: Mapped[str | None] = mapped_column(String(20))
    subject_ref: Mapped[str | None] = mapped_column(String(40))
    group_ref: Mapped[int | None] = mapped_column(Id)
    reason_code: Mapped[str | None] = mapped_column(String(60))
    policy_version: Mapped[int | None]
    commitment: Mapped[str | None] = mapped_column(String(64))
    fields: Mapped[dict[str, Any]] = mapped_column(Json)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditCheckpoint(Base):
    """A signed statement of the chain's length and head (Ed25519), so that a cut tail is noticed."""

    __tablename__ = "audit_checkpoints"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(Id, unique=True)
    head: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    key_id: Mapped[str] = mapped_column(String(16))
    signature: Mapped[str] = mapped_column(String(128))


class PersonKey(Base):
    """A member's own secret for commitments to their words. Erasing the row makes every commitment unguessable."""

    __tablename__ = "person_keys"

    member_ref: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    secret: Mapped[bytes] = mapped_column(LargeBinary(32))

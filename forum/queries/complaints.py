"""The register of complaints: one's own, and all of them for those who answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.models import Member
from moderation.models import Complaint, ComplaintKind

PAGE = 25
STATES = ("open", "answered")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; None leaves it wide."""

    state: str | None = None
    kind: ComplaintKind | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One complaint with who handles it."""

    complaint: Complaint
    handled_by: str | None
    own: bool
    """The reader made it themselves, so somebody else answers."""


def mine(
    session: Session, member_id: int, *, before: int | None = None
) -> tuple[Sequence[Complaint], int | None]:
    """The newest complaints of one person, and where to go on from, or None at the end."""
    query = (
        select(Complaint)
        .where(Complaint.made_by_ref == member_id)
        .order_by(Complaint.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(Complaint.id < before)
    rows = session.scalars(query).all()
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def my_complaint(session: Session, member_id: int, complaint_id: int) -> Complaint | None:
    """One of one's own; another person's is not there."""
    return session.scalar(
        select(Complaint).where(Complaint.id == complaint_id, Complaint.made_by_ref == member_id)
    )


def register(
    session: Session, filters: Filters, *, after: int | None = None
) -> tuple[Sequence[Complaint], int | None]:
    """A page of the register, the oldest first: whoever has waited longest stands on top."""
    query = select(Complaint).order_by(Complaint.id).limit(PAGE + 1)
    if filters.state == "open":
        query = query.where(Complaint.answered_at.is_(None))
    elif filters.state == "answered":
        query = query.where(Complaint.answered_at.is_not(None))
    if filters.kind is not None:
        query = query.where(Complaint.kind == filters.kind)
    if after is not None:
        query = query.where(Complaint.id > after)
    rows = session.scalars(query).all()
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def find(session: Session, reader_id: int, complaint_id: int) -> Entry | None:
    """One complaint for somebody who may answer."""
    found = session.execute(
        select(Complaint, Member.pseudonym)
        .outerjoin(Member, Member.id == Complaint.handled_by_ref)
        .where(Complaint.id == complaint_id)
    ).first()
    return Entry(found[0], found[1], found[0].made_by_ref == reader_id) if found is not None else None


def waiting(session: Session) -> int:
    """How many complaints have no answer yet."""
    return session.scalar(select(func.count()).where(Complaint.answered_at.is_(None))) or 0

"""Complaints about how the service is run: made by a member, seen and answered by a lead or an admin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from forum.actions import care, notices
from forum.actions.sent_before import OtherWordsSent
from forum.models import Member, MemberState, Role
from forum.permissions import Action, require
from moderation import audit
from moderation.answers import Support
from moderation.audit import Actor
from moderation.db import FOR_CHANGE
from moderation.models import Complaint, ComplaintKind, ComplaintOutcome
from moderation.policy import Policy
from moderation.verbs import Verb

LONGEST_WORDS = 4_000


class NoSuchComplaint(Exception):
    """There is no such complaint."""


class OwnComplaint(Exception):
    """Somebody else has to answer what one complained about oneself."""


class AnsweredBefore(Exception):
    """A colleague was first; their answer stands."""


def complain(
    session: Session,
    *,
    kind: ComplaintKind,
    words: str,
    submission: str,
    support: Support,
    actor: Actor,
    policy: Policy,
    at: datetime,
) -> tuple[Complaint, bool]:
    """The complaint and whether it is new: the same form sent twice makes one.

    `support` is the help that the words ask for, offered on the next page.
    """
    require(Action.COMPLAIN, Role(actor.role))
    assert actor.ref is not None
    made = Complaint(kind=kind, words=words, submission=submission, made_by_ref=actor.ref, made_at=at)
    try:
        with session.begin_nested():
            session.add(made)
            session.flush()
    except IntegrityError:
        earlier = _sent_before(session, actor.ref, submission)
        if earlier is None:
            raise
        if (earlier.words, earlier.kind) != (words, kind):
            raise OtherWordsSent from None
        return earlier, False
    audit.append(session, Verb.COMPLAINT_MADE, actor=actor, at=at, complaint=made.id, kind=kind.value)
    quiet = timedelta(hours=policy.values.help_panel_quiet_hours)
    care.offer_help(session, actor.ref, support, quiet=quiet, at=at)
    for member_id in _who_answers(session):
        notices.tell(
            session, member_id, "complaint_waits", once=f"complaint-{made.id}", at=at, complaint=made.id
        )
    return made, True


def acknowledge(session: Session, complaint_id: int, *, actor: Actor, at: datetime) -> Complaint:
    """Tell the complainant that a person is looking at it. Doing it twice tells once."""
    complaint = _locked(session, complaint_id, actor)
    if complaint.acknowledged_at is None and complaint.answered_at is None:
        complaint.acknowledged_at, complaint.handled_by_ref = at, actor.ref
        session.flush()
        audit.append(session, Verb.COMPLAINT_ACKNOWLEDGED, actor=actor, at=at, complaint=complaint.id)
        _tell(session, complaint, "complaint_seen", at)
    return complaint


def answer(
    session: Session,
    complaint_id: int,
    *,
    outcome: ComplaintOutcome,
    words: str,
    actor: Actor,
    at: datetime,
) -> Complaint:
    """Answer it in words. Raises `AnsweredBefore` when somebody has; the same person's second press does nothing."""
    complaint = _locked(session, complaint_id, actor)
    if complaint.answered_at is not None:
        if complaint.handled_by_ref == actor.ref and complaint.answer == words:
            return complaint
        raise AnsweredBefore(complaint_id)
    complaint.outcome, complaint.answer, complaint.answered_at = outcome, words, at
    complaint.handled_by_ref, complaint.acknowledged_at = actor.ref, complaint.acknowledged_at or at
    session.flush()
    audit.append(
        session,
        Verb.COMPLAINT_ANSWERED,
        actor=actor,
        at=at,
        complaint=complaint.id,
        kind=complaint.kind.value,
        outcome=outcome.value,
        seconds_waiting=max(0, int((at - complaint.made_at).total_seconds())),
    )
    _tell(session, complaint, "complaint_answered", at)
    return complaint


def _locked(session: Session, complaint_id: int, actor: Actor) -> Complaint:
    require(Action.ANSWER_COMPLAINTS, Role(actor.role))
    complaint = session.get(Complaint, complaint_id, with_for_update=FOR_CHANGE, populate_existing=True)
    if complaint is None:
        raise NoSuchComplaint(complaint_id)
    if complaint.made_by_ref == actor.ref:
        raise OwnComplaint(complaint_id)
    return complaint


def _who_answers(session: Session) -> Sequence[int]:
    answering = (Role.LEAD, Role.ADMIN)
    return session.scalars(
        select(Member.id)
        .where(Member.role.in_(answering), Member.state == MemberState.ACTIVE)
        .order_by(Member.id)
    ).all()


def _sent_before(session: Session, member_id: int, submission: str) -> Complaint | None:
    return session.scalars(
        select(Complaint).where(Complaint.made_by_ref == member_id, Complaint.submission == submission)
    ).first()


def _tell(session: Session, complaint: Complaint, kind: str, at: datetime) -> None:
    notices.tell(
        session,
        complaint.made_by_ref,
        kind,
        once=f"{kind}-{complaint.id}",
        at=at,
        complaint=complaint.id,
    )

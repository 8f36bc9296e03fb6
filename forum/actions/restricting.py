"""Ending a pause in posting before its time. Making one is a decision; see `reviewing` and `rulings`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from forum.actions import notices
from forum.models import Role
from forum.permissions import Action, require
from moderation import audit
from moderation.audit import Actor
from moderation.models import Decision, Restriction
from moderation.subject import Subject
from moderation.verbs import Verb


class NoSuchRestriction(Exception):
    """There is no such pause."""


def lift(session: Session, restriction_id: int, *, actor: Actor, at: datetime) -> Restriction:
    """Let the member post again at once, and tell them. A pause that is over stays as it is."""
    require(Action.DECIDE, Role(actor.role))
    pause = session.get(Restriction, restriction_id, with_for_update=True, populate_existing=True)
    if pause is None:
        raise NoSuchRestriction(restriction_id)
    if pause.lifted_at is not None or pause.ends_at <= at:
        return pause
    pause.lifted_at = at
    session.flush()
    decision = session.get_one(Decision, pause.decision_id)
    audit.append(
        session,
        Verb.RESTRICTION_LIFTED,
        actor=actor,
        at=at,
        subject=Subject(decision.subject_kind, decision.subject_id, decision.revision_id),
        reason=pause.reason_code,
        policy=decision.policy_version,
        restriction=pause.id,
    )
    notices.tell(
        session,
        pause.member_ref,
        "restriction_lifted",
        once=f"restriction-lifted-{pause.id}",
        at=at,
        restriction=pause.id,
    )
    return pause

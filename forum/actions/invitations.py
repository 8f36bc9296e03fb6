"""Invitations: codes that let people sign up. Hashed, counted, ending by themselves, and revocable."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from forum import codes
from forum.models import Invitation, Role
from forum.permissions import Action, require
from moderation import audit
from moderation.audit import Actor
from moderation.audit.actors import keyring_of
from moderation.verbs import Verb

MOST_USES = 100
LONGEST_DAYS = 365


class InvitationUnusable(Exception):
    """The code is unknown, used up, out of date or withdrawn. Which of these is not said."""


class NoSuchInvitation(Exception):
    """There is no invitation with this number."""


def make(session: Session, *, actor: Actor, uses: int, days: int, at: datetime) -> str:
    """Make an invitation and return its code, which is shown once and not stored."""
    _allowed(actor)
    if not (1 <= uses <= MOST_USES and 1 <= days <= LONGEST_DAYS):
        raise ValueError("uses or days out of range")
    code = codes.make(3, 4)
    invitation = Invitation(
        code_hash=_hash(session, code),
        uses_left=uses,
        made_by=actor.ref,
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    session.add(invitation)
    session.flush()
    audit.append(
        session,
        Verb.INVITATION_MADE,
        actor=actor,
        at=at,
        invitation=invitation.id,
        uses=uses,
        expires_at=invitation.expires_at,
    )
    return code


def revoke(session: Session, *, actor: Actor, invitation_id: int, at: datetime) -> None:
    """Withdraw an invitation. Doing it twice changes nothing."""
    _allowed(actor)
    invitation = session.get(Invitation, invitation_id)
    if invitation is None:
        raise NoSuchInvitation
    if invitation.revoked_at is None:
        invitation.revoked_at = at
        audit.append(session, Verb.INVITATION_REVOKED, actor=actor, at=at, invitation=invitation.id)


def usable(session: Session, code: str, *, at: datetime) -> bool:
    """Whether the code would be accepted now."""
    return session.scalar(select(Invitation.id).where(*_usable(session, code, at))) is not None


def redeem(session: Session, code: str, *, at: datetime) -> None:
    """Use the code once. One statement, so that two people cannot share a last use."""
    used = session.execute(
        update(Invitation)
        .where(*_usable(session, code, at))
        .values(uses_left=Invitation.uses_left - 1)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    ).first()
    if used is None:
        raise InvitationUnusable


def _usable(session: Session, code: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Invitation.code_hash == _hash(session, code),
        Invitation.uses_left > 0,
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > at,
    )


def _hash(session: Session, code: str) -> str:
    return keyring_of(session).hmac("invitation", codes.plain(code).encode())


def _allowed(actor: Actor) -> None:
    if actor is not audit.COMMAND:
        require(Action.INVITE, Role(actor.role))

"""Signed-in browsers: begun, noted as used, and ended. The rows are ours, so a person can see and end each."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from forum.models import STAFF, Member, MemberState, Role, SignInSession

NOTED_EVERY = timedelta(minutes=5)
"""A session's last use is written at most this often."""
KEPT_AFTER_END = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a browser stays signed in: unused, and at the very most."""

    idle: timedelta
    absolute: timedelta


PEOPLE = Limits(idle=timedelta(days=14), absolute=timedelta(days=30))
"""Signing in is hard on a bad day; members stay signed in on their own device."""
ON_DUTY = Limits(idle=timedelta(minutes=30), absolute=timedelta(hours=12))
"""Staff read what others cannot: one shift, and not while away from the desk."""
FACILITATING = Limits(idle=timedelta(hours=12), absolute=timedelta(days=7))
"""Facilitators write all day among members, and see no held text and no identities."""
LIMITS: Mapping[Role, Limits] = {
    **{role: ON_DUTY if role in STAFF else PEOPLE for role in Role},
    Role.FACILITATOR: FACILITATING,
}


class AccountClosed(Exception):
    """Nobody signs in to a closed account."""


def start(session: Session, member_id: int, *, device: str, at: datetime) -> str:
    """Begin a session and return the token for the cookie; only its hash is stored."""
    token = secrets.token_urlsafe(32)
    member = session.get_one(Member, member_id)
    if member.state is not MemberState.ACTIVE:
        raise AccountClosed
    limits = LIMITS[member.role]
    session.execute(
        delete(SignInSession).where(
            SignInSession.member_id == member.id, SignInSession.expires_at < at - KEPT_AFTER_END
        )
    )
    session.add(
        SignInSession(
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
            member_id=member.id,
            device=device[:60],
            created_at=at,
            last_used_at=at,
            expires_at=at + min(limits.idle, limits.absolute),
        )
    )
    return token


def note_use(session: Session, session_id: int, role: Role, *, at: datetime) -> None:
    """Move the idle limit on, never past the absolute one."""
    limits = LIMITS[role]
    found = session.get(SignInSession, session_id)
    if found is not None:
        found.last_used_at = at
        found.expires_at = min(at + limits.idle, found.created_at + limits.absolute)


def end(session: Session, member_id: int, session_id: int, *, at: datetime) -> None:
    """End one of this member's sessions; an unknown or ended one is fine."""
    _end(session, at, SignInSession.member_id == member_id, SignInSession.id == session_id)


def end_all(session: Session, member_id: int, *, but: int | None = None, at: datetime) -> None:
    """End all sessions of a member, keeping `but`."""
    _end(session, at, SignInSession.member_id == member_id, SignInSession.id != (but or 0))


def _end(session: Session, at: datetime, *which: object) -> None:
    session.execute(
        update(SignInSession)
        .where(*which, SignInSession.revoked_at.is_(None))  # type: ignore[arg-type]
        .values(revoked_at=at)
    )

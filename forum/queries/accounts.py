"""Accounts as their owners and admins read them. Sign-in names stay out of every list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from forum import names
from forum.models import (
    STAFF,
    Invitation,
    Member,
    MemberState,
    PseudonymState,
    RecoveryCode,
    Role,
    SignInSession,
)
from moderation.models import Decision
from moderation.reversals import standing
from moderation.subject import SubjectKind


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the door needs to know of an account."""

    member_id: int
    password_hash: str
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """An account as its owner sees it."""

    pseudonym: str
    pseudonym_state: PseudonymState
    sign_in_name: str
    role: Role
    country: str
    timezone: str
    joined_at: datetime
    rules_version: int | None
    second_factor: bool
    codes_left: int
    sessions: int


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One signed-in browser of a person."""

    id: int
    device: str
    created_at: datetime
    last_used_at: datetime


@dataclass(frozen=True, slots=True)
class ManagedAccount:
    """An account as an admin sees it: no sign-in name."""

    id: int
    pseudonym: str
    role: Role
    joined_at: datetime
    second_factor: bool

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation without its code, which nobody has but the person it was made for."""

    id: int
    uses_left: int
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    def open(self, now: datetime) -> bool:
        return self.revoked_at is None and self.uses_left > 0 and self.expires_at > now


def credentials(session: Session, sign_in_name: str) -> Credentials | None:
    """The open account behind a sign-in name as typed, or None."""
    name = names.sign_in_name(sign_in_name)
    if not names.sign_in_name_fits(name):
        return None
    row = session.execute(
        select(Member.id, Member.password_hash, Member.joined_at).where(
            Member.sign_in_name == name, Member.state == MemberState.ACTIVE
        )
    ).first()
    return Credentials(*row) if row else None


def password_hash_of(session: Session, member_id: int) -> str | None:
    """The stored hash, for people who confirm something with their pass-phrase."""
    return session.scalar(select(Member.password_hash).where(Member.id == member_id))


def own_account(session: Session, member_id: int, now: datetime) -> OwnAccount:
    """All that an account holds about its owner at the door."""
    member = session.get_one(Member, member_id)
    codes = select(func.count()).where(RecoveryCode.member_id == member_id, RecoveryCode.used_at.is_(None))
    return OwnAccount(
        pseudonym=member.pseudonym,
        pseudonym_state=member.pseudonym_state,
        sign_in_name=member.sign_in_name,
        role=member.role,
        country=member.country,
        timezone=member.timezone,
        joined_at=member.joined_at,
        rules_version=member.rules_version,
        second_factor=member.totp_confirmed_at is not None,
        codes_left=session.scalar(codes) or 0,
        sessions=len(open_sessions(session, member_id, now)),
    )


def name_kept_back(session: Session, member_id: int) -> bool:
    """Whether a person decided about this member's name, and others still do not see it."""
    decided = exists().where(
        Decision.subject_kind == SubjectKind.PROFILE, Decision.subject_id == Member.id, standing()
    )
    kept = select(Member.id).where(
        Member.id == member_id, Member.pseudonym_state != PseudonymState.SHOWN, decided
    )
    return session.scalar(kept) is not None


def open_sessions(session: Session, member_id: int, now: datetime) -> Sequence[OpenSession]:
    """Browsers that are signed in now, the one used last first."""
    rows = session.execute(
        select(SignInSession.id, SignInSession.device, SignInSession.created_at, SignInSession.last_used_at)
        .where(
            SignInSession.member_id == member_id,
            SignInSession.revoked_at.is_(None),
            SignInSession.expires_at > now,
        )
        .order_by(SignInSession.last_used_at.desc(), SignInSession.id.desc())
        .limit(100)
    )
    return [OpenSession(*row) for row in rows]


def staff(session: Session) -> Sequence[ManagedAccount]:
    """Every open staff account, by role and name."""
    found = session.scalars(
        select(Member)
        .where(Member.role.in_(STAFF), Member.state == MemberState.ACTIVE)
        .order_by(Member.role, Member.pseudonym)
    )
    return [_managed(member) for member in found]


def managed(session: Session, member_id: int) -> ManagedAccount | None:
    """One open account, or None."""
    member = session.get(Member, member_id)
    return _managed(member) if member is not None and member.state is MemberState.ACTIVE else None


def find_by_pseudonym(session: Session, pseudonym: str) -> ManagedAccount | None:
    """The open account whose public name is this one, or looks just like it."""
    key = names.pseudonym_key(names.tidy(pseudonym))
    member = session.scalar(
        select(Member).where(Member.pseudonym_key == key, Member.state == MemberState.ACTIVE)
    )
    return _managed(member) if member is not None else None


def listed(session: Session, role: Role | None, *, limit: int = 1000) -> Sequence[ManagedAccount]:
    """Open accounts, oldest first, for the command line."""
    wanted = select(Member).where(Member.state == MemberState.ACTIVE).order_by(Member.id).limit(limit)
    found = session.scalars(wanted if role is None else wanted.where(Member.role == role))
    return [_managed(member) for member in found]


def invitations(session: Session, now: datetime) -> Sequence[InvitationRow]:
    """Invitations that can be used, and those that ended in the last 30 days; the newest first."""
    rows = session.execute(
        select(
            Invitation.id,
            Invitation.uses_left,
            Invitation.made_at,
            Invitation.expires_at,
            Invitation.revoked_at,
        )
        .where(Invitation.expires_at > now - timedelta(days=30))
        .order_by(Invitation.id.desc())
        .limit(200)
    )
    return [InvitationRow(*row) for row in rows]


def demo_people(session: Session) -> bool:
    """Whether this database holds the invented community."""
    found = select(Member.id).where(Member.sign_in_name.startswith(names.DEMO_PREFIX, autoescape=True))
    return session.scalar(found.limit(1)) is not None


def _managed(member: Member) -> ManagedAccount:
    return ManagedAccount(
        id=member.id,
        pseudonym=member.pseudonym,
        role=member.role,
        joined_at=member.joined_at,
        second_factor=member.totp_confirmed_at is not None,
    )

"""Accounts that somebody else looks after: staff made, moved and closed; private details read, on record.

Each function takes who acts and why. The command line acts as `audit.COMMAND`, whom the server's owner answers for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from forum import names, passphrases, staff_reasons
from forum.actions import accounts, leaving, sessions
from forum.actions.accounts import Names, Place
from forum.models import STAFF, Member, MemberState, PseudonymState, Role
from forum.permissions import Action, require
from moderation import audit
from moderation.audit import Actor
from moderation.db import FOR_CHANGE
from moderation.verbs import Verb


class NoSuchAccount(Exception):
    """There is no open account with this number or name."""


class NotStaff(Exception):
    """Staff accounts are apart from members' accounts: neither becomes the other."""


class LastAdmin(Exception):
    """Somebody must be able to make the next admin."""


class OwnAccount(Exception):
    """An admin's own account is changed by another admin."""


class NoSecondFactor(Exception):
    """The account has no second step that could be taken off."""


def create(
    session: Session, *, actor: Actor, called: Names, role: Role, place: Place, reason: str, at: datetime
) -> tuple[Member, str]:
    """Make a staff account. Returns it and its first pass-phrase, to be handed over and changed at once."""
    _allowed(actor)
    code = staff_reasons.checked(reason)
    if role not in STAFF:
        raise NotStaff
    first = passphrases.generate()
    member = Member(
        pseudonym=called.pseudonym,
        pseudonym_key=names.pseudonym_key(called.pseudonym),
        pseudonym_state=PseudonymState.SHOWN,
        sign_in_name=called.sign_in_name,
        password_hash=passphrases.hashed(first),
        change_pass_phrase=True,
        role=role,
        country=place.country,
        timezone=place.timezone,
        joined_at=at,
    )
    accounts.add(session, member)
    _record(session, Verb.STAFF_CREATED, actor, member, code, at, role=role.value)
    return member, first


def change_role(
    session: Session, *, actor: Actor, member_id: int, role: Role, reason: str, at: datetime
) -> None:
    """Move a member of staff to another role. Every browser of theirs is signed out."""
    member = _other(session, actor, member_id)
    code = staff_reasons.checked(reason)
    if member.role not in STAFF or role not in STAFF:
        raise NotStaff
    if member.role is role:
        return
    _keep_an_admin(session, member)
    was = member.role
    leaving.hand_back_groups(session, member, actor=actor, reason=code, at=at)
    member.role = role
    sessions.end_all(session, member.id, at=at)
    _record(session, Verb.ROLE_CHANGED, actor, member, code, at, was=was.value, now=role.value)


def close(session: Session, *, actor: Actor, member_id: int, reason: str, at: datetime) -> None:
    """Close somebody's account, staff or member."""
    member = _other(session, actor, member_id)
    code = staff_reasons.checked(reason)
    _keep_an_admin(session, member)
    leaving.hand_back_groups(session, member, actor=actor, reason=code, at=at)
    _record(session, Verb.ACCOUNT_CLOSED, actor, member, code, at)
    accounts.shut(session, member, at=at)


def reset_second_factor(session: Session, *, actor: Actor, member_id: int, reason: str, at: datetime) -> None:
    """Take the second step off, so that it can be set up anew. Every browser is signed out."""
    member = _other(session, actor, member_id)
    code = staff_reasons.checked(reason)
    if member.totp_secret is None:
        raise NoSecondFactor
    member.totp_secret = member.totp_confirmed_at = member.totp_last_step = None
    sessions.end_all(session, member.id, at=at)
    _record(session, Verb.SECOND_FACTOR_RESET, actor, member, code, at)


def read_sign_in_name(session: Session, *, actor: Actor, member_id: int, reason: str, at: datetime) -> str:
    """The private sign-in name of an account. Reading it is itself on record."""
    _allowed(actor)
    member = _account(session, member_id)
    code = staff_reasons.checked(reason)
    _record(session, Verb.IDENTITY_READ, actor, member, code, at, what="sign_in_name")
    return member.sign_in_name


def _allowed(actor: Actor) -> None:
    if actor is not audit.COMMAND:
        require(Action.MANAGE_STAFF, Role(actor.role))


def _other(session: Session, actor: Actor, member_id: int) -> Member:
    _allowed(actor)
    if actor.ref == member_id:
        raise OwnAccount
    _hold_admins(session, member_id)
    return _account(session, member_id)


def _account(session: Session, member_id: int) -> Member:
    member = session.get(Member, member_id, with_for_update=FOR_CHANGE, populate_existing=True)
    if member is None or member.state is not MemberState.ACTIVE:
        raise NoSuchAccount
    return member


def _hold_admins(session: Session, member_id: int) -> None:
    """Hold every admin's row with the account's own, in one order: two admins cannot remove each other at once."""
    session.execute(
        select(Member.id)
        .where(or_(Member.id == member_id, Member.role == Role.ADMIN))
        .order_by(Member.id)
        .with_for_update(**FOR_CHANGE)
    ).all()


def _keep_an_admin(session: Session, member: Member) -> None:
    if member.role is not Role.ADMIN:
        return
    admins = session.scalars(
        select(Member.id).where(Member.role == Role.ADMIN, Member.state == MemberState.ACTIVE)
    ).all()
    if set(admins) <= {member.id}:
        raise LastAdmin


def _record(
    session: Session, verb: Verb, actor: Actor, member: Member, reason: str, at: datetime, **fields: Any
) -> None:
    person = audit.person(session, member.id, member.role.value)
    audit.append(session, verb, actor=actor, at=at, reason=reason, person=person, **fields)

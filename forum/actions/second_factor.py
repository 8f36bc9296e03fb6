"""A second step at the door: a code from an app on one's own phone (TOTP). Each code works once."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp
from sqlalchemy import update
from sqlalchemy.orm import Session

from forum.models import Member, SignInSession
from forum.permissions import needs_second_factor
from moderation.audit.actors import keyring_of
from moderation.db import FOR_CHANGE

STEP_SECONDS = 30
DRIFT = 1
"""Steps before and after the present one that are accepted: phones' clocks are not exact."""


class WrongCode(Exception):
    """The code is not the one of this moment, or it was used before."""


class AlreadySet(Exception):
    """There is a second step; it is taken off before another is set up."""


class NotBegun(Exception):
    """Nothing was begun that could be confirmed."""


class Compulsory(Exception):
    """Staff keep their second step."""


def begin(session: Session, member_id: int) -> None:
    """Make a secret to put into an app. It counts only once a code from it was typed in."""
    member = session.get_one(Member, member_id, with_for_update=FOR_CHANGE)
    if member.totp_confirmed_at is not None:
        raise AlreadySet
    member.totp_secret = keyring_of(session).seal(pyotp.random_base32().encode())
    member.totp_last_step = None


def secret_to_show(session: Session, member_id: int) -> str | None:
    """The secret while it is being set up; never again afterwards."""
    member = session.get_one(Member, member_id)
    if member.totp_secret is None or member.totp_confirmed_at is not None:
        return None
    return keyring_of(session).unseal(member.totp_secret).decode()


def confirm(session: Session, member_id: int, session_id: int, code: str, *, at: datetime) -> None:
    """The first right code turns the second step on, and counts for this browser."""
    member = session.get_one(Member, member_id, with_for_update=FOR_CHANGE)
    if member.totp_confirmed_at is not None:
        raise AlreadySet
    if member.totp_secret is None:
        raise NotBegun
    _accept(session, member, code, at)
    member.totp_confirmed_at = at
    _pass(session, session_id, at)


def verify(session: Session, member_id: int, session_id: int, code: str, *, at: datetime) -> None:
    """A right code lets this browser in. Raises `WrongCode`, also where nothing is set up to type a code from."""
    member = session.get_one(Member, member_id, with_for_update=FOR_CHANGE)
    if member.totp_confirmed_at is None:
        raise WrongCode
    _accept(session, member, code, at)
    _pass(session, session_id, at)


def last_step_known(at: datetime) -> int:
    """The newest time step whose code can have been typed in by now."""
    return int(at.timestamp()) // STEP_SECONDS + DRIFT


def use_up(session: Session, *, at: datetime) -> None:
    """Every code up to now counts as used, because we no longer know which were."""
    session.execute(
        update(Member)
        .where(Member.totp_confirmed_at.is_not(None))
        .values(totp_last_step=last_step_known(at))
        .execution_options(synchronize_session=False)
    )


def take_off(session: Session, member_id: int) -> None:
    """A member may do without again."""
    member = session.get_one(Member, member_id, with_for_update=FOR_CHANGE)
    if needs_second_factor(member.role):
        raise Compulsory
    member.totp_secret = member.totp_confirmed_at = member.totp_last_step = None


def address(secret: str, *, account: str, site: str) -> str:
    """What the picture says to the app."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=account, issuer_name=site)


def _accept(session: Session, member: Member, code: str, at: datetime) -> None:
    assert member.totp_secret is not None
    totp = pyotp.TOTP(keyring_of(session).unseal(member.totp_secret).decode(), interval=STEP_SECONDS)
    typed = "".join(char for char in code if char.isascii() and char.isdigit())[:8]
    now = int(at.timestamp()) // STEP_SECONDS
    last = member.totp_last_step if member.totp_last_step is not None else -1
    right = [
        step
        for step in range(now - DRIFT, now + DRIFT + 1)
        if hmac.compare_digest(totp.generate_otp(step), typed) and step > last
    ]
    if not right:
        raise WrongCode
    member.totp_last_step = right[0]


def _pass(session: Session, session_id: int, at: datetime) -> None:
    session.get_one(SignInSession, session_id).second_factor_at = at

"""Members' accounts: made, changed and closed by the people they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from forum import names
from forum.actions import invitations, judging, leaving, sessions
from forum.models import Member, MemberState, PseudonymState, Role
from forum.queries.accounts import name_kept_back
from moderation import queue
from moderation.answers import Display
from moderation.assess import Assessment
from moderation.audit import Actor
from moderation.db import FOR_CHANGE
from moderation.policy import Policy
from moderation.subject import Circumstances, Part, Piece, Subject, SubjectKind

CLOSED = "closed"
"""In place of a pass-phrase hash: matches nothing."""


class PseudonymTaken(Exception):
    """Another account has this pseudonym, or one that looks like it."""


class NameKeptBack(Exception):
    """A person kept the old name back after the new one was judged: it is judged again, for a person to look at."""


class SignInNameTaken(Exception):
    """Another account signs in by this name."""


class StaffAccount(Exception):
    """Staff accounts are closed by an admin, so that no duty is left without anybody."""


@dataclass(frozen=True, slots=True)
class Names:
    """What an account is called, in public and at the door."""

    pseudonym: str
    sign_in_name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person is: help lines by country, times by zone."""

    country: str
    timezone: str


def judge_pseudonym(judges: judging.Judges, pseudonym: str, *, held_by_person: bool = False) -> Assessment:
    """What software says of a pseudonym. It is judged like a post, before the transaction opens.

    `held_by_person`: the last name was kept back by a person, so that only a person lets the next one through.
    """
    pieces = [Piece(Part.PSEUDONYM, pseudonym)]
    return judging.judge(judges, pieces, Circumstances(held_by_person=held_by_person))


def sign_up(
    session: Session,
    *,
    called: Names,
    place: Place,
    password_hash: str,
    rules_version: int,
    invitation: str | None,
    assessment: Assessment,
    policy: Policy,
    at: datetime,
) -> Member:
    """Make a member's account. `invitation` None: the service is open.

    Raises `SignInNameTaken`, `PseudonymTaken` or `invitations.InvitationUnusable`.
    """
    if invitation is not None:
        invitations.redeem(session, invitation, at=at)
    member = Member(
        pseudonym=called.pseudonym,
        pseudonym_key=names.pseudonym_key(called.pseudonym),
        pseudonym_state=_state_after(assessment),
        sign_in_name=called.sign_in_name,
        password_hash=password_hash,
        role=Role.MEMBER,
        country=place.country,
        timezone=place.timezone,
        joined_at=at,
        age_stated_at=at,
        rules_version=rules_version,
        rules_accepted_at=at,
    )
    add(session, member)
    _keep_judgement(session, member, assessment, policy, at)
    return member


def add(session: Session, member: Member) -> None:
    """Insert an account, or say which of its names is taken."""
    if session.scalar(select(Member.id).where(Member.sign_in_name == member.sign_in_name)) is not None:
        raise SignInNameTaken
    _check_free(session, member.pseudonym_key, of=None)
    try:
        with session.begin_nested():
            session.add(member)
    except IntegrityError:  # somebody was faster by a moment
        raise PseudonymTaken from None


def change_pseudonym(
    session: Session, member_id: int, pseudonym: str, *, assessment: Assessment, policy: Policy, at: datetime
) -> Member:
    """Take another name. It is judged again; while a person has to look, others see a neutral one.

    Whoever had the old name open decides nothing about the new one: their claim ends. What a person kept back
    no software lifts (ADR 0016). Raises `PseudonymTaken` or `NameKeptBack`.
    """
    member = _own(session, member_id)
    if assessment.answer.display is Display.SHOW and name_kept_back(session, member_id):
        raise NameKeptBack
    key = names.pseudonym_key(pseudonym)
    _check_free(session, key, of=member_id)
    try:
        with session.begin_nested():
            member.pseudonym, member.pseudonym_key = pseudonym, key
            member.pseudonym_state = _state_after(assessment)
    except IntegrityError:
        raise PseudonymTaken from None
    themselves = Actor(member.id, member.role.value)
    queue.author_edited(session, Subject(SubjectKind.PROFILE, member.id), actor=themselves, at=at)
    _keep_judgement(session, member, assessment, policy, at)
    return member


def change_place(session: Session, member_id: int, place: Place) -> None:
    """Set the country and time zone."""
    member = _own(session, member_id)
    member.country, member.timezone = place.country, place.timezone


def change_pass_phrase(
    session: Session, member_id: int, password_hash: str, *, keep: int | None, at: datetime
) -> None:
    """Set a new pass-phrase and end every session but `keep`: whoever knew the old one is out."""
    member = _own(session, member_id)
    member.password_hash, member.change_pass_phrase = password_hash, False
    sessions.end_all(session, member_id, but=keep, at=at)


def accept_rules(session: Session, member_id: int, version: int, *, at: datetime) -> None:
    """Agree to a version of the ground rules. Agreeing twice keeps the first moment."""
    member = _own(session, member_id)
    if member.rules_version is None or member.rules_version < version:
        member.rules_version, member.rules_accepted_at = version, at


def close_own(session: Session, member_id: int, *, at: datetime) -> None:
    """Close one's own account: names are let go, places given up, every browser signed out."""
    member = _own(session, member_id)
    if member.role is not Role.MEMBER:
        raise StaffAccount
    shut(session, member, at=at)


def shut(session: Session, member: Member, *, at: datetime) -> None:
    """Make an account unusable and nameless. Its words stay, as by a former member, until they are erased."""
    leaving.give_up_places(session, member, at=at)
    member.state = MemberState.CLOSED
    member.pseudonym, member.pseudonym_state = names.FORMER_MEMBER, PseudonymState.SHOWN
    member.pseudonym_key = member.sign_in_name = f"{CLOSED}-{member.id}"
    member.password_hash = CLOSED
    member.totp_secret = member.totp_confirmed_at = member.totp_last_step = None
    sessions.end_all(session, member.id, at=at)


def _own(session: Session, member_id: int) -> Member:
    return session.get_one(Member, member_id, with_for_update=FOR_CHANGE)


def _check_free(session: Session, key: str, *, of: int | None) -> None:
    holder = session.scalar(select(Member.id).where(Member.pseudonym_key == key))
    if holder is not None and holder != of:
        raise PseudonymTaken


def _state_after(assessment: Assessment) -> PseudonymState:
    """A name cannot be folded away, so anything but a plain answer waits for a person."""
    return PseudonymState.SHOWN if assessment.answer.display is Display.SHOW else PseudonymState.HELD


def _keep_judgement(
    session: Session, member: Member, assessment: Assessment, policy: Policy, at: datetime
) -> None:
    judging.record(
        session,
        Subject(SubjectKind.PROFILE, member.id),
        assessment,
        policy=policy,
        author_id=member.id,
        group_id=None,
        words=member.pseudonym,
        at=at,
    )

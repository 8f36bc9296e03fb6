"""Putting people on call, and taking them off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from forum.models import Member, OnCall, Role
from forum.permissions import Action, require
from forum.queries.on_call import may_be_called
from moderation import audit
from moderation.audit import Actor
from moderation.db import FOR_CHANGE
from moderation.verbs import Verb


class CannotBeCalled(Exception):
    """Only people of the review desk can do anything with a page."""


class NoSuchDuty(Exception):
    """There is no such time on call."""


class EndsBeforeItBegins(Exception):
    """The time on call would be over before it begins, or before now."""


def put(
    session: Session,
    member_id: int,
    *,
    starts_at: datetime,
    ends_at: datetime | None,
    actor: Actor,
    at: datetime,
) -> None:
    """Put somebody on call. Where they are already, for all of that time, nothing changes."""
    _allowed(actor)
    if ends_at is not None and ends_at <= max(starts_at, at):
        raise EndsBeforeItBegins
    member = session.scalars(
        select(Member).where(Member.id == member_id, may_be_called()).with_for_update(**FOR_CHANGE)
    ).first()
    if member is None:
        raise CannotBeCalled
    if _covered(session, member_id, starts_at, ends_at):
        return
    duty = OnCall(member_id=member_id, starts_at=starts_at, ends_at=ends_at, made_by=actor.ref, made_at=at)
    session.add(duty)
    session.flush()
    _record(session, Verb.ON_CALL_ADDED, duty, member, actor, at, starts_at=starts_at, ends_at=ends_at)


def end(session: Session, duty_id: int, *, actor: Actor, at: datetime) -> None:
    """Take somebody off call from now on. What is over stays as it was."""
    _allowed(actor)
    duty = session.get(OnCall, duty_id, with_for_update=FOR_CHANGE, populate_existing=True)
    if duty is None:
        raise NoSuchDuty
    if duty.ends_at is not None and duty.ends_at <= at:
        return
    duty.ends_at = at
    session.flush()
    _record(session, Verb.ON_CALL_ENDED, duty, session.get_one(Member, duty.member_id), actor, at)


def _covered(session: Session, member_id: int, starts_at: datetime, ends_at: datetime | None) -> bool:
    """Whether one time on call of theirs covers all of this one. The same form sent twice is one."""
    long_enough = [OnCall.ends_at.is_(None)] + ([OnCall.ends_at >= ends_at] if ends_at is not None else [])
    return (
        session.scalar(
            select(OnCall.id)
            .where(OnCall.member_id == member_id, OnCall.starts_at <= starts_at, or_(*long_enough))
            .limit(1)
        )
        is not None
    )


def _record(
    session: Session, verb: Verb, duty: OnCall, member: Member, actor: Actor, at: datetime, **fields: Any
) -> None:
    person = audit.person(session, member.id, member.role.value)
    audit.append(session, verb, actor=actor, at=at, person=person, on_call=duty.id, **fields)


def _allowed(actor: Actor) -> None:
    require(Action.MANAGE_DESK, Role(actor.role))

"""Who holds a group. Without an active facilitator a group is read-only, so each of these is on record."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import group_reasons
from forum.actions.room import locked_group
from forum.group_reasons import Purpose
from forum.models import Facilitation, Member, MemberState, Role
from forum.permissions import Action, require
from moderation import audit
from moderation.audit import Actor
from moderation.verbs import Verb

LONGEST_AWAY = timedelta(days=366)


class NotAFacilitator(Exception):
    """Only an open account with the role facilitator holds groups."""


class BadAbsence(Exception):
    """An absence ends in the future, at most a year ahead."""


def add(session: Session, *, actor: Actor, group_id: int, member_id: int, reason: str, at: datetime) -> None:
    """Give the group to a facilitator. Adding one who is there already changes nothing."""
    code = _checked(actor, reason)
    group = locked_group(session, group_id)
    person = session.get(Member, member_id)
    if person is None or person.role is not Role.FACILITATOR or person.state is not MemberState.ACTIVE:
        raise NotAFacilitator
    if _held(session, group.id, member_id) is not None:
        return
    session.add(Facilitation(group_id=group.id, member_id=member_id, since=at))
    session.flush()
    _record(session, Verb.FACILITATOR_ADDED, actor, group.id, person, code, at)


def end(session: Session, *, actor: Actor, group_id: int, member_id: int, reason: str, at: datetime) -> None:
    """The facilitator no longer holds the group. Ending twice changes nothing."""
    code = _checked(actor, reason)
    group = locked_group(session, group_id)
    held = _held(session, group.id, member_id)
    if held is None:
        return
    held.ended_at = at
    person = session.get_one(Member, member_id)
    _record(session, Verb.FACILITATOR_ENDED, actor, group.id, person, code, at)


def set_away(
    session: Session,
    *,
    actor: Actor,
    group_id: int,
    member_id: int,
    until: datetime | None,
    reason: str,
    at: datetime,
) -> None:
    """Away until a moment, or back (`until=None`). While away, the facilitator does not count as active."""
    code = _checked(actor, reason)
    if until is not None and not at < until <= at + LONGEST_AWAY:
        raise BadAbsence
    group = locked_group(session, group_id)
    held = _held(session, group.id, member_id)
    if held is None:
        raise NotAFacilitator
    if held.away_until == until:
        return
    held.away_until = until
    person = session.get_one(Member, member_id)
    _record(session, Verb.FACILITATOR_AWAY, actor, group.id, person, code, at, until=until)


def _checked(actor: Actor, reason: str) -> str:
    require(Action.MANAGE_GROUPS, Role(actor.role))
    return group_reasons.checked(Purpose.FACILITATOR, reason)


def _held(session: Session, group_id: int, member_id: int) -> Facilitation | None:
    return session.scalar(
        select(Facilitation).where(
            Facilitation.group_id == group_id,
            Facilitation.member_id == member_id,
            Facilitation.ended_at.is_(None),
        )
    )


def _record(
    session: Session,
    verb: Verb,
    actor: Actor,
    group_id: int,
    person: Member,
    reason: str,
    at: datetime,
    **fields: Any,
) -> None:
    named = audit.person(session, person.id, person.role.value)
    audit.append(session, verb, actor=actor, at=at, group=group_id, reason=reason, person=named, **fields)

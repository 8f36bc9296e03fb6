"""What admins and leads do with groups: make, describe, size, open, close, end. Each change has a reason."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from forum import group_reasons, text
from forum.actions import offers, waiting
from forum.actions.room import locked_group, room
from forum.group_reasons import Purpose
from forum.models import Group, GroupKind, Intake, Role
from forum.permissions import Action, require
from moderation import audit
from moderation.audit import Actor
from moderation.policy import Policy
from moderation.verbs import Verb

MOST_PLACES = 500
"""Far above any default: a mistyped number is caught, a deliberate choice is not."""
LONGEST_NAME = 80
LONGEST_PURPOSE = 1000
_NUMBERED = re.compile(r"-(\d+)$")


class BadCapacity(Exception):
    """A capacity is a whole number from 1 to `MOST_PLACES`."""


class NameTaken(Exception):
    """A group of this name is there already; perhaps the same form was sent twice."""


class GroupEnded(Exception):
    """An ended group is a record; it is not changed."""


def default_capacity(policy: Policy, kind: GroupKind) -> int:
    """How many places the policy gives a group of this kind (R50: policy, not science)."""
    return (
        policy.values.live_group_capacity if kind is GroupKind.LIVE_CIRCLE else policy.values.group_capacity
    )


def create(
    session: Session,
    *,
    actor: Actor,
    name: str,
    purpose: str,
    kind: GroupKind,
    policy: Policy,
    at: datetime,
    capacity: int | None = None,
    reason: str | None = None,
) -> Group:
    """Make a group. A capacity other than the kind's default needs a reason."""
    require(Action.MANAGE_GROUPS, Role(actor.role))
    usual = default_capacity(policy, kind)
    places = _whole(usual if capacity is None else capacity)
    if places != usual or reason:
        reason = group_reasons.checked(Purpose.CAPACITY, reason or "")
    _require_free_name(session, name)
    group = Group(
        slug=_free_slug(session, name),
        name=name,
        purpose=purpose,
        kind=kind,
        capacity=places,
        intake=Intake.OPEN,
        created_at=at,
    )
    session.add(group)
    try:
        session.flush()
    except IntegrityError as error:  # the same form twice at the same moment: the address is taken
        raise NameTaken from error
    audit.append(
        session,
        Verb.GROUP_CREATED,
        actor=actor,
        at=at,
        group=group.id,
        reason=reason,
        policy=policy.version,
        capacity=places,
        default_capacity=usual,
    )
    return group


def describe(
    session: Session, *, actor: Actor, group_id: int, name: str, purpose: str, reason: str, at: datetime
) -> Group:
    """Change the name or the purpose; the address stays, so that old links work."""
    group = _to_change(session, actor, group_id)
    code = group_reasons.checked(Purpose.DESCRIBE, reason)
    parts = (("name", group.name, name), ("purpose", group.purpose, purpose))
    changed = [what for what, was, now in parts if was != now]
    if "name" in changed:
        _require_free_name(session, name, besides=group.id)
    if changed:
        group.name, group.purpose = name, purpose
        audit.append(
            session, Verb.GROUP_DESCRIBED, actor=actor, at=at, group=group.id, reason=code, changed=changed
        )
    return group


def set_capacity(
    session: Session, *, actor: Actor, group_id: int, capacity: int, reason: str, policy: Policy, at: datetime
) -> Group:
    """Change the number of places. Lowering it ejects nobody and takes no offer back: it only stops joins and
    offers until numbers have fallen. Raising it asks the next in line at once.
    """
    group = _to_change(session, actor, group_id)
    code = group_reasons.checked(Purpose.CAPACITY, reason)
    was, group.capacity = group.capacity, _whole(capacity)
    if was != group.capacity:
        counted = room(session, group)
        audit.append(
            session,
            Verb.GROUP_CAPACITY_SET,
            actor=actor,
            at=at,
            group=group.id,
            reason=code,
            policy=policy.version,
            was=was,
            now=group.capacity,
            live=counted.live,
            offers=counted.offers,
            default_capacity=default_capacity(policy, group.kind),
        )
        offers.settle(session, group, policy=policy, at=at)
    return group


def set_intake(
    session: Session,
    *,
    actor: Actor,
    group_id: int,
    intake: Intake,
    reason: str,
    policy: Policy,
    at: datetime,
) -> Group:
    """Open or close the group to new members, whatever room it has. The waiting list stays; open offers stand."""
    group = _to_change(session, actor, group_id)
    code = group_reasons.checked(Purpose.INTAKE, reason)
    was, group.intake = group.intake, intake
    if was is not intake:
        audit.append(
            session,
            Verb.GROUP_INTAKE_SET,
            actor=actor,
            at=at,
            group=group.id,
            reason=code,
            was=was.value,
            now=intake.value,
        )
        offers.settle(session, group, policy=policy, at=at)
    return group


def archive(session: Session, *, actor: Actor, group_id: int, reason: str, at: datetime) -> Group:
    """End the group. Members can go on reading; nobody joins or writes. Twice changes nothing."""
    require(Action.MANAGE_GROUPS, Role(actor.role))
    group = locked_group(session, group_id)
    code = group_reasons.checked(Purpose.ARCHIVE, reason)
    if group.archived_at is None:
        group.archived_at, group.intake = at, Intake.CLOSED
        audit.append(
            session,
            Verb.GROUP_ARCHIVED,
            actor=actor,
            at=at,
            group=group.id,
            reason=code,
            live=room(session, group).live,
        )
        waiting.end_list(session, actor=actor, group=group, at=at)
    return group


def _to_change(session: Session, actor: Actor, group_id: int) -> Group:
    require(Action.MANAGE_GROUPS, Role(actor.role))
    group = locked_group(session, group_id)
    if group.archived_at is not None:
        raise GroupEnded
    return group


def _whole(capacity: int) -> int:
    if not 1 <= capacity <= MOST_PLACES:
        raise BadCapacity
    return capacity


def _require_free_name(session: Session, name: str, *, besides: int | None = None) -> None:
    same = select(Group.id).where(func.lower(Group.name) == func.lower(name), Group.archived_at.is_(None))
    if any(found != besides for found in session.scalars(same)):
        raise NameTaken


def _free_slug(session: Session, name: str) -> str:
    """The name as an address, with a number where another group has it already."""
    wanted = text.slug(name)[:50].rstrip("-")
    wanted = "group" if wanted == "thread" else wanted
    taken = set(session.scalars(select(Group.slug).where(Group.slug.startswith(wanted, autoescape=True))))
    if wanted not in taken:
        return wanted
    numbers = [int(found[1]) for slug in taken if (found := _NUMBERED.search(slug)) and len(found[1]) < 9]
    return f"{wanted}-{max(numbers, default=1) + 1}"

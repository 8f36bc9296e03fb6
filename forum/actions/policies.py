"""Putting a policy version into force: kept word for word, once, and on record."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from moderation import audit
from moderation.audit import Actor
from moderation.models import PolicyVersion
from moderation.policy import Policy
from moderation.verbs import Verb


class PolicyChanged(Exception):
    """This version has ruled with other words. A change needs a new version number."""


class PolicyOlder(Exception):
    """A newer version has ruled already."""


class Standing(StrEnum):
    """Where a policy stands beside those that have ruled."""

    IN_FORCE = "in_force"
    NEW = "new"
    CHANGED = "changed"
    OLDER = "older"


def standing(session: Session, policy: Policy) -> Standing:
    """Whether `policy` rules, could, or may not."""
    newest = session.scalar(select(func.max(PolicyVersion.version)))
    if newest is None or newest < policy.version:
        return Standing.NEW
    if newest > policy.version:
        return Standing.OLDER
    return (
        Standing.IN_FORCE
        if session.get_one(PolicyVersion, newest).digest == policy.digest
        else Standing.CHANGED
    )


def _is_new(session: Session, policy: Policy) -> bool:
    match standing(session, policy):
        case Standing.CHANGED:
            raise PolicyChanged(policy.version)
        case Standing.OLDER:
            raise PolicyOlder(policy.version)
        case stand:
            return stand is Standing.NEW


def activate(session: Session, policy: Policy, *, at: datetime, actor: Actor = audit.COMMAND) -> bool:
    """Keep `policy` if it is new. Returns whether it was. Raises `PolicyChanged` or `PolicyOlder`."""
    if not _is_new(session, policy):
        return False
    was = session.scalar(select(func.max(PolicyVersion.version)))
    version = PolicyVersion(
        version=policy.version,
        digest=policy.digest,
        toml=policy.toml,
        model_id=policy.bound.model,
        engine=policy.bound.engine,
        normaliser=policy.bound.normaliser,
        activated_at=at,
    )
    try:
        with session.begin_nested():
            session.add(version)
    except IntegrityError:  # another process that starts was faster by a moment
        if _is_new(session, policy):
            raise
        return False
    audit.append(
        session,
        Verb.POLICY_ACTIVATED,
        actor=actor,
        at=at,
        policy=policy.version,
        version=policy.version,
        was=was,
        digest=policy.digest,
        model=policy.bound.model or None,
    )
    return True

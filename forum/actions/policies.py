"""Putting a policy version into force: kept word for word, once, and on record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
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


def activate(session: Session, policy: Policy, *, at: datetime, actor: Actor = audit.COMMAND) -> bool:
    """Keep `policy` if it is new. Returns whether it was. Raises `PolicyChanged` or `PolicyOlder`."""
    known = session.get(PolicyVersion, policy.version)
    if known is not None:
        if known.digest != policy.digest:
            raise PolicyChanged(policy.version)
        return False
    was = session.scalar(select(func.max(PolicyVersion.version)))
    if was is not None and was > policy.version:
        raise PolicyOlder(policy.version)
    session.add(
        PolicyVersion(
            version=policy.version,
            digest=policy.digest,
            toml=policy.toml,
            model_id=policy.bound.model,
            engine=policy.bound.engine,
            normaliser=policy.bound.normaliser,
            activated_at=at,
        )
    )
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

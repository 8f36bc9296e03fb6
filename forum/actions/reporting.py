"""Reporting: a member tells us that something may hurt somebody. It is recorded, queued, and never lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from forum.actions import night_rule
from forum.actions.night_rule import Watch
from forum.actions.paging import page_staff
from forum.models import Role
from forum.permissions import Action, require
from forum.queries.reports import Reportable
from moderation import desk, reports
from moderation.answers import Urgency
from moderation.audit import Actor
from moderation.models import Report, ReviewItem
from moderation.policy import Policy
from moderation.subject import SubjectKind
from moderation.taxonomy import ReportReason

LONGEST_DETAILS = 1_000


class OwnWords(Exception):
    """One's own words are not reported: they can be changed or taken back."""


def report(
    session: Session,
    target: Reportable,
    *,
    reason: ReportReason,
    details: str | None,
    actor: Actor,
    policy: Policy,
    at: datetime,
) -> tuple[Report, bool]:
    """The report and whether it is new. `target` was read for this reporter, so they can see what they report."""
    require(Action.REPORT, Role(actor.role))
    assert actor.ref is not None
    if target.author_id == actor.ref:
        raise OwnWords
    watched = _night_watch(session, target, at)
    made, new = reports.make(
        session,
        target.subject,
        reporter_ref=actor.ref,
        author_ref=target.author_id,
        group_ref=target.group_id,
        reason=reason,
        details=details,
        policy=policy.version,
        actor=actor,
        at=at,
    )
    if new and reason.urgency is Urgency.CRISIS:
        page_staff(session, session.get_one(ReviewItem, made.item_id), at=at)
    if new and watched is not None:
        night_rule.apply(session, watched, policy=policy, at=at)
    return made, new


def _night_watch(session: Session, target: Reportable, at: datetime) -> Watch | None:
    """What the night rule looks at, where a post is reported and nobody is at the desk; else None."""
    stands = desk.look(session, at)
    if stands.opens_at is None or target.subject.kind is not SubjectKind.POST:
        return None
    return night_rule.watch(session, target.subject.id, target.author_id, opens_at=stands.opens_at)

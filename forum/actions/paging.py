"""Calling people to the desk: a crisis those on call, then all who may decide; an escalation the leads.

Inside the site by notices; outside by a page that the worker hands to the organisation's receiver.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import outbox
from forum.actions import notices
from forum.models import Job, Member, MemberState, PageDelivery, Role
from forum.permissions import Action, require
from forum.queries.on_call import on_call_now
from forum.webhook import Answer, Outcome
from moderation.audit import SOFTWARE, Actor
from moderation.models import ReviewItem
from moderation.queue import record
from moderation.verbs import Verb

log = structlog.get_logger()
MODERATING = (Role.MODERATOR, Role.LEAD)
GIVE_UP_AFTER = timedelta(hours=24)
"""A page that nobody took for a day reaches nobody in time any more."""


def page_staff(session: Session, item: ReviewItem, *, at: datetime) -> int:
    """Tell those on call, every lead and every moderator of a crisis item, once an item. Returns how many now."""
    once = f"crisis-{item.id}"
    first = on_call_now(session, at)
    others = [person for person in _with_role(session, MODERATING) if person not in first]
    called = _tell(session, item, first, "crisis_page", once, at, on_call=True)
    told = called + _tell(session, item, others, "crisis_page", once, at)
    if told:
        record(session, item, Verb.STAFF_PAGED, actor=SOFTWARE, at=at, told=told, on_call=called)
    since = at.isoformat()
    outbox.promise(session, "page_outside", once=f"page-{item.id}", due_at=at, item=item.id, since=since)
    return told


def call_leads(session: Session, item: ReviewItem, *, at: datetime, but: int | None = None) -> int:
    """Tell the leads that an item waits for them; moderators too where there is no lead (ADR 0014)."""
    once = f"for-lead-{item.id}-{item.version}"
    told = _tell(session, item, _with_role(session, (Role.LEAD,)), "for_lead", once, at, but=but)
    return told or _tell(session, item, _with_role(session, MODERATING), "for_lead", once, at, but=but)


def try_receiver(session: Session, *, actor: Actor, at: datetime) -> None:
    """Promise a page that is no alarm, so that an admin sees whether the receiver works. Once a minute."""
    require(Action.MANAGE_DESK, Role(actor.role))
    outbox.promise(session, "page_outside", once=f"page-test-{at:%Y%m%d%H%M}", due_at=at)


def note_try(session: Session, job: Job, answer: Answer, *, at: datetime) -> bool:
    """Keep how a try went. True: the page needs no further try, because it arrived or comes too late."""
    item_id = job.data.get("item")
    session.add(
        PageDelivery(
            item_id=item_id,
            job_id=job.id,
            attempt=job.attempts,
            tried_at=at,
            outcome=answer.outcome.value,
            status=answer.status,
            milliseconds=answer.milliseconds,
        )
    )
    session.flush()
    if item_id is None:
        return True  # a trial says how it went at once
    item = session.get_one(ReviewItem, item_id)
    if answer.outcome is Outcome.DELIVERED:
        record(session, item, Verb.PAGE_DELIVERED, actor=SOFTWARE, at=at, attempts=job.attempts)
        return True
    log.error("page_failed", job=job.id, item=item_id, why=answer.outcome.value, attempts=job.attempts)
    if at - datetime.fromisoformat(job.data["since"]) < GIVE_UP_AFTER:
        return False
    record(
        session,
        item,
        Verb.PAGE_GIVEN_UP,
        actor=SOFTWARE,
        at=at,
        attempts=job.attempts,
        why=answer.outcome.value,
    )
    return True


def _with_role(session: Session, roles: Sequence[Role]) -> Sequence[int]:
    return session.scalars(
        select(Member.id)
        .where(Member.role.in_(list(roles)), Member.state == MemberState.ACTIVE)
        .order_by(Member.id)
    ).all()


def _tell(
    session: Session,
    item: ReviewItem,
    people: Sequence[int],
    kind: str,
    once: str,
    at: datetime,
    *,
    but: int | None = None,
    on_call: bool = False,
) -> int:
    """Leave a notice with each of these who is not the item's author; count the new ones."""
    told = 0
    for member_id in people:
        if member_id not in (but, item.author_ref):
            more = {"on_call": True} if on_call else {}
            notice = notices.tell(session, member_id, kind, once=once, at=at, item=item.id, **more)
            told += notice.made_at == at
    return told

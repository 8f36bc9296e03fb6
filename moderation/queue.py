"""The way into the queue: one open item a subject, whatever brings it here and however many at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from moderation import audit
from moderation.answers import Urgency
from moderation.audit import Actor
from moderation.db import FOR_CHANGE
from moderation.models import Claim, Report, ReviewItem, ReviewReason
from moderation.subject import Subject
from moderation.verbs import Verb
from moderation.workflow import ItemState, Step, after

_TRIES = 3
"""Somebody else may open the item, or decide it, between our look and our insert; not so thrice."""


def open_item(
    session: Session,
    subject: Subject,
    *,
    author_ref: int,
    group_ref: int | None,
    urgency: Urgency,
    source: str,
    codes: Sequence[str],
    assessment_id: int | None,
    policy: int,
    actor: Actor,
    at: datetime,
    for_lead: bool = False,
) -> ReviewItem:
    """The subject's one open item: a new one, or the standing one with these reasons added.

    The urgency only rises. A newer revision moves the item to it and voids the claim, made on other words.
    """
    for _try in range(_TRIES):
        item = open_item_of(session, subject)
        opened = item is None
        if item is None:
            item = _insert(session, subject, author_ref, group_ref, urgency, for_lead, at)
        if item is None:
            continue
        was = Urgency(item.urgency)
        new_codes = _add_reasons(session, item, subject, urgency, source, codes, assessment_id, at)
        if opened:
            verb, fields = Verb.ITEM_OPENED, {}
        else:
            _move(session, item, subject, actor=actor, at=at)
            raised = _raise(item, urgency, for_lead)
            if not (raised or new_codes):
                return item
            item.state = after(item.state, Step.REPORT_AGAIN)
            verb, fields = Verb.ITEM_RAISED, {"was_urgency": was.code}
        session.flush()
        record(
            session,
            item,
            verb,
            actor=actor,
            at=at,
            reason=codes[0] if codes else None,
            policy=policy,
            urgency=Urgency(item.urgency).code,
            source=source,
            **fields,
        )
        return item
    raise RuntimeError("the queue changed under us again and again")


def author_edited(session: Session, subject: Subject, *, actor: Actor, at: datetime) -> None:
    """An open item follows its author's new revision, even where the new words ask for no review."""
    item = open_item_of(session, subject)
    if item is not None:
        _move(session, item, subject, actor=actor, at=at, always=True)
        session.flush()


def author_withdrew(session: Session, subject: Subject, *, actor: Actor, at: datetime) -> None:
    """Nobody needs to judge words that were taken back, unless somebody may be in danger or was reported."""
    item = open_item_of(session, subject)
    if item is None or item.urgency >= Urgency.RED or item.for_lead or _is_reported(session, item):
        return
    if item.state is ItemState.APPEALED:
        return  # what they asked for still gets its answer
    item.state = after(item.state, Step.DECIDE)
    item.version += 1
    item.decided_at = at
    claim = unreleased_claim(session, item)
    if claim is not None:
        claim.released_at, claim.release_reason = at, "withdrawn"
    session.flush()
    record(session, item, Verb.ITEM_CLOSED, actor=actor, at=at, why="withdrawn")


def waits_only_for_a_verdict(session: Session, subject: Subject) -> bool:
    """Whether a missing verdict is all that keeps this revision: no report, no other reason, nobody on it.

    What has no verdict always has an item, so one that is closed was decided by a person, and that stands.
    """
    item = open_item_of(session, subject)
    if item is None:
        return False
    if item.state is not ItemState.OPEN or item.for_lead or item.revision_id != subject.revision_id:
        return False
    codes = session.scalars(select(ReviewReason.code).where(ReviewReason.item_id == item.id)).all()
    return all(code.startswith("missing.") for code in codes)


def close_after_verdict(session: Session, subject: Subject, *, at: datetime) -> None:
    """A verdict came that asks for no look: the item that waited for one is done."""
    item = open_item_of(session, subject)
    if item is None:
        return
    item.state = after(item.state, Step.DECIDE)
    item.version += 1
    item.decided_at = at
    session.flush()
    record(session, item, Verb.ITEM_CLOSED, actor=audit.SOFTWARE, at=at, why="verdict")


def subject_of(item: ReviewItem) -> Subject:
    """What an item is about, with the exact revision to judge."""
    return Subject(item.subject_kind, item.subject_id, item.revision_id)


def open_item_of(session: Session, subject: Subject) -> ReviewItem | None:
    """The subject's item that is not decided, locked for change."""
    return session.scalars(
        select(ReviewItem)
        .where(
            ReviewItem.subject_kind == subject.kind,
            ReviewItem.subject_id == subject.id,
            ReviewItem.state != ItemState.DECIDED,
        )
        .with_for_update(**FOR_CHANGE)
        .execution_options(populate_existing=True)
    ).first()


def locked_item(session: Session, item_id: int) -> ReviewItem | None:
    """An item as it is now, with everybody else waiting until this transaction ends."""
    return session.get(ReviewItem, item_id, with_for_update=FOR_CHANGE, populate_existing=True)


def unreleased_claim(session: Session, item: ReviewItem) -> Claim | None:
    """The claim that nobody ended yet; it may have lapsed."""
    return session.scalars(select(Claim).where(Claim.item_id == item.id, Claim.released_at.is_(None))).first()


def end_claim(
    session: Session, item: ReviewItem, claim: Claim, why: str, *, actor: Actor, at: datetime
) -> None:
    """Release a claim and record why: `handed_back`, `lapsed`, `edited` or `appealed`."""
    claim.released_at, claim.release_reason = at, why
    session.flush()
    record(session, item, Verb.ITEM_RELEASED, actor=actor, at=at, why=why)


def record(
    session: Session,
    item: ReviewItem,
    verb: Verb,
    *,
    actor: Actor,
    at: datetime,
    reason: str | None = None,
    policy: int | None = None,
    **fields: Any,
) -> None:
    """An audit event about an item as it is after the step."""
    audit.append(
        session,
        verb,
        actor=actor,
        at=at,
        subject=subject_of(item),
        group=item.group_ref,
        reason=reason,
        policy=policy,
        item=item.id,
        item_version=item.version,
        **fields,
    )


def _insert(
    session: Session,
    subject: Subject,
    author_ref: int,
    group_ref: int | None,
    urgency: Urgency,
    for_lead: bool,
    at: datetime,
) -> ReviewItem | None:
    """A new item, or None when another transaction was first: the database allows one open item a subject."""
    item = ReviewItem(
        subject_kind=subject.kind,
        subject_id=subject.id,
        revision_id=subject.revision_id,
        author_ref=author_ref,
        group_ref=group_ref,
        state=after(None, Step.OPEN),
        urgency=int(urgency),
        for_lead=for_lead,
        version=1,
        opened_at=at,
    )
    try:
        with session.begin_nested():
            session.add(item)
            session.flush()
    except IntegrityError:
        return None
    return item


def _add_reasons(
    session: Session,
    item: ReviewItem,
    subject: Subject,
    urgency: Urgency,
    source: str,
    codes: Sequence[str],
    assessment_id: int | None,
    at: datetime,
) -> list[str]:
    """Write down each reason that is not there yet for this revision; returns the new ones."""
    there = set(
        session.scalars(
            select(ReviewReason.code).where(
                ReviewReason.item_id == item.id,
                ReviewReason.source == source,
                ReviewReason.revision_id == subject.revision_id
                if subject.revision_id is not None
                else ReviewReason.revision_id.is_(None),
            )
        )
    )
    new = [code for code in dict.fromkeys(codes) if code not in there]
    for code in new:
        session.add(
            ReviewReason(
                item_id=item.id,
                source=source,
                code=code,
                revision_id=subject.revision_id,
                assessment_id=assessment_id,
                urgency=int(urgency),
                added_at=at,
            )
        )
    return new


def _move(
    session: Session, item: ReviewItem, subject: Subject, *, actor: Actor, at: datetime, always: bool = False
) -> None:
    """Go on to a newer revision. An older one (a report on words since edited) moves nothing."""
    newer = subject.revision_id is not None and subject.revision_id > (item.revision_id or 0)
    if not (newer or always):
        return
    item.state = after(item.state, Step.EDIT)
    item.version += 1
    if newer:
        item.revision_id = subject.revision_id
    claim = unreleased_claim(session, item)
    if claim is not None:
        end_claim(session, item, claim, "edited", actor=actor, at=at)


def _raise(item: ReviewItem, urgency: Urgency, for_lead: bool) -> bool:
    """Lift an item; whoever has it open must notice, so its version counts on."""
    if urgency <= item.urgency and (item.for_lead or not for_lead):
        return False
    item.urgency = max(item.urgency, int(urgency))
    item.for_lead = item.for_lead or for_lead
    item.version += 1
    return True


def _is_reported(session: Session, item: ReviewItem) -> bool:
    count = session.scalar(select(func.count()).select_from(Report).where(Report.item_id == item.id))
    return bool(count)

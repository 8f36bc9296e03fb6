"""Claims: a lease on an item, for one person at a time. It lapses by itself, so nothing gets stuck."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from moderation import appeals
from moderation.audit import SOFTWARE, Actor
from moderation.eligibility import Reviewer, rule_broken
from moderation.models import Claim, Decision, ReviewItem
from moderation.queue import end_claim, locked_item, record, unreleased_claim
from moderation.verbs import Verb
from moderation.workflow import DecisionAction, Step, after, is_open


class NoSuchItem(Exception):
    """There is no such item."""


class AlreadyDecided(Exception):
    """Somebody decided first; their decision stands and can be looked at."""

    def __init__(self, item_id: int) -> None:
        super().__init__(item_id)
        self.item_id = item_id


class ClaimedByAnother(Exception):
    """Somebody else holds the item until `until`."""

    def __init__(self, item_id: int, holder_ref: int | None, until: datetime | None) -> None:
        super().__init__(item_id)
        self.item_id = item_id
        self.holder_ref = holder_ref
        self.until = until


class NotYours(Exception):
    """The step needs one's own live claim."""

    def __init__(self, item_id: int) -> None:
        super().__init__(item_id)
        self.item_id = item_id


def claim(
    session: Session,
    item_id: int,
    *,
    reviewer: Reviewer,
    team: Sequence[Reviewer],
    minutes: int,
    actor: Actor,
    at: datetime,
) -> Claim:
    """Take an item for `minutes`. Claiming twice is one claim; a lapsed claim of anybody gives way.

    Raises `AlreadyDecided`, `ClaimedByAnother` or `NotForYou`. `team` is everyone who may decide today.
    """
    item = _open(session, item_id)
    standing = unreleased_claim(session, item)
    if standing is not None and standing.expires_at > at:
        if standing.moderator_ref == reviewer.ref:
            return standing
        raise ClaimedByAnother(item.id, standing.moderator_ref, standing.expires_at)
    appeal = appeals.of_item(session, item)
    alone = appeal is not None and not appeals.other_work(session, appeal)
    exception = rule_broken(
        item,
        reviewer,
        team,
        asked_by=second_asked_by(session, item),
        barred=appeals.barred(session, appeal) if appeal is not None and alone else frozenset(),
    )
    if standing is not None:
        _lapse(session, item, standing, at)
    item.state = after(item.state, Step.CLAIM)
    item.version += 1
    taken = _insert(session, item, reviewer, at, at + timedelta(minutes=minutes))
    record(
        session,
        item,
        Verb.ITEM_CLAIMED,
        actor=actor,
        at=at,
        expires_at=taken.expires_at,
        seconds_waiting=seconds(item.opened_at, at),
    )
    if exception is not None:
        record(session, item, Verb.ITEM_EXCEPTION_MADE, actor=actor, at=at, rule=exception)
    return taken


def hand_back(session: Session, item_id: int, *, moderator_ref: int, actor: Actor, at: datetime) -> None:
    """Let somebody else take the item. One's own lapsed claim is handed back just the same."""
    item = _open(session, item_id)
    standing = unreleased_claim(session, item)
    if standing is None or standing.moderator_ref != moderator_ref:
        raise NotYours(item.id)
    item.state = after(item.state, Step.RELEASE)
    item.version += 1
    end_claim(session, item, standing, "handed_back", actor=actor, at=at)


def open_text(
    session: Session, item_id: int, *, moderator_ref: int, held: bool, actor: Actor, at: datetime
) -> Claim:
    """Begin to read inside one's own live claim. Text the group cannot see (`held`) is recorded once."""
    item = _open(session, item_id)
    standing = unreleased_claim(session, item)
    if standing is None or standing.moderator_ref != moderator_ref or standing.expires_at <= at:
        raise NotYours(item.id)
    if standing.opened_text_at is None:
        standing.opened_text_at = at
        session.flush()
        if held:
            record(session, item, Verb.HELD_TEXT_READ, actor=actor, at=at, revision=item.revision_id)
    return standing


def lapse(session: Session, *, at: datetime, most: int = 100) -> int:
    """End claims whose time is over. The version stays: a late decision counts if nobody claimed since."""
    stale = session.scalars(
        select(Claim.item_id)
        .where(Claim.released_at.is_(None), Claim.expires_at <= at)
        .order_by(Claim.item_id)
        .limit(most)
    ).all()
    ended = 0
    for item_id in stale:
        item = locked_item(session, item_id)
        standing = unreleased_claim(session, item) if item is not None else None
        if item is not None and standing is not None and standing.expires_at <= at:
            _lapse(session, item, standing, at)
            ended += 1
    return ended


def newest_claim(session: Session, item: ReviewItem) -> Claim | None:
    """The last claim on an item, ended or not."""
    return session.scalars(
        select(Claim).where(Claim.item_id == item.id).order_by(Claim.id.desc()).limit(1)
    ).first()


def second_asked_by(session: Session, item: ReviewItem) -> int | None:
    """Who sent the item to a lead, so that another person looks at it next."""
    if not item.for_lead:
        return None
    return session.scalars(
        select(Decision.actor_ref)
        .where(Decision.item_id == item.id, Decision.action == DecisionAction.ESCALATE)
        .order_by(Decision.id.desc())
        .limit(1)
    ).first()


def seconds(since: datetime, until: datetime) -> int:
    """Whole seconds between two moments, never below zero."""
    return max(0, int((until - since).total_seconds()))


def _open(session: Session, item_id: int) -> ReviewItem:
    item = locked_item(session, item_id)
    if item is None:
        raise NoSuchItem(item_id)
    if not is_open(item.state):
        raise AlreadyDecided(item.id)
    return item


def _lapse(session: Session, item: ReviewItem, standing: Claim, at: datetime) -> None:
    item.state = after(item.state, Step.LAPSE)
    end_claim(session, item, standing, "lapsed", actor=SOFTWARE, at=at)


def _insert(session: Session, item: ReviewItem, reviewer: Reviewer, at: datetime, until: datetime) -> Claim:
    taken = Claim(item_id=item.id, moderator_ref=reviewer.ref, claimed_at=at, expires_at=until)
    try:
        with session.begin_nested():  # the row lock is the first guard, the unique index the second
            session.add(taken)
            session.flush()
    except IntegrityError:
        raise ClaimedByAnother(item.id, None, None) from None
    return taken

"""What waits for somebody at the moment of a backup: a kept place, a list, an appeal. Later it is done once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import clock, worker
from forum.actions import appealing, groups, reviewing, waiting
from forum.models import Member, Notice, WaitingEntry, WaitingState
from forum.web.parts import Parts
from moderation.audit import Actor
from moderation.claims import AlreadyDecided
from moderation.models import Appeal, ReviewItem
from moderation.workflow import DecisionAction
from tests.support.making import a_group, a_member


@dataclass(frozen=True)
class Line:
    """A full group with room for one: `first` has an offer, `second` waits behind."""

    group_id: int
    first: int
    second: int


def a_line(parts: Parts) -> Line:
    """Somebody leaves a group of one, and the place is kept for the first in line."""
    now, rules = clock.now(), parts.policy
    with parts.database.transaction() as session:
        leaving, first, second = a_member(session), a_member(session), a_member(session)
        group = a_group(session, capacity=1, members=(leaving,))
        for one in (first, second):
            waiting.ask(session, actor=_as(one), group_id=group.id, policy=rules, at=now)
        groups.leave(session, actor=_as(leaving), group_id=group.id, policy=rules, at=now)
    return Line(group.id, first.id, second.id)


def require_line(session: Session, line: Line, first: WaitingState, second: WaitingState) -> None:
    """How the two stand, each with one notice for what they were told."""
    states = {
        entry.member_id: entry.state
        for entry in session.scalars(select(WaitingEntry).where(WaitingEntry.group_id == line.group_id))
    }
    assert states == {line.first: first, line.second: second}


def require_that_the_place_passes_on_once(parts: Parts, line: Line) -> None:
    """Three days later the offer is over and the next in line has it, however often the worker looks."""
    with parts.database.reading() as session:
        require_line(session, line, WaitingState.OFFERED, WaitingState.WAITING)
    later = clock.now() + timedelta(hours=parts.policy.values.offer_hours + 1)
    for _look in range(2):
        worker.keep_record(parts, now=later)
    with parts.database.reading() as session:
        require_line(session, line, WaitingState.EXPIRED, WaitingState.OFFERED)
        told = session.execute(
            select(Notice.member_id, Notice.kind)
            .where(Notice.member_id.in_([line.first, line.second]))
            .order_by(Notice.member_id, Notice.id)
        )
        assert [tuple(row) for row in told] == [
            (line.first, "offer_made"),
            (line.first, "offer_expired"),
            (line.second, "offer_made"),
        ]


def require_that_an_appeal_is_answered_once(parts: Parts, moderator_id: int) -> None:
    """Somebody who had no part in the decision settles it, and its author is told."""
    with parts.database.reading() as session:
        appeal = session.scalars(select(Appeal).where(Appeal.outcome.is_(None)).order_by(Appeal.id)).first()
    assert appeal is not None, "no appeal was on its way"
    _settle(parts, appeal, moderator_id)
    with pytest.raises(AlreadyDecided):
        _settle(parts, appeal, moderator_id)
    with parts.database.reading() as session:
        told = select(Notice.member_id).where(Notice.once == f"appeal-{appeal.id}")
        assert session.scalars(told).all() == [appeal.appellant_ref]


def _settle(parts: Parts, appeal: Appeal, moderator_id: int) -> None:
    rules, now = parts.policy, clock.now()
    with parts.database.transaction() as session:
        actor = _as(session.get_one(Member, moderator_id))
        reviewing.claim(session, appeal.item_id, actor=actor, policy=rules, at=now)
        appealing.answer(
            session,
            appeal.item_id,
            version=session.get_one(ReviewItem, appeal.item_id).version,
            action=DecisionAction.APPEAL_OVERTURNED,
            reason=rules.decision_reasons["appeal_misread"],
            words=None,
            note=None,
            actor=actor,
            policy=rules,
            at=now,
        )


def _as(member: Member) -> Actor:
    return Actor(member.id, member.role.value)

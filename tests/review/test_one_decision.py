"""Promise 7: one open item a subject; a claim lapses; two moderators cannot both decide; a stale screen is told.

Seen to fail without the row lock and the version compare in moderation/decisions.py.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from forum import clock
from forum.actions import reviewing
from forum.db import Database
from forum.models import Member, Post, PostState
from moderation import claims
from moderation.claims import AlreadyDecided, ClaimedByAnother, NotYours
from moderation.decisions import StaleForm
from moderation.models import Claim, Decision, ReviewItem
from moderation.verbs import Verb
from moderation.verdicts import Illegality, View
from moderation.workflow import DecisionAction, ItemState
from tests.review.desk import RULES, Desk, a_desk, actor_of, claim, decide, events
from tests.support.making import a_member

NO_ILLEGALITY = Illegality(View.NO)

LATER = timedelta(minutes=RULES.values.claim_minutes, seconds=1)


def all_at_once(steps: list[Callable[[], object]]) -> list[object]:
    """Run the steps in threads that start together; what each returned or raised."""
    results: list[object] = [None] * len(steps)
    start = threading.Barrier(len(steps))

    def run(at: int) -> None:
        start.wait()
        try:
            results[at] = steps[at]()
        except Exception as problem:  # noqa: BLE001 - the test looks at what came
            results[at] = problem

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(steps))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_one_decision_of_eight_claims_at_once_one_holds(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        team = [a_member(session, role=desk.moderator.role) for _ in range(8)]

    def take(who: Member) -> Callable[[], object]:
        def step() -> object:
            with database.transaction() as session:
                return reviewing.claim(
                    session, desk.item.id, actor=actor_of(who), policy=RULES, at=clock.now()
                ).moderator_ref

        return step

    results = all_at_once([take(who) for who in team])

    assert sum(isinstance(result, int) for result in results) == 1
    assert sum(isinstance(result, ClaimedByAnother) for result in results) == 7
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Claim)) == 1
        assert len(events(session, Verb.ITEM_CLAIMED)) == 1


def test_one_decision_of_two_at_once_one_counts(database: Database) -> None:
    """The one claim is used from two windows with different answers."""
    with database.transaction() as session:
        desk = a_desk(session)
        version = claim(session, desk.item, desk.moderator)

    def settle(action: DecisionAction, reason: str) -> Callable[[], object]:
        def step() -> object:
            with database.transaction() as session:
                return decide(session, desk.item, desk.moderator, action, reason, version=version).action

        return step

    results = all_at_once(
        [settle(DecisionAction.SHOW, "within_rules"), settle(DecisionAction.REMOVE, "graphic")] * 3
    )

    taken = [result for result in results if isinstance(result, str)]
    assert len(taken) == 1
    assert sum(isinstance(result, AlreadyDecided) for result in results) == 5
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == 1
        assert len(events(session, Verb.DECISION_MADE)) == 1
        state = session.get_one(Post, desk.post.id).state
        assert state is (PostState.SHOWN if taken == ["show"] else PostState.REMOVED)


def test_one_decision_needs_ones_own_claim(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        with pytest.raises(NotYours):
            decide(session, desk.item, desk.moderator, DecisionAction.SHOW, "within_rules")
        claim(session, desk.item, desk.moderator)
        with pytest.raises(ClaimedByAnother):
            decide(session, desk.item, desk.other, DecisionAction.SHOW, "within_rules")
        reviewing.hand_back(session, desk.item.id, actor=actor_of(desk.moderator), at=clock.now())
        with pytest.raises(NotYours):
            decide(session, desk.item, desk.moderator, DecisionAction.SHOW, "within_rules")
        assert session.scalar(select(func.count()).select_from(Decision)) == 0


@pytest.mark.parametrize("swept", [False, True])
def test_one_decision_after_its_claim_lapsed_counts_if_nobody_claimed_since(
    database: Database, swept: bool
) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        version = claim(session, desk.item, desk.moderator)
    late = clock.now() + LATER
    if swept:
        with database.transaction() as session:
            assert claims.lapse(session, at=late) == 1

    with database.transaction() as session:
        decide(
            session, desk.item, desk.moderator, DecisionAction.SHOW, "within_rules", version=version, at=late
        )

    with database.reading() as session:
        assert session.get_one(ReviewItem, desk.item.id).state is ItemState.DECIDED
        assert session.get_one(Post, desk.post.id).state is PostState.SHOWN


def test_one_decision_after_its_claim_lapsed_is_refused_if_somebody_claimed_since(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        version = claim(session, desk.item, desk.moderator)
    late = clock.now() + LATER
    with database.transaction() as session:
        claim(session, desk.item, desk.other, at=late)

    with database.transaction() as session, pytest.raises(ClaimedByAnother):
        decide(
            session, desk.item, desk.moderator, DecisionAction.SHOW, "within_rules", version=version, at=late
        )

    later_still = late + LATER
    with database.transaction() as session, pytest.raises(NotYours):
        decide(
            session,
            desk.item,
            desk.moderator,
            DecisionAction.SHOW,
            "within_rules",
            version=version,
            at=later_still,
        )
    with database.reading() as session:
        released = session.scalars(select(Claim.release_reason).order_by(Claim.id)).all()
        assert released == ["lapsed", None]
        assert session.get_one(Post, desk.post.id).state is PostState.HELD


def test_one_decision_that_is_late_races_a_new_claim_and_one_of_them_wins(database: Database) -> None:
    for _round in range(6):
        with database.transaction() as session:
            desk = a_desk(session)
            version = claim(session, desk.item, desk.moderator)
        late = clock.now() + LATER
        item_id, moderator, other = desk.item.id, desk.moderator, desk.other

        def settle(
            desk: Desk = desk, moderator: Member = moderator, version: int = version, late: datetime = late
        ) -> object:
            with database.transaction() as session:
                return decide(
                    session,
                    desk.item,
                    moderator,
                    DecisionAction.SHOW,
                    "within_rules",
                    version=version,
                    at=late,
                ).action

        def take(item_id: int = item_id, other: Member = other, late: datetime = late) -> object:
            with database.transaction() as session:
                reviewing.claim(session, item_id, actor=actor_of(other), policy=RULES, at=late)
                return "claimed"

        decided, claimed = all_at_once([settle, take])

        if decided == "show":
            assert isinstance(claimed, AlreadyDecided)
        else:
            assert isinstance(decided, ClaimedByAnother)
            assert claimed == "claimed"
        with database.reading() as session:
            state = session.get_one(Post, desk.post.id).state
            assert state is (PostState.SHOWN if decided == "show" else PostState.HELD)


def test_one_decision_on_an_old_screen_is_refused(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        version = claim(session, desk.item, desk.moderator)
        decide(
            session, desk.item, desk.moderator, DecisionAction.RESTRICT, "hostility", version=version, days=3,
            illegality=NO_ILLEGALITY,
        )  # fmt: skip
        with pytest.raises(StaleForm):
            decide(session, desk.item, desk.moderator, DecisionAction.SHOW, "within_rules", version=version)
        session.refresh(desk.item)
        decide(session, desk.item, desk.moderator, DecisionAction.SHOW, "within_rules")


def test_one_decision_claiming_twice_is_one_claim(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        first = claim(session, desk.item, desk.moderator)
        second = claim(session, desk.item, desk.moderator)
        assert first == second
        assert session.scalar(select(func.count()).select_from(Claim)) == 1


def test_one_decision_then_nobody_can_claim(database: Database) -> None:
    with database.transaction() as session:
        desk: Desk = a_desk(session)
        claim(session, desk.item, desk.moderator)
        decide(session, desk.item, desk.moderator, DecisionAction.SHOW, "within_rules")
        with pytest.raises(AlreadyDecided):
            claim(session, desk.item, desk.other)

"""Whatever the people at the desk try, in whatever order: nobody with a part in the decision settles the appeal.

A small machine of the desk: three people who decide, one item, an appeal, and every step that the desk offers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forum import clock
from forum.actions import reviewing, undoing
from forum.actions.appealing import NotOpenToAppeal
from forum.actions.undoing import CannotUndo
from forum.db import Database
from forum.models import Member, Post, PostState, Role
from moderation import claims
from moderation.audit import Actor
from moderation.claims import AlreadyDecided, ClaimedByAnother, NotYours
from moderation.decisions import StaleForm
from moderation.eligibility import NotForYou
from moderation.models import Appeal, Decision, ReviewItem
from moderation.verdicts import Incomplete
from moderation.workflow import ABOUT_DECISIONS, DecisionAction, ItemState
from tests.appeals.cases import OVERTURNED, UPHELD, answer, appeal, decided
from tests.review.desk import RULES, a_desk, actor_of, decide
from tests.review.test_reports import report
from tests.support.making import a_member

REFUSALS = (
    AlreadyDecided,
    CannotUndo,
    ClaimedByAnother,
    Incomplete,
    NotForYou,
    NotOpenToAppeal,
    NotYours,
    StaleForm,
)
STEPS = {
    DecisionAction.SHOW: "within_rules",
    DecisionAction.REMOVE: "graphic",
    DecisionAction.KEEP_HELD: "graphic",
    DecisionAction.ESCALATE: "needs_a_lead",
    DecisionAction.CHECK_IN: "worried",
}
who = st.integers(0, 2)


class Machine(RuleBasedStateMachine):
    """`database` is set by the test that runs it."""

    database: Database

    @initialize(escalates_first=st.booleans(), decider=who)
    def begin(self, escalates_first: bool, decider: int) -> None:
        self.late = timedelta()
        with self.database.transaction() as session:
            session.execute(update(Member).values(role=Role.MEMBER))  # the team of the example before
            desk = a_desk(session, state=PostState.SHOWN)
            self.people = [desk.moderator.id, desk.other.id, desk.lead.id]
            self.author, self.post = desk.author.id, desk.post.id
            asker = decider % 2
            if escalates_first:  # then a lead decides, and both had a hand in it
                person = self._person(session, self.people[asker])
                decided(session, desk, DecisionAction.ESCALATE, "needs_a_lead", who=person)
                decider = 2
            decision = decided(session, desk, who=self._person(session, self.people[decider]))
            self.barred = {self.people[one] for one in ({asker, 2} if escalates_first else {decider})}
            self.appeal = appeal(session, decision, desk.author).id

    @rule(one=who)
    def claim(self, one: int) -> None:
        self._try(
            lambda session: reviewing.claim(
                session, self._item(session).id, actor=self._actor(session, one), policy=RULES, at=self.now
            )
        )

    @rule(one=who)
    def hand_back(self, one: int) -> None:
        self._try(
            lambda session: reviewing.hand_back(
                session, self._item(session).id, actor=self._actor(session, one), at=self.now
            )
        )

    @rule(one=who, action=st.sampled_from([UPHELD, OVERTURNED]))
    def settle(self, one: int, action: DecisionAction) -> None:
        self._try(
            lambda session: answer(
                session, self._appeal(session), self._person(session, self.people[one]), action, at=self.now
            )
        )

    @rule(one=who, action=st.sampled_from([UPHELD, OVERTURNED]))
    def take_it_and_settle(self, one: int, action: DecisionAction) -> None:
        self.claim(one)
        self.settle(one, action)

    @rule(one=who, action=st.sampled_from(sorted(STEPS)))
    def decide(self, one: int, action: DecisionAction) -> None:
        self._try(
            lambda session: decide(
                session,
                self._item(session),
                self._person(session, self.people[one]),
                action,
                STEPS[action],
                at=self.now,
            )
        )

    @rule(one=who)
    def undo_the_newest(self, one: int) -> None:
        self._try(lambda session: self._undo(session, one))

    @rule()
    def somebody_reports(self) -> None:
        def step(session: Session) -> object:
            post = session.get_one(Post, self.post)
            return report(session, post, a_member(session))

        self._try(step)

    @rule(minutes=st.sampled_from([1, 25]))
    def time_passes(self, minutes: int) -> None:
        self.late += timedelta(minutes=minutes)
        self._try(lambda session: claims.lapse(session, at=self.now))

    @rule()
    def the_author_asks_again(self) -> None:
        def step(session: Session) -> object:
            newest = session.scalars(
                select(Decision)
                .where(
                    Decision.subject_id == self.post,
                    Decision.action.not_in([action.value for action in ABOUT_DECISIONS]),
                )
                .order_by(Decision.id.desc())
                .limit(1)
            ).one()
            return appeal(session, newest, self._person(session, self.author), at=self.now)

        self._try(step)

    @invariant()
    def only_another_person_settles(self) -> None:
        if not hasattr(self, "appeal"):
            return
        with self.database.reading() as session:
            for made in session.scalars(select(Appeal).where(Appeal.subject_id == self.post)):
                decision = session.get_one(Decision, made.decision_id)
                if made.outcome is None:
                    item = session.get_one(ReviewItem, made.item_id)
                    assert item.state is ItemState.APPEALED, "an open appeal is lost from the queue"
                else:
                    assert made.decided_by_ref not in {decision.actor_ref, self.author}
                    assert made.id != self.appeal or made.decided_by_ref not in self.barred
            waiting = select(ReviewItem.id).where(
                ReviewItem.subject_id == self.post, ReviewItem.state != ItemState.DECIDED
            )
            assert len(session.scalars(waiting).all()) <= 1

    @property
    def now(self) -> datetime:
        return clock.now() + self.late

    def _try(self, step: Callable[[Session], object]) -> None:
        try:
            with self.database.transaction() as session:
                step(session)
        except REFUSALS:
            pass

    def _undo(self, session: Session, one: int) -> object:
        newest = session.scalars(
            select(Decision).where(Decision.subject_id == self.post).order_by(Decision.id.desc()).limit(1)
        ).one()
        return undoing.undo(
            session,
            newest.id,
            reason=RULES.reasons_for(DecisionAction.UNDO)[0],
            only_in_time=False,
            actor=self._actor(session, one),
            policy=RULES,
            at=self.now,
        )

    def _item(self, session: Session) -> ReviewItem:
        """The subject's newest item: the one a desk would have on its screen."""
        return session.scalars(
            select(ReviewItem)
            .where(ReviewItem.subject_id == self.post)
            .order_by(ReviewItem.id.desc())
            .limit(1)
        ).one()

    def _appeal(self, session: Session) -> Appeal:
        return session.get_one(Appeal, self.appeal)

    def _person(self, session: Session, member_id: int) -> Member:
        return session.get_one(Member, member_id)

    def _actor(self, session: Session, one: int) -> Actor:
        return actor_of(self._person(session, self.people[one]))


def explore(database: Database, *, examples: int, steps: int) -> None:
    """Run the machine over this database; each example has a desk of its own."""
    Machine.database = database
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            phases=(Phase.generate,),  # a shorter story is not worth minutes of the machine
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_no_order_of_steps_lets_the_decider_settle_the_appeal(database: Database) -> None:
    explore(database, examples=12, steps=20)


@pytest.mark.proof
def test_no_order_of_steps_lets_the_decider_settle_the_appeal_at_length(database: Database) -> None:
    explore(database, examples=120, steps=40)

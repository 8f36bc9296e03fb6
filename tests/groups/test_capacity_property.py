"""Whatever order joins, turns, offers, rests, closings, new sizes and days come in, the database agrees with a model.

After each step, from the database alone: places and open offers are no more than the capacity, or after a lowering
no more than before; nobody holds both a place and a turn; nobody who waits was passed by somebody behind them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from forum.actions import accounts, groups, managing_groups, offers, waiting
from forum.actions.groups import NoOffer, RestTooLong
from forum.actions.room import AlreadyMember, GroupFull, IntakeClosed, NotMember, locked_group
from forum.actions.waiting import NotWaiting
from forum.models import LIVE_ENTRY, Intake, Membership, MembershipState, WaitingEntry, WaitingState
from forum.permissions import Refused
from tests.groups.conftest import ADMIN, NOON, POLICY, Store, acting
from tests.groups.line_model import Line
from tests.support.making import a_group, a_member

PEOPLE = 7
REFUSALS = (
    AlreadyMember,
    GroupFull,
    IntakeClosed,
    NoOffer,
    NotMember,
    NotWaiting,
    Refused,
    RestTooLong,
)
who = st.integers(0, PEOPLE - 1)


class Machine(RuleBasedStateMachine):
    """One group, seven people, a clock. `store` is set by the test that runs it."""

    store: Store

    @initialize(capacity=st.integers(1, 3))
    def begin(self, capacity: int) -> None:
        with self.store.database.transaction() as session:
            self.group = a_group(session, capacity=capacity)
            self.people = [a_member(session) for _ in range(PEOPLE)]
        self.line = Line(capacity, NOON)
        self.most = capacity

    @rule(one=who)
    def join(self, one: int) -> None:
        self._same("join", groups.join, one, policy=POLICY)

    @rule(one=who)
    def ask(self, one: int) -> None:
        self._same("ask", waiting.ask, one, policy=POLICY)

    @rule(one=who)
    def take_offer(self, one: int) -> None:
        self._same("take_offer", groups.take_offer, one, policy=POLICY)

    @rule(one=who)
    def decline(self, one: int) -> None:
        self._same("decline", waiting.decline, one, policy=POLICY)

    @rule(one=who)
    def leave_list(self, one: int) -> None:
        self._same("leave_list", waiting.leave_list, one, policy=POLICY)

    @rule(one=who)
    def leave(self, one: int) -> None:
        self._same("leave", groups.leave, one, policy=POLICY)

    @rule(one=who, weeks=st.integers(1, 8))
    def rest(self, one: int, weeks: int) -> None:
        self._same("rest", groups.rest, one, weeks=weeks, longest=8)

    @rule(one=who)
    def come_back(self, one: int) -> None:
        self._same("come_back", groups.come_back, one)

    @rule(one=who)
    def close_account(self, one: int) -> None:
        with self.store.database.transaction() as session:
            accounts.close_own(session, self.people[one].id, at=self.line.now)
        self.line.close_account(one)

    @rule(hours=st.sampled_from([1, 71, 72, 24 * 7, 24 * 7 * 3, 24 * 7 * 8]))
    def time_passes(self, hours: int) -> None:
        self.line.now += timedelta(hours=hours)

    @rule()
    def the_worker_comes_round(self) -> None:
        """It finds the group whenever something is due, and nothing is due afterwards."""
        before = copy.deepcopy(self.line)
        self.line.settle()
        with self.store.database.transaction() as session:
            due = self.group.id in offers.unsettled(session, at=self.line.now)
            assert due is (self.line != before)
            if due:
                offers.settle(session, locked_group(session, self.group.id), policy=POLICY, at=self.line.now)
            assert self.group.id not in offers.unsettled(session, at=self.line.now)

    @rule(capacity=st.integers(1, 4))
    def set_capacity(self, capacity: int) -> None:
        """Lowering it below what is in use ejects nobody and takes no offer back."""
        self._changed(managing_groups.set_capacity, capacity=capacity, reason="too_busy")
        if self.line.capacity != capacity:
            self.line.capacity = capacity
            self.line.settle()

    @rule(intake=st.sampled_from(Intake))
    def set_intake(self, intake: Intake) -> None:
        self._changed(managing_groups.set_intake, intake=intake, reason="settling")
        if self.line.open is not (intake is Intake.OPEN):
            self.line.open = intake is Intake.OPEN
            self.line.settle()

    @invariant()
    def the_database_agrees(self) -> None:
        number = {person.id: place for place, person in enumerate(self.people)}
        with self.store.database.reading() as session:
            places = session.execute(
                select(Membership.member_id, Membership.state, Membership.kept_until).where(
                    Membership.group_id == self.group.id, Membership.state != MembershipState.LEFT
                )
            ).all()
            entries = session.scalars(
                select(WaitingEntry).where(WaitingEntry.group_id == self.group.id).order_by(WaitingEntry.id)
            ).all()
        resting = {number[row[0]]: row[2] for row in places if row[1] is MembershipState.RESTING}
        assert {number[row[0]] for row in places if row[1] is MembershipState.ACTIVE} == self.line.active
        assert resting == {one: rest.kept for one, rest in self.line.resting.items()}
        assert [number[one.member_id] for one in entries if one.state is WaitingState.WAITING] == (
            self.line.waiting
        )
        open_offers = {
            number[one.member_id]: one.offer_expires_at
            for one in entries
            if one.state is WaitingState.OFFERED
        }
        assert open_offers == self.line.offers

        taken = len(places) + len(open_offers)
        assert taken <= max(self.line.capacity, self.most)
        self.most = taken
        held = [row[0] for row in places]
        listed = [one.member_id for one in entries if one.state in LIVE_ENTRY]
        assert len(set(held + listed)) == len(held) + len(listed)
        first = min((one.id for one in entries if one.state is WaitingState.WAITING), default=None)
        asked = [one.id for one in entries if one.offered_at is not None]
        assert first is None or not asked or max(asked) < first

    def _same(self, name: str, verb: Callable[..., object], one: int, **more: Any) -> None:
        """Do it in the model and in the database: the same answer, and nothing of a refusal is kept."""
        model = copy.deepcopy(self.line)
        expected: type[Exception] | None = None
        try:
            getattr(model, name)(one, **({"weeks": more["weeks"]} if "weeks" in more else {}))
            self.line = model
        except REFUSALS as refusal:
            expected = type(refusal)
        answer: type[Exception] | None = None
        try:
            with self.store.database.transaction() as session:
                verb(
                    session,
                    actor=acting(self.people[one]),
                    group_id=self.group.id,
                    at=self.line.now,
                    **more,
                )
        except REFUSALS as refusal:
            answer = type(refusal)
        assert answer is expected

    def _changed(self, verb: Callable[..., object], **change: Any) -> None:
        with self.store.database.transaction() as session:
            verb(
                session,
                actor=ADMIN,
                group_id=self.group.id,
                policy=POLICY,
                at=self.line.now,
                **change,
            )


SEARCH = (Phase.explicit, Phase.reuse, Phase.generate)
"""Without making a failure smaller, which takes minutes; the long profile does."""


def explore(store: Store, *, examples: int, steps: int, phases: Collection[Phase] = SEARCH) -> None:
    bound = type("Bound", (Machine,), {"store": store})
    run_state_machine_as_test(
        bound,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            phases=phases,
        ),
    )


def test_no_order_of_events_exceeds_the_capacity(store: Store) -> None:
    explore(store, examples=20, steps=25)


@pytest.mark.proof
def test_no_order_of_events_exceeds_the_capacity_at_length(store: Store) -> None:
    explore(store, examples=120, steps=50, phases=tuple(Phase))

"""Whatever order joins, leaves, rests, returns and new sizes come in, the database agrees with a model.

The model is three sets and a number. After each step: the places in use are the model's, joining never made
more than the capacity, and the audit's own counts say the same.
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from forum.actions import groups, managing_groups
from forum.actions.groups import AlreadyMember, GroupFull, IntakeClosed, NotMember
from forum.models import Intake, Membership, MembershipState
from moderation.policy import load_policy
from tests.groups.conftest import ADMIN, NOON, Store, acting, live
from tests.support.making import a_group, a_member

PEOPLE = 6
POLICY = load_policy()
who = st.integers(0, PEOPLE - 1)


class Machine(RuleBasedStateMachine):
    """One group, six people. `store` is set by the test that runs it."""

    store: Store

    @initialize(capacity=st.integers(1, 4))
    def begin(self, capacity: int) -> None:
        with self.store.database.transaction() as session:
            self.group = a_group(session, capacity=capacity)
            self.people = [a_member(session) for _ in range(PEOPLE)]
        self.capacity, self.open = capacity, True
        self.active: set[int] = set()
        self.resting: set[int] = set()

    @rule(one=who)
    def join(self, one: int) -> None:
        there = one in self.active | self.resting
        room = len(self.active | self.resting) < self.capacity
        expected = AlreadyMember if there else IntakeClosed if not self.open else None if room else GroupFull
        assert self._try(groups.join, one) is expected
        if expected is None:
            self.active.add(one)

    @rule(one=who)
    def leave(self, one: int) -> None:
        there = one in self.active | self.resting
        assert self._try(groups.leave, one) is (None if there else NotMember)
        self.active.discard(one)
        self.resting.discard(one)

    @rule(one=who, weeks=st.integers(1, 8))
    def rest(self, one: int, weeks: int) -> None:
        there = one in self.active | self.resting
        assert self._try(groups.rest, one, weeks=weeks, longest=8) is (None if there else NotMember)
        if there:
            self.active.discard(one)
            self.resting.add(one)

    @rule(one=who)
    def come_back(self, one: int) -> None:
        there = one in self.active | self.resting
        assert self._try(groups.come_back, one) is (None if there else NotMember)
        if there:
            self.resting.discard(one)
            self.active.add(one)

    @rule(capacity=st.integers(1, 5))
    def set_capacity(self, capacity: int) -> None:
        """Lowering it below what is in use ejects nobody."""
        with self.store.database.transaction() as session:
            managing_groups.set_capacity(
                session,
                actor=ADMIN,
                group_id=self.group.id,
                capacity=capacity,
                reason="too_busy",
                policy=POLICY,
                at=NOON,
            )
        self.capacity = capacity

    @rule(intake=st.sampled_from(Intake))
    def set_intake(self, intake: Intake) -> None:
        with self.store.database.transaction() as session:
            managing_groups.set_intake(
                session, actor=ADMIN, group_id=self.group.id, intake=intake, reason="settling", at=NOON
            )
        self.open = intake is Intake.OPEN

    @invariant()
    def the_database_agrees(self) -> None:
        with self.store.database.reading() as session:
            rows = session.execute(
                select(Membership.member_id, Membership.state).where(
                    Membership.group_id == self.group.id, Membership.state != MembershipState.LEFT
                )
            ).all()
            assert live(session, self.group) == len(self.active | self.resting)
        index = {person.id: number for number, person in enumerate(self.people)}
        by_state = {
            state: {index[row.member_id] for row in rows if row.state is state} for state in MembershipState
        }
        assert by_state[MembershipState.ACTIVE] == self.active
        assert by_state[MembershipState.RESTING] == self.resting

    def _try(self, verb: Callable[..., object], one: int, **more: int) -> type[Exception] | None:
        try:
            with self.store.database.transaction() as session:
                verb(session, actor=acting(self.people[one]), group_id=self.group.id, at=NOON, **more)
        except (AlreadyMember, GroupFull, IntakeClosed, NotMember) as error:
            return type(error)
        return None


def test_no_order_of_events_exceeds_the_capacity(store: Store) -> None:
    bound = type("Bound", (Machine,), {"store": store})
    run_state_machine_as_test(
        bound,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )

"""Promise 6 (`capacity_holds`): a group never exceeds its capacity, however many come, by whatever way."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import IntegrityError

from forum.actions import groups
from forum.actions.groups import AlreadyMember, GroupFull, IntakeClosed
from forum.models import Intake, Membership, MembershipState
from tests.groups.conftest import NOON, Store, acting, live
from tests.support.making import a_group, a_member, a_place

CROWD = 250
PLACES = 15


def test_capacity_holds(store: Store) -> None:
    """The case that other forums were caught by: 250 people press Join at the same moment, 15 places."""
    with store.database.transaction() as session:
        group = a_group(session, capacity=PLACES)
        people = [acting(a_member(session)) for _ in range(CROWD)]
    start = threading.Barrier(CROWD)

    def press(number: int) -> str:
        start.wait()
        try:
            with store.database.transaction() as session:
                groups.join(session, actor=people[number], group_id=group.id, at=NOON)
        except GroupFull:
            return "full"
        return "joined"

    with ThreadPoolExecutor(CROWD) as crowd:
        answers = list(crowd.map(press, range(CROWD)))

    assert answers.count("joined") == PLACES
    assert answers.count("full") == CROWD - PLACES
    with store.database.reading() as session:
        assert live(session, group) == PLACES
    assert store.verbs() == ["group.joined"] * PLACES
    assert store.last_event().fields == {"live": PLACES, "capacity": PLACES}


def test_one_person_pressing_join_in_many_windows_takes_one_place(store: Store) -> None:
    with store.database.transaction() as session:
        group = a_group(session, capacity=PLACES)
        person = acting(a_member(session))
    start = threading.Barrier(8)

    def press(_number: int) -> str:
        start.wait()
        try:
            with store.database.transaction() as session:
                groups.join(session, actor=person, group_id=group.id, at=NOON)
        except AlreadyMember:
            return "there already"
        return "joined"

    with ThreadPoolExecutor(8) as windows:
        answers = sorted(windows.map(press, range(8)))

    assert answers == ["joined"] + ["there already"] * 7
    assert store.verbs() == ["group.joined"]


@pytest.mark.parametrize("state", [MembershipState.ACTIVE, MembershipState.RESTING])
def test_the_database_itself_refuses_one_too_many(store: Store, state: MembershipState) -> None:
    """A way in that forgets to count meets the trigger."""
    with store.database.transaction() as session:
        group = a_group(session, capacity=2, members=(a_member(session), a_member(session)))
        outsider = a_member(session)
        row = {"group_id": group.id, "member_id": outsider.id, "joined_at": NOON}
    with pytest.raises(IntegrityError, match="group_full"), store.database.transaction() as session:
        session.execute(insert(Membership).values(state=state, **row))
    with store.database.transaction() as session:
        session.execute(insert(Membership).values(state=MembershipState.LEFT, **row))
    with pytest.raises(IntegrityError, match="group_full"), store.database.transaction() as session:
        session.execute(update(Membership).where(Membership.member_id == outsider.id).values(state=state))
    with pytest.raises(IntegrityError, match="group_full"), store.database.transaction() as session:
        session.execute(
            text("UPDATE memberships SET state = 'active' WHERE member_id = :who"), {"who": outsider.id}
        )
    with store.database.reading() as session:
        assert live(session, group) == 2


def test_the_database_refuses_moving_a_place_into_a_full_group(store: Store) -> None:
    with store.database.transaction() as session:
        full = a_group(session, capacity=1, members=(a_member(session),))
        other = a_group(session)
        place = a_place(session, other, a_member(session))
    with pytest.raises(IntegrityError, match="group_full"), store.database.transaction() as session:
        session.execute(update(Membership).where(Membership.id == place.id).values(group_id=full.id))


def test_the_trigger_alone_gives_the_same_answer_as_the_count(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the first lock taken out, the second still says "full", in the same words."""
    with store.database.transaction() as session:
        group = a_group(session, capacity=1, members=(a_member(session),))
        person = acting(a_member(session))
    monkeypatch.setattr(groups, "live_places", lambda _session, _group_id: 0)
    with pytest.raises(GroupFull), store.database.transaction() as session:
        groups.join(session, actor=person, group_id=group.id, at=NOON)
    assert store.verbs() == []


def test_a_resting_member_keeps_the_place(store: Store) -> None:
    with store.database.transaction() as session:
        member, other = a_member(session), a_member(session)
        group = a_group(session, capacity=1, members=(member,))
        groups.rest(session, actor=acting(member), group_id=group.id, weeks=8, longest=8, at=NOON)
    with pytest.raises(GroupFull), store.database.transaction() as session:
        groups.join(session, actor=acting(other), group_id=group.id, at=NOON)
    with store.database.transaction() as session:
        groups.come_back(session, actor=acting(member), group_id=group.id, at=NOON)
        assert live(session, group) == 1


def test_leaving_makes_room_for_exactly_one(store: Store) -> None:
    with store.database.transaction() as session:
        leaving, first, second = a_member(session), a_member(session), a_member(session)
        group = a_group(session, capacity=1, members=(leaving,))
    with store.database.transaction() as session:
        groups.leave(session, actor=acting(leaving), group_id=group.id, at=NOON)
    with store.database.transaction() as session:
        groups.join(session, actor=acting(first), group_id=group.id, at=NOON)
    with pytest.raises(GroupFull), store.database.transaction() as session:
        groups.join(session, actor=acting(second), group_id=group.id, at=NOON)


def test_a_closed_intake_takes_nobody_whatever_room_there_is(store: Store) -> None:
    with store.database.transaction() as session:
        group = a_group(session, intake=Intake.CLOSED)
        person = acting(a_member(session))
    with pytest.raises(IntakeClosed), store.database.transaction() as session:
        groups.join(session, actor=person, group_id=group.id, at=NOON)

"""Promise 6 (`capacity_holds`): a group never exceeds its capacity, however many come, by whatever way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from forum.actions import groups, waiting
from forum.actions.groups import NoOffer
from forum.actions.room import AlreadyMember, GroupFull, IntakeClosed, Room, own_place
from forum.actions.waiting import NotWaiting
from forum.models import Group, Intake, Member, Membership, MembershipState, WaitingEntry, WaitingState
from moderation.audit import Actor
from moderation.models import AuditEvent
from tests.groups.conftest import NOON, POLICY, Store, acting, live
from tests.support.making import a_group, a_member, a_place

CROWD = 250
PLACES = 15


def crowd(people: Sequence[Actor], press: Callable[[Actor], str]) -> list[str]:
    """Everybody presses at the same moment."""
    start = threading.Barrier(len(people))

    def together(person: Actor) -> str:
        start.wait()
        return press(person)

    with ThreadPoolExecutor(len(people)) as everybody:
        return list(everybody.map(together, people))


def test_capacity_holds(store: Store) -> None:
    """The case that other forums were caught by: 250 people press Join at the same moment, 15 places.

    Who finds it full presses the one button of that page. The list is in the order in which the record was sealed.
    """
    with store.database.transaction() as session:
        group = a_group(session, capacity=PLACES)
        people = [acting(a_member(session)) for _ in range(CROWD)]

    def press(person: Actor) -> str:
        try:
            with store.database.transaction() as session:
                groups.join(session, actor=person, group_id=group.id, policy=POLICY, at=NOON)
        except GroupFull:
            with store.database.transaction() as session:
                waiting.ask(session, actor=person, group_id=group.id, policy=POLICY, at=NOON)
            return "waits"
        return "joined"

    answers = crowd(people, press)

    assert answers.count("joined") == PLACES
    assert answers.count("waits") == CROWD - PLACES
    assert sorted(store.verbs()) == ["group.joined"] * PLACES + ["waiting.joined"] * (CROWD - PLACES)
    with store.database.reading() as session:
        assert live(session, group) == PLACES
        asked = session.scalars(
            select(AuditEvent).where(AuditEvent.verb == "waiting.joined").order_by(AuditEvent.seq)
        ).all()
        listed = session.scalars(select(WaitingEntry.id).order_by(WaitingEntry.id)).all()
        assert set(session.scalars(select(WaitingEntry.state))) == {WaitingState.WAITING}
    assert [event.fields["entry"] for event in asked] == listed
    assert [event.fields["ahead"] for event in asked] == list(range(CROWD - PLACES))


def test_freed_places_go_to_the_next_in_line_while_a_crowd_presses_join(store: Store) -> None:
    """Five leave, ten wait and press Take, forty strangers press Join and ask: nobody passes the first five."""
    with store.database.transaction() as session:
        members = [a_member(session) for _ in range(PLACES)]
        group = a_group(session, capacity=PLACES, members=tuple(members))
        line = [a_member(session) for _ in range(10)]
        strangers = [a_member(session) for _ in range(40)]
        for person in line:
            waiting.ask(session, actor=acting(person), group_id=group.id, policy=POLICY, at=NOON)
    leaving = {acting(person) for person in members[:5]}
    waits = {acting(person) for person in line}

    def press(person: Actor) -> str:
        verbs = (
            [groups.leave] if person in leaving else [groups.take_offer] if person in waits else [groups.join]
        )
        for verb in [*verbs, *([] if person in leaving else [groups.join, waiting.ask])]:
            try:
                with store.database.transaction() as session:
                    verb(session, actor=person, group_id=group.id, policy=POLICY, at=NOON)
            except (GroupFull, NoOffer, AlreadyMember):
                continue
        return ""

    crowd([acting(person) for person in [*members[:5], *line, *strangers]], press)
    with store.database.transaction() as session:
        for person in line[:5]:
            if own_place(session, group.id, person.id) is None:
                groups.take_offer(session, actor=acting(person), group_id=group.id, policy=POLICY, at=NOON)
    with store.database.reading() as session:
        assert live(session, group) == PLACES
        inside = set(
            session.scalars(select(Membership.member_id).where(Membership.state == MembershipState.ACTIVE))
        )
        assert inside == {person.id for person in [*members[5:], *line[:5]]}
        left = session.scalars(
            select(WaitingEntry.member_id)
            .where(WaitingEntry.state == WaitingState.WAITING)
            .order_by(WaitingEntry.id)
        ).all()
    assert left[:5] == [person.id for person in line[5:]]
    assert set(left[5:]) == {person.id for person in strangers}


def test_an_offer_is_answered_once_from_however_many_windows(store: Store) -> None:
    with store.database.transaction() as session:
        person, gone = a_member(session), a_member(session)
        group = a_group(session, capacity=1, members=(gone,))
        waiting.ask(session, actor=acting(person), group_id=group.id, policy=POLICY, at=NOON)
        groups.leave(session, actor=acting(gone), group_id=group.id, policy=POLICY, at=NOON)
    verbs = [groups.take_offer, waiting.decline, groups.join, waiting.leave_list] * 3
    start = threading.Barrier(len(verbs))

    def press(number: int) -> str:
        start.wait()
        try:
            with store.database.transaction() as session:
                verbs[number](session, actor=acting(person), group_id=group.id, policy=POLICY, at=NOON)
        except (AlreadyMember, NoOffer, NotWaiting):
            return "over"
        return "done"

    with ThreadPoolExecutor(len(verbs)) as windows:
        list(windows.map(press, range(len(verbs))))
    answers = [verb for verb in store.verbs()[3:] if verb.startswith("offer.")]
    assert answers in (["offer.taken"], ["offer.declined"], []), "one answer, or the list was left"
    with store.database.reading() as session:
        assert live(session, group) <= 1
        states = session.scalars(select(WaitingEntry.state)).all()
    assert WaitingState.OFFERED not in states
    assert len(states) == 1


def test_one_person_pressing_join_in_many_windows_takes_one_place(store: Store) -> None:
    with store.database.transaction() as session:
        group = a_group(session, capacity=PLACES)
        person = acting(a_member(session))
    start = threading.Barrier(8)

    def press(_number: int) -> str:
        start.wait()
        try:
            with store.database.transaction() as session:
                groups.join(session, actor=person, group_id=group.id, policy=POLICY, at=NOON)
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


def an_entry(group: Group, member: Member, state: WaitingState) -> dict[str, Any]:
    return {
        "group_id": group.id,
        "member_id": member.id,
        "state": state,
        "asked_at": NOON,
        "offer_expires_at": NOON,
    }


def test_the_database_refuses_to_offer_a_place_twice(store: Store) -> None:
    with store.database.transaction() as session:
        group = a_group(session, capacity=2, members=(a_member(session),))
        first, second = a_member(session), a_member(session)
        session.execute(insert(WaitingEntry).values(an_entry(group, first, WaitingState.OFFERED)))
        session.execute(insert(WaitingEntry).values(an_entry(group, second, WaitingState.WAITING)))
    with pytest.raises(IntegrityError, match="no_place_to_offer"), store.database.transaction() as session:
        session.execute(
            update(WaitingEntry).where(WaitingEntry.member_id == second.id).values(state=WaitingState.OFFERED)
        )
    with pytest.raises(IntegrityError, match="no_place_to_offer"), store.database.transaction() as session:
        session.execute(insert(WaitingEntry).values(an_entry(group, a_member(session), WaitingState.OFFERED)))


def test_the_database_keeps_an_offered_place_for_the_one_who_was_asked(store: Store) -> None:
    """Also after the capacity was lowered: taking an offer leaves the total as it was."""
    with store.database.transaction() as session:
        group = a_group(session, capacity=2, members=(a_member(session),))
        asked, other = a_member(session), a_member(session)
        session.execute(insert(WaitingEntry).values(an_entry(group, asked, WaitingState.OFFERED)))
        session.get_one(Group, group.id).capacity = 1
    with pytest.raises(IntegrityError, match="group_full"), store.database.transaction() as session:
        a_place(session, group, other)
    with store.database.transaction() as session:
        a_place(session, group, asked)


def test_nobody_is_on_one_list_twice(store: Store) -> None:
    with store.database.transaction() as session:
        group, person = a_group(session, capacity=1, members=(a_member(session),)), a_member(session)
        session.execute(insert(WaitingEntry).values(an_entry(group, person, WaitingState.WAITING)))
    with pytest.raises(IntegrityError), store.database.transaction() as session:
        session.execute(insert(WaitingEntry).values(an_entry(group, person, WaitingState.WAITING)))


def test_the_trigger_alone_gives_the_same_answer_as_the_count(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the first lock taken out, the second still says "full", in the same words."""
    with store.database.transaction() as session:
        group = a_group(session, capacity=1, members=(a_member(session),))
        person = acting(a_member(session))
    monkeypatch.setattr(groups, "room", lambda _session, _group: Room(live=0, offers=0, capacity=1))
    with pytest.raises(GroupFull), store.database.transaction() as session:
        groups.join(session, actor=person, group_id=group.id, policy=POLICY, at=NOON)
    assert store.verbs() == []


def test_a_resting_member_keeps_the_place(store: Store) -> None:
    with store.database.transaction() as session:
        member, other = a_member(session), a_member(session)
        group = a_group(session, capacity=1, members=(member,))
        groups.rest(session, actor=acting(member), group_id=group.id, weeks=8, longest=8, at=NOON)
    with pytest.raises(GroupFull), store.database.transaction() as session:
        groups.join(session, actor=acting(other), group_id=group.id, policy=POLICY, at=NOON)
    with store.database.transaction() as session:
        groups.come_back(session, actor=acting(member), group_id=group.id, at=NOON)
        assert live(session, group) == 1


def test_leaving_makes_room_for_exactly_one(store: Store) -> None:
    with store.database.transaction() as session:
        leaving, first, second = a_member(session), a_member(session), a_member(session)
        group = a_group(session, capacity=1, members=(leaving,))
    with store.database.transaction() as session:
        groups.leave(session, actor=acting(leaving), group_id=group.id, policy=POLICY, at=NOON)
    with store.database.transaction() as session:
        groups.join(session, actor=acting(first), group_id=group.id, policy=POLICY, at=NOON)
    with pytest.raises(GroupFull), store.database.transaction() as session:
        groups.join(session, actor=acting(second), group_id=group.id, policy=POLICY, at=NOON)


def test_a_closed_intake_takes_nobody_whatever_room_there_is(store: Store) -> None:
    with store.database.transaction() as session:
        group = a_group(session, intake=Intake.CLOSED)
        person = acting(a_member(session))
    with pytest.raises(IntakeClosed), store.database.transaction() as session:
        groups.join(session, actor=person, group_id=group.id, policy=POLICY, at=NOON)

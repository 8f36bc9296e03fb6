"""Each verb of a place: what changes, what the audit says, and what a second press does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from forum.actions import groups
from forum.actions.groups import RestTooLong
from forum.actions.room import NoSuchGroup, NotMember
from forum.models import MembershipState, Role
from forum.permissions import Refused
from moderation.audit import Actor
from tests.groups.conftest import ADMIN, NOON, POLICY, Store, acting, live
from tests.support.making import a_group, a_member


def test_joining_resting_returning_and_leaving_are_each_on_record(store: Store) -> None:
    with store.database.transaction() as session:
        person = acting(a_member(session))
        group = a_group(session, capacity=3)
    seen = []
    steps: tuple[tuple[Callable[..., object], dict[str, Any]], ...] = (
        (groups.join, {"policy": POLICY}),
        (groups.rest, {"weeks": 2, "longest": 8}),
        (groups.come_back, {}),
        (groups.leave, {"policy": POLICY}),
    )
    for verb, more in steps:
        with store.database.transaction() as session:
            verb(session, actor=person, group_id=group.id, at=NOON, **more)
        event = store.last_event()
        seen.append((event.verb, event.fields))
        assert event.group_ref == group.id
        assert event.actor.startswith("member-")
        assert event.actor_role == "member"
    assert seen == [
        ("group.joined", {"live": 1, "offers": 0, "capacity": 3}),
        (
            "group.rested",
            {"until": "2026-03-16T12:00:00.000000Z", "kept_until": "2026-04-27T12:00:00.000000Z"},
        ),
        ("group.returned", {"live": 1, "offers": 0, "capacity": 3}),
        ("group.left", {"live": 0, "offers": 0, "capacity": 3}),
    ]


def test_leaving_and_coming_back_is_a_new_place(store: Store) -> None:
    with store.database.transaction() as session:
        person = acting(a_member(session))
        group = a_group(session, capacity=1)
    for _ in range(2):
        with store.database.transaction() as session:
            groups.join(session, actor=person, group_id=group.id, policy=POLICY, at=NOON)
        with store.database.transaction() as session:
            groups.leave(session, actor=person, group_id=group.id, policy=POLICY, at=NOON)
    assert store.verbs() == ["group.joined", "group.left"] * 2


def test_leaving_twice_says_so_and_changes_nothing(store: Store) -> None:
    with store.database.transaction() as session:
        member = a_member(session)
        group = a_group(session, members=(member,))
        groups.leave(session, actor=acting(member), group_id=group.id, policy=POLICY, at=NOON)
    with pytest.raises(NotMember), store.database.transaction() as session:
        groups.leave(session, actor=acting(member), group_id=group.id, policy=POLICY, at=NOON)
    assert store.verbs() == ["group.left"]


def test_coming_back_twice_is_one_event(store: Store) -> None:
    with store.database.transaction() as session:
        member = a_member(session)
        group = a_group(session, members=(member,))
        groups.rest(session, actor=acting(member), group_id=group.id, weeks=1, longest=8, at=NOON)
        for _ in range(2):
            place = groups.come_back(session, actor=acting(member), group_id=group.id, at=NOON)
        assert place.state is MembershipState.ACTIVE
        assert place.rest_until is None
    assert store.verbs() == ["group.rested", "group.returned"]


@pytest.mark.parametrize("weeks", [0, -1, 9, 10**9])
def test_a_rest_is_one_to_eight_weeks(store: Store, weeks: int) -> None:
    with store.database.transaction() as session:
        member = a_member(session)
        group = a_group(session, members=(member,))
    with pytest.raises(RestTooLong), store.database.transaction() as session:
        groups.rest(session, actor=acting(member), group_id=group.id, weeks=weeks, longest=8, at=NOON)


def test_a_longer_rest_moves_the_day(store: Store) -> None:
    with store.database.transaction() as session:
        member = a_member(session)
        group = a_group(session, members=(member,))
        groups.rest(session, actor=acting(member), group_id=group.id, weeks=1, longest=8, at=NOON)
        place = groups.rest(session, actor=acting(member), group_id=group.id, weeks=4, longest=8, at=NOON)
        assert place.rest_until == NOON + timedelta(weeks=4)
        assert live(session, group) == 1


def test_an_unknown_group_is_not_there(store: Store) -> None:
    with store.database.transaction() as session:
        person = acting(a_member(session))
    with pytest.raises(NoSuchGroup), store.database.transaction() as session:
        groups.join(session, actor=person, group_id=99, policy=POLICY, at=NOON)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.MEMBER])
def test_only_members_take_places(store: Store, role: Role) -> None:
    """Staff accounts are apart from peers' accounts; the permission table says so."""
    with store.database.transaction() as session:
        person = acting(a_member(session, role=role))
        group = a_group(session)
    with pytest.raises(Refused), store.database.transaction() as session:
        groups.join(session, actor=person, group_id=group.id, policy=POLICY, at=NOON)


def test_nobody_in_particular_takes_no_place(store: Store) -> None:
    with store.database.transaction() as session:
        group = a_group(session)
    for actor in (ADMIN, Actor(None, "member")):
        with pytest.raises(Refused), store.database.transaction() as session:
            groups.join(session, actor=actor, group_id=group.id, policy=POLICY, at=NOON)

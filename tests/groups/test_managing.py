"""What staff do with groups: each change with a reason, each on record, nobody ejected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from forum.actions import facilitators, groups, managing_groups
from forum.actions.facilitators import BadAbsence, NotAFacilitator
from forum.actions.managing_groups import BadCapacity, GroupEnded, NameTaken
from forum.actions.room import GroupFull, IntakeClosed
from forum.group_reasons import UnknownReason
from forum.models import Group, GroupKind, Intake, Member, MemberState, Role
from forum.permissions import Refused
from forum.queries import groups as group_queries
from moderation.audit import Actor
from moderation.policy import load_policy
from tests.groups.conftest import ADMIN, NOON, Store, acting, live
from tests.support.making import a_group, a_member

POLICY = load_policy()


def make(session: Session, name: str = "Evenings", **more: Any) -> Group:
    given: dict[str, Any] = {
        "actor": ADMIN,
        "purpose": "For hard evenings.",
        "kind": GroupKind.ASYNCHRONOUS,
        **more,
    }
    return managing_groups.create(session, name=name, policy=POLICY, at=NOON, **given)


@pytest.mark.parametrize(("kind", "places"), [(GroupKind.ASYNCHRONOUS, 24), (GroupKind.LIVE_CIRCLE, 8)])
def test_a_new_group_has_the_policys_places(store: Store, kind: GroupKind, places: int) -> None:
    with store.database.transaction() as session:
        make(session, kind=kind)
    event = store.last_event()
    assert (event.verb, event.fields) == (
        "group.created",
        {"capacity": places, "default_capacity": places},
    )
    assert (event.reason_code, event.policy_version) == (None, POLICY.version)


def test_another_size_from_the_start_needs_a_reason_and_keeps_the_default_beside_it(store: Store) -> None:
    with pytest.raises(UnknownReason), store.database.transaction() as session:
        make(session, capacity=15)
    with store.database.transaction() as session:
        make(session, capacity=15, reason="study")
    event = store.last_event()
    assert event.fields == {"capacity": 15, "default_capacity": 24}
    assert event.reason_code == "study"


def test_addresses_are_made_from_names_and_never_collide(store: Store) -> None:
    with store.database.transaction() as session:
        first = make(session, "Nächte & Tage")
        managing_groups.archive(session, actor=ADMIN, group_id=first.id, reason="planned_end", at=NOON)
        second = make(session, "Nächte & Tage")
        third = make(session, "Nachte / Tage")
        nameless = make(session, "夜")
    slugs = [group.slug for group in (first, second, third, nameless)]
    assert slugs == ["nachte-tage", "nachte-tage-2", "nachte-tage-3", "group"]


def test_the_same_name_twice_is_refused_so_sending_the_form_twice_makes_one_group(store: Store) -> None:
    with store.database.transaction() as session:
        make(session, "Evenings")
    with pytest.raises(NameTaken), store.database.transaction() as session:
        make(session, "EVENINGS")
    assert store.verbs() == ["group.created"]


def test_lowering_the_capacity_ejects_nobody_and_stops_joins(store: Store) -> None:
    with store.database.transaction() as session:
        group = a_group(session, capacity=3, members=tuple(a_member(session) for _ in range(3)))
        newcomer = acting(a_member(session))
        managing_groups.set_capacity(
            session, actor=ADMIN, group_id=group.id, capacity=1, reason="too_busy", policy=POLICY, at=NOON
        )
        assert live(session, group) == 3
    event = store.last_event()
    assert event.fields == {"was": 3, "now": 1, "live": 3, "offers": 0, "default_capacity": 24}
    assert (event.verb, event.reason_code) == ("group.capacity_set", "too_busy")
    with pytest.raises(GroupFull), store.database.transaction() as session:
        groups.join(session, actor=newcomer, group_id=group.id, policy=POLICY, at=NOON)


@pytest.mark.parametrize("capacity", [0, -1, 501, 10**12])
def test_a_senseless_capacity_is_refused(store: Store, capacity: int) -> None:
    with store.database.transaction() as session:
        group = a_group(session)
    with pytest.raises(BadCapacity), store.database.transaction() as session:
        managing_groups.set_capacity(
            session, actor=ADMIN, group_id=group.id, capacity=capacity, reason="study", policy=POLICY, at=NOON
        )


def test_intake_words_and_end_are_on_record(store: Store) -> None:
    with store.database.transaction() as session:
        group = a_group(session, "Old name")
        change: dict[str, Any] = {"actor": ADMIN, "group_id": group.id, "at": NOON}
        for _ in range(2):  # the same form twice is one event
            managing_groups.set_intake(
                session, intake=Intake.CLOSED, reason="settling", policy=POLICY, **change
            )
            managing_groups.describe(
                session, name="New name", purpose=group.purpose, reason="clearer_words", **change
            )
        for _ in range(2):
            managing_groups.archive(session, reason="planned_end", **change)
    assert store.verbs() == ["group.intake_set", "group.described", "group.archived"]
    with pytest.raises(GroupEnded), store.database.transaction() as session:
        managing_groups.set_intake(session, intake=Intake.OPEN, reason="ready", policy=POLICY, **change)
    with pytest.raises(IntakeClosed), store.database.transaction() as session:
        groups.join(session, actor=acting(a_member(session)), group_id=group.id, policy=POLICY, at=NOON)


def test_a_group_is_read_only_without_an_active_facilitator(store: Store) -> None:
    def why() -> str | None:
        with store.database.reading() as session:
            found = group_queries.by_slug(session, group.slug, NOON)
            return found.read_only if found else "gone"

    with store.database.transaction() as session:
        group = a_group(session, facilitated=False)
        first, second = a_member(session, role=Role.FACILITATOR), a_member(session, role=Role.FACILITATOR)
    change: dict[str, Any] = {"actor": ADMIN, "group_id": group.id, "at": NOON}
    assert why() == "no_active_facilitator"

    def do(verb: Callable[..., None], person: Member, reason: str, **more: Any) -> str | None:
        with store.database.transaction() as session:
            verb(session, member_id=person.id, reason=reason, **change, **more)
        return why()

    assert do(facilitators.add, first, "takes_on") is None
    assert do(facilitators.add, first, "takes_on") is None
    assert do(facilitators.add, second, "takes_on") is None
    week = NOON + timedelta(days=7)
    assert do(facilitators.set_away, first, "planned_absence", until=week) is None
    assert do(facilitators.end, second, "moved_on") == "no_active_facilitator"
    assert do(facilitators.end, second, "moved_on") == "no_active_facilitator"
    assert do(facilitators.set_away, first, "back", until=None) is None
    with store.database.transaction() as session:
        session.merge(first).state = MemberState.CLOSED
    assert why() == "no_active_facilitator"
    assert store.verbs() == [
        "facilitator.added",
        "facilitator.added",
        "facilitator.away",
        "facilitator.ended",
        "facilitator.away",
    ]
    event = store.last_event()
    assert event.reason_code == "back"
    assert event.fields["until"] is None
    assert event.fields["person"].startswith("staff-")


def test_an_absence_over_is_over(store: Store) -> None:
    with store.database.transaction() as session:
        holder = a_member(session, role=Role.FACILITATOR)
        group = a_group(session, facilitator=holder)
        facilitators.set_away(
            session,
            actor=ADMIN,
            group_id=group.id,
            member_id=holder.id,
            until=NOON + timedelta(days=1),
            reason="planned_absence",
            at=NOON,
        )
    with store.database.reading() as session:
        for days, expected in ((0, "no_active_facilitator"), (1, None)):
            found = group_queries.by_slug(session, group.slug, NOON + timedelta(days=days))
            assert found is not None
            assert found.read_only == expected


def test_only_facilitators_hold_groups_and_absences_end(store: Store) -> None:
    with store.database.transaction() as session:
        holder = a_member(session, role=Role.FACILITATOR)
        group = a_group(session, facilitator=holder)
        strangers = [a_member(session, role=role).id for role in Role if role is not Role.FACILITATOR]
    for stranger in [*strangers, 10**9]:
        with pytest.raises(NotAFacilitator), store.database.transaction() as session:
            facilitators.add(
                session, actor=ADMIN, group_id=group.id, member_id=stranger, reason="takes_on", at=NOON
            )
    for days in (-1, 0, 367):
        with pytest.raises(BadAbsence), store.database.transaction() as session:
            facilitators.set_away(
                session,
                actor=ADMIN,
                group_id=group.id,
                member_id=holder.id,
                until=NOON + timedelta(days=days),
                reason="rota",
                at=NOON,
            )


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.ADMIN, Role.LEAD}])
def test_only_admins_and_leads_manage_groups(store: Store, role: Role) -> None:
    with store.database.transaction() as session:
        actor = Actor(a_member(session, role=role).id, role.value)
        group = a_group(session)
    change: dict[str, Any] = {"actor": actor, "group_id": group.id, "at": NOON}
    calls: tuple[Callable[[Session], object], ...] = (
        lambda s: make(s, actor=actor),
        lambda s: managing_groups.set_capacity(s, capacity=5, reason="study", policy=POLICY, **change),
        lambda s: managing_groups.set_intake(
            s, intake=Intake.CLOSED, reason="settling", policy=POLICY, **change
        ),
        lambda s: managing_groups.describe(s, name="x", purpose="y", reason="clearer_words", **change),
        lambda s: managing_groups.archive(s, reason="merged", **change),
        lambda s: facilitators.add(s, member_id=1, reason="takes_on", **change),
        lambda s: facilitators.end(s, member_id=1, reason="rota", **change),
        lambda s: facilitators.set_away(s, member_id=1, until=None, reason="back", **change),
    )
    for call in calls:
        with pytest.raises(Refused), store.database.transaction() as session:
            call(session)


@pytest.mark.parametrize("reason", ["", "because", "calmer"])
def test_a_reason_from_the_list_is_asked_of_each_change(store: Store, reason: str) -> None:
    with store.database.transaction() as session:
        group = a_group(session)
    change: dict[str, Any] = {"actor": ADMIN, "group_id": group.id, "at": NOON, "reason": reason}
    calls: tuple[Callable[[Session], object], ...] = (
        lambda s: managing_groups.set_capacity(s, capacity=5, policy=POLICY, **change),
        lambda s: managing_groups.set_intake(s, intake=Intake.CLOSED, policy=POLICY, **change),
        lambda s: managing_groups.archive(s, **change),
        lambda s: facilitators.add(s, member_id=1, **change),
    )
    for call in calls:
        with pytest.raises(UnknownReason), store.database.transaction() as session:
            call(session)

"""A facilitator in their own group: what they can do, what the log says, and what stays out of reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.actions import facilitating
from forum.actions.facilitating import LockedByModerator, NotInReach, UnknownLabel
from forum.group_reasons import UnknownReason
from forum.models import Facilitation, Notice, Post, PostState, Role, Thread
from forum.permissions import Refused
from moderation import labels
from moderation.audit import Actor
from moderation.models import Decision, ReviewItem
from moderation.policy import load_policy
from moderation.subject import SubjectKind
from tests.groups.conftest import NOON, Store, acting
from tests.support.making import a_group, a_member, a_thread

POLICY = load_policy()


@dataclass
class Room:
    """One group with its facilitator, a member, and a thread of one post."""

    holder: Actor
    stranger: Actor
    author_id: int
    group_id: int
    thread: int
    post: int


def a_room(session: Session, state: PostState = PostState.SHOWN) -> Room:
    holder, stranger = (a_member(session, role=Role.FACILITATOR) for _ in range(2))
    author = a_member(session)
    group = a_group(session, facilitator=holder, members=(author,))
    a_group(session, facilitator=stranger)
    thread = a_thread(session, group, author, state=state)
    post = session.scalars(select(Post).where(Post.thread_id == thread.id)).one()
    return Room(acting(holder), acting(stranger), author.id, group.id, thread.id, post.id)


def acts(room: Room, actor: Actor) -> dict[str, Callable[[Session], object]]:
    """Each act of a facilitator, by the verb that it leaves in the log."""
    thread: dict[str, Any] = {"actor": actor, "thread_id": room.thread, "at": NOON}
    post: dict[str, Any] = {"actor": actor, "post_id": room.post, "policy": POLICY, "at": NOON}
    return {
        "thread.pinned": lambda s: facilitating.pin(s, pinned=True, **thread),
        "thread.locked": lambda s: facilitating.lock(s, reason="thread_heated", policy=POLICY, **thread),
        "thread.unlocked": lambda s: facilitating.unlock(s, reason="calmer", **thread),
        "label.added": lambda s: facilitating.add_labels(s, codes=["scars_body"], **post),
        "edit.asked": lambda s: facilitating.ask_for_change(s, reason="graphic", **post),
        "item.opened": lambda s: facilitating.call_moderator(s, reason="graphic", **post),
    }


def test_each_act_is_on_record_once_however_often_it_is_sent(store: Store) -> None:
    with store.database.transaction() as session:
        room = a_room(session)
    for verb, act in acts(room, room.holder).items():
        for _ in range(2):
            with store.database.transaction() as session:
                act(session)
        event = store.last_event()
        assert event.verb == verb
        assert event.group_ref == room.group_id
        assert event.subject_ref == str(room.post)
        assert event.actor.startswith("staff-")
        assert event.actor_role == "facilitator"
    assert store.verbs() == list(acts(room, room.holder))


def test_another_groups_facilitator_reaches_nothing(store: Store) -> None:
    with store.database.transaction() as session:
        room = a_room(session)
    for act in acts(room, room.stranger).values():
        with pytest.raises(NotInReach), store.database.transaction() as session:
            act(session)
    assert store.verbs() == []


def test_one_who_no_longer_holds_the_group_reaches_nothing(store: Store) -> None:
    """Whatever the page they came from knew."""
    with store.database.transaction() as session:
        room = a_room(session)
        for held in session.scalars(select(Facilitation).where(Facilitation.group_id == room.group_id)):
            held.ended_at = NOON
    for act in acts(room, room.holder).values():
        with pytest.raises(NotInReach), store.database.transaction() as session:
            act(session)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.FACILITATOR])
def test_no_other_role_facilitates(store: Store, role: Role) -> None:
    with store.database.transaction() as session:
        room = a_room(session)
    assert room.holder.ref is not None
    for act in acts(room, Actor(room.holder.ref, role.value)).values():
        with pytest.raises(Refused), store.database.transaction() as session:
            act(session)


@pytest.mark.parametrize("state", [state for state in PostState if state is not PostState.SHOWN])
def test_what_the_group_cannot_read_is_out_of_reach(store: Store, state: PostState) -> None:
    """Held text is a moderator's work."""
    with store.database.transaction() as session:
        room = a_room(session, state)
    for verb, act in acts(room, room.holder).items():
        with pytest.raises(NotInReach), store.database.transaction() as session:
            act(session)
        assert verb not in store.verbs()


def test_a_label_folds_the_post_and_its_author_is_told(store: Store) -> None:
    with store.database.transaction() as session:
        room = a_room(session)
    with store.database.transaction() as session:
        acts(room, room.holder)["label.added"](session)
    with store.database.reading() as session:
        post = session.get_one(Post, room.post)
        assert (post.state, post.collapsed) == (PostState.SHOWN, True)
        assert post.shown_revision_id is not None
        codes = labels.codes_on(session, [post.shown_revision_id])[post.shown_revision_id]
        assert [(code, source.value) for code, source in codes] == [("scars_body", "facilitator")]
        notice = session.scalars(select(Notice)).one()
        assert (notice.member_id, notice.kind, notice.data) == (
            room.author_id,
            "label_added",
            {"post": room.post},
        )
    assert store.last_event().fields["label"] == "scars_body"


def test_asking_for_a_change_leaves_the_post_up_and_tells_the_author_why(store: Store) -> None:
    with store.database.transaction() as session:
        room = a_room(session)
    with store.database.transaction() as session:
        acts(room, room.holder)["edit.asked"](session)
    with store.database.reading() as session:
        assert session.get_one(Post, room.post).state is PostState.SHOWN
        notice = session.scalars(select(Notice)).one()
        assert notice.kind == "edit_asked"
        assert notice.data == {"post": room.post, "reason": "graphic"}


def test_a_call_reaches_the_queue_as_urgent_as_a_report(store: Store) -> None:
    with store.database.transaction() as session:
        room = a_room(session)
        lead = a_member(session, role=Role.LEAD)
    for reason, urgency in (("graphic", 2), ("in_danger", 3)):
        with store.database.transaction() as session:
            facilitating.call_moderator(
                session, actor=room.holder, post_id=room.post, reason=reason, policy=POLICY, at=NOON
            )
        with store.database.reading() as session:
            assert session.scalars(select(ReviewItem)).one().urgency == urgency
    with store.database.reading() as session:
        told = session.scalars(select(Notice.kind).where(Notice.member_id == lead.id)).all()
    assert told == ["crisis_page"]
    assert store.verbs() == ["item.opened", "item.raised", "staff.paged"]


@pytest.mark.parametrize("codes", [[], ["nonsense"], ["scars_body", "method_means"], ["protected.recovery"]])
def test_only_labels_of_the_list_can_be_added(store: Store, codes: list[str]) -> None:
    with store.database.transaction() as session:
        room = a_room(session)
    with pytest.raises(UnknownLabel), store.database.transaction() as session:
        facilitating.add_labels(
            session, actor=room.holder, post_id=room.post, codes=codes, policy=POLICY, at=NOON
        )


@pytest.mark.parametrize("reason", ["", "within_rules", "nonsense", "other"])
def test_each_act_that_needs_a_reason_takes_only_those_of_its_list(store: Store, reason: str) -> None:
    with store.database.transaction() as session:
        room = a_room(session)
    post: dict[str, Any] = {"actor": room.holder, "post_id": room.post, "policy": POLICY, "at": NOON}
    thread: dict[str, Any] = {"actor": room.holder, "thread_id": room.thread, "at": NOON}
    calls: tuple[Callable[[Session], object], ...] = (
        lambda s: facilitating.lock(s, reason=reason, policy=POLICY, **thread),
        lambda s: facilitating.unlock(s, reason=reason, **thread),
        lambda s: facilitating.ask_for_change(s, reason=reason, **post),
        lambda s: facilitating.call_moderator(s, reason=reason, **post),
    )
    for call in calls:
        with pytest.raises(UnknownReason), store.database.transaction() as session:
            call(session)


def test_what_a_moderator_closed_a_facilitator_does_not_open(store: Store) -> None:
    with store.database.transaction() as session:
        room = a_room(session)
        session.get_one(Thread, room.thread).locked_at = NOON
        item = ReviewItem(
            subject_kind=SubjectKind.POST,
            subject_id=room.post,
            author_ref=room.author_id,
            state="decided",
            urgency=0,
            opened_at=NOON,
        )
        session.add(item)
        session.flush()
        session.add(
            Decision(
                item_id=item.id,
                item_version=1,
                subject_kind=SubjectKind.POST,
                subject_id=room.post,
                actor_ref=1,
                actor_role="moderator",
                action="lock_thread",
                reason_code="thread_heated",
                policy_version=1,
                seconds_waiting=0,
                decided_at=NOON + timedelta(seconds=1),
            )
        )
    with pytest.raises(LockedByModerator), store.database.transaction() as session:
        acts(room, room.holder)["thread.unlocked"](session)

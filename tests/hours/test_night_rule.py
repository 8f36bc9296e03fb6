"""R23's night rule: what several report while nobody is there waits for a person, and no member is restricted."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from forum.actions import posting, reporting
from forum.actions.judging import Judges, judge, post_pieces
from forum.actions.posting import HeldMeanwhile
from forum.db import Database, Session
from forum.models import Member, Notice, Post, PostState, Role, Thread
from forum.queries.reports import Reportable
from forum.queries.viewer import Viewer
from forum.web.parts import KEY
from moderation.models import AuditEvent, Report, Restriction, ReviewItem, ReviewReason
from moderation.night import Rule, reached
from moderation.subject import Circumstances, Subject, SubjectKind
from moderation.verbs import Verb
from moderation.workflow import DecisionAction, ItemState
from tests.hours.night import at, keep, travel
from tests.review.desk import RULES, actor_of, claim, decide, events, subject_of
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_post, a_thread

NIGHT, DAY = at(2), at(14)


class Room:
    """A group with six members; the first one writes, the others read. Nobody is at the desk from midnight to eight."""

    def __init__(self, session: Session, *, posts: int = 1, hours: bool = True) -> None:
        if hours:
            keep(session)
        self.author, *self.peers = (a_member(session) for _ in range(7))
        group = a_group(session, members=(self.author, *self.peers))
        self.thread = a_thread(session, group, self.peers[0], at=at(12, days=-1))
        self.posts = [
            a_post(session, self.thread, self.author, words="A quiet line.", at=at(12, days=-1))
            for _ in range(posts)
        ]


def report(
    database: Database,
    post: Post,
    by: Member,
    *,
    when: datetime = NIGHT,
    reason: str = "unkind",
) -> None:
    with database.transaction() as session:
        reporting.report(
            session,
            Reportable(subject_of(post), post.author_id, "", post.group_id),
            reason=RULES.report_reasons[reason],
            details=None,
            actor=actor_of(by),
            policy=RULES,
            at=when,
        )


def state(database: Database, post: Post) -> PostState:
    with database.reading() as session:
        return session.get_one(Post, post.id).state


def held_events(database: Database) -> list[AuditEvent]:
    with database.reading() as session:
        return events(session, Verb.NIGHT_RULE_APPLIED)


def test_the_third_report_by_another_person_holds_the_post(database: Database) -> None:
    with database.transaction() as session:
        room = Room(session)
    (post,) = room.posts
    for peer in room.peers[:2]:
        report(database, post, peer)
    assert state(database, post) is PostState.SHOWN

    report(database, post, room.peers[2])

    assert state(database, post) is PostState.HELD
    (event,) = held_events(database)
    assert (event.actor, event.reason_code) == ("software", "night.on_post")
    assert (event.fields["reports"], event.fields["people"], event.fields["rule"]) == (3, 3, "on_post")
    assert event.fields["opens_at"].startswith("2026-06-10T07:00:00")  # eight o'clock in London
    with database.reading() as session:
        item = session.scalars(select(ReviewItem)).one()
        reasons = session.execute(
            select(ReviewReason.source, ReviewReason.code).order_by(ReviewReason.id)
        ).all()
        count = session.scalars(select(Thread.post_count).where(Thread.id == room.thread.id)).one()
    assert (item.id, item.state) == (event.fields["item"], ItemState.OPEN)
    assert reasons == [("report", "unkind"), ("report", "night.on_post")]
    assert count == 1


def test_while_somebody_is_at_the_desk_reports_hold_nothing(database: Database) -> None:
    with database.transaction() as session:
        room = Room(session)
    for peer in room.peers[:5]:
        report(database, room.posts[0], peer, when=DAY)

    assert state(database, room.posts[0]) is PostState.SHOWN
    assert not held_events(database)


def test_without_hours_there_is_no_night(database: Database) -> None:
    with database.transaction() as session:
        room = Room(session, hours=False)
    for peer in room.peers[:5]:
        report(database, room.posts[0], peer)

    assert state(database, room.posts[0]) is PostState.SHOWN


def test_reports_of_the_evening_that_wait_count_in_the_night(database: Database) -> None:
    with database.transaction() as session:
        room = Room(session)
    report(database, room.posts[0], room.peers[0], when=at(23, days=-1))
    report(database, room.posts[0], room.peers[1], when=at(23, 30, days=-1))
    report(database, room.posts[0], room.peers[2])

    assert state(database, room.posts[0]) is PostState.HELD


def test_what_somebody_has_answered_does_not_count(database: Database) -> None:
    with database.transaction() as session:
        room = Room(session)
        moderator = a_member(session, role=Role.MODERATOR)
    for peer in room.peers[:2]:
        report(database, room.posts[0], peer, when=at(22, days=-1))
    with database.transaction() as session:
        item = session.scalars(select(ReviewItem)).one()
        version = claim(session, item, moderator, at=at(23, days=-1))
        decide(
            session, item, moderator, DecisionAction.SHOW, "within_rules", version=version, at=at(23, days=-1)
        )

    report(database, room.posts[0], room.peers[2])
    assert state(database, room.posts[0]) is PostState.SHOWN


def test_five_reports_across_one_members_posts_hold_the_reported_ones(database: Database) -> None:
    with database.transaction() as session:
        room = Room(session, posts=4)
        spared = a_post(session, room.thread, room.peers[5], at=at(12, days=-1))
    first, second, third, untouched = room.posts
    for post, peer in ((first, 0), (first, 1), (second, 0), (third, 1)):
        report(database, post, room.peers[peer])
    report(database, spared, room.peers[0])
    assert {state(database, post) for post in room.posts} == {PostState.SHOWN}

    report(database, third, room.peers[2])

    assert [state(database, post) for post in room.posts] == [PostState.HELD] * 3 + [PostState.SHOWN]
    assert state(database, spared) is PostState.SHOWN
    found = held_events(database)
    assert [event.subject_ref for event in found] == [str(post.id) for post in (first, second, third)]
    assert {(event.fields["rule"], event.fields["reports"], event.fields["people"]) for event in found} == {
        ("on_member", 5, 3)
    }
    assert untouched.id not in {int(event.subject_ref or 0) for event in found}


def test_nobody_shuts_another_member_out_alone(database: Database) -> None:
    with database.transaction() as session:
        room = Room(session, posts=6)
    for post in room.posts:
        report(database, post, room.peers[0])

    assert {state(database, post) for post in room.posts} == {PostState.SHOWN}
    report(database, room.posts[0], room.peers[1])
    assert {state(database, post) for post in room.posts} == {PostState.HELD}


@pytest.mark.parametrize(
    ("reporters", "rule"),
    [
        ({}, None),
        ({1: {7, 8}}, None),
        ({1: {7, 8, 9}}, Rule.ON_POST),
        ({2: {7, 8, 9}}, None),
        ({1: {7}, 2: {7}, 3: {7}, 4: {7}, 5: {7}}, None),
        ({1: {7, 8}, 2: {7}, 3: {7}, 4: {7}}, Rule.ON_MEMBER),
        ({1: {7}, 2: {7}, 3: {7}, 4: {8}}, None),
    ],
)
def test_the_counts(reporters: dict[int, set[int]], rule: Rule | None) -> None:
    assert reached(1, reporters, RULES.values) is rule


def test_the_member_is_told_kindly_and_restricted_in_nothing(
    client: CheckingClient, database: Database, time_machine: Any
) -> None:
    travel(time_machine, NIGHT)
    with database.transaction() as session:
        room = Room(session)
    for peer in room.peers[:3]:
        report(database, room.posts[0], peer)

    client.sign_in(room.author)
    page = client.get("/notices")
    assert page.has("Your post waits until a person has read it")
    assert page.has("We are there again from 10 June 2026, 08:00 (your time)")
    assert page.has("Nobody has decided anything about you or your post")
    page = client.get(f"/t/{room.thread.id}")
    assert page.has("Some members asked us to look at this")
    assert page.has("Nobody is at the desk until 8:00 (your time)")
    client.post(f"/t/{room.thread.id}/reply", {"text": "A calm line after.", "submission": "night-1"})
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Restriction)) == 0
        newest = session.scalars(select(Post).where(Post.author_id == room.author.id).order_by(Post.id)).all()
        assert newest[-1].state is PostState.SHOWN
        told = session.scalars(select(Notice).where(Notice.member_id == room.author.id)).all()
    assert [one.kind for one in told] == ["night_hold"]

    client.sign_in(room.peers[4])
    assert not client.get(f"/t/{room.thread.id}").has("A quiet line.")


def test_the_desk_reads_why_and_showing_it_again_counts_as_a_false_alarm(
    client: CheckingClient, database: Database, time_machine: Any
) -> None:
    travel(time_machine, NIGHT)
    with database.transaction() as session:
        room = Room(session)
        moderator = a_member(session, role=Role.MODERATOR)
    for peer in room.peers[:3]:
        report(database, room.posts[0], peer)
    morning = travel(time_machine, at(8, 5))
    client.sign_in(moderator)
    assert client.get("/review").has("Held by the night rule: several members reported it")
    with database.transaction() as session:
        item = session.scalars(select(ReviewItem)).one()
        assert client.get(f"/review/{item.id}").has("Held by the night rule")
        version = claim(session, item, moderator, at=morning)
        decide(session, item, moderator, DecisionAction.SHOW, "within_rules", version=version, at=morning)

    assert state(database, room.posts[0]) is PostState.SHOWN
    with database.reading() as session:
        held = {event.fields["item"] for event in events(session, Verb.NIGHT_RULE_APPLIED)}
        shown = {
            event.fields["item"]
            for event in events(session, Verb.DECISION_MADE)
            if event.fields["action"] == "show"
        }
        (decision,) = events(session, Verb.DECISION_MADE)
        outcomes = session.scalars(select(Report.outcome)).all()
    assert len(held & shown) == 1
    assert (decision.fields["was_state"], decision.fields["triggers"]) == ("held", ["report"])
    assert outcomes == ["no_action"] * 3


def test_changing_the_words_does_not_lift_it(
    client: CheckingClient, database: Database, time_machine: Any
) -> None:
    travel(time_machine, NIGHT)
    with database.transaction() as session:
        room = Room(session)
    for peer in room.peers[:3]:
        report(database, room.posts[0], peer)
    client.sign_in(room.author)

    page = client.get(f"/p/{room.posts[0].id}/edit")
    form = next(form for form in page.forms if "text" in form.fields)
    page = page.submit(form.fill(text="A quieter line."), status=200)

    assert state(database, room.posts[0]) is PostState.HELD
    assert page.has("a person will read your change first")
    with database.reading() as session:
        item = session.scalars(select(ReviewItem)).one()
        assert item.revision_id == session.get_one(Post, room.posts[0].id).current_revision_id


def test_a_change_judged_before_the_hold_does_not_lift_it_either(database: Database, app: Any) -> None:
    with database.transaction() as session:
        room = Room(session)
        viewer = _viewer(session, room.author)
    draft = posting.draft(source="A quieter line.", title=None, note=None, chosen=(), submission="night-edit")
    made = app.extensions[KEY]
    judged = judge(
        Judges(made.detectors, made.policy, made.draw),
        post_pieces(draft.rendered, title=None, note=None),
        Circumstances(),
    )
    for peer in room.peers[:3]:
        report(database, room.posts[0], peer)

    with pytest.raises(HeldMeanwhile), database.transaction() as session:
        posting.edit(
            session,
            author=viewer,
            post_id=room.posts[0].id,
            draft=draft,
            assessment=judged,
            policy=RULES,
            inherited=(),
            at=NIGHT + timedelta(minutes=1),
        )
    assert state(database, room.posts[0]) is PostState.HELD


def test_a_report_on_a_name_holds_no_post(database: Database) -> None:
    with database.transaction() as session:
        room = Room(session)
    for peer in room.peers[:4]:
        with database.transaction() as session:
            reporting.report(
                session,
                Reportable(Subject(SubjectKind.PROFILE, room.author.id), room.author.id, "", None),
                reason=RULES.report_reasons["unkind"],
                details=None,
                actor=actor_of(peer),
                policy=RULES,
                at=NIGHT,
            )
    assert state(database, room.posts[0]) is PostState.SHOWN


def test_a_post_taken_back_stays_taken_back(database: Database) -> None:
    with database.transaction() as session:
        room = Room(session)
    for peer in room.peers[:2]:
        report(database, room.posts[0], peer)
    with database.transaction() as session:
        session.get_one(Post, room.posts[0].id).state = PostState.WITHDRAWN
    report(database, room.posts[0], room.peers[2])

    assert state(database, room.posts[0]) is PostState.WITHDRAWN
    assert not held_events(database)


def test_reports_at_the_same_moment_are_all_counted(database: Database) -> None:
    """Five people report five posts of one member at once: the fifth to come sees the other four."""
    with database.transaction() as session:
        room = Room(session, posts=5)
    ready = threading.Barrier(5)

    def one(number: int) -> None:
        ready.wait(10)
        report(database, room.posts[number], room.peers[number])

    with ThreadPoolExecutor(5) as people:
        list(people.map(one, range(5)))

    assert {state(database, post) for post in room.posts} == {PostState.HELD}


def _viewer(session: Session, member: Member) -> Viewer:
    return Viewer(
        id=member.id,
        role=member.role,
        pseudonym=member.pseudonym,
        country=member.country,
        timezone=member.timezone,
        session_id=0,
        last_used_at=NIGHT,
        second_factor_set=False,
        second_factor_passed=False,
        change_pass_phrase=False,
        rules_version=member.rules_version,
        approved_posts=member.approved_posts,
        group_ids=frozenset(session.scalars(select(Post.group_id))),
        resting_group_ids=frozenset(),
        facilitates=frozenset(),
        unread_notices=0,
        help_panel_id=None,
        help_panel_level=None,
        restricted_until=None,
    )

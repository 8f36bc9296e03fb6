"""Reporting: many on one item, one for each person, bound to what was seen, and always answered."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum import clock
from forum.actions import reporting
from forum.actions.reporting import OwnWords
from forum.db import Database
from forum.models import Member, Notice, Post, PostState
from forum.queries.reports import Reportable
from moderation.answers import Urgency
from moderation.models import Report, ReviewItem
from moderation.verbs import Verb
from moderation.workflow import DecisionAction, ItemState
from tests.review.desk import RULES, Desk, a_desk, actor_of, claim, decide, events, subject_of
from tests.support.making import a_group, a_member, a_place, a_post, a_thread


def report(
    session: Session, post: Post, who: Member, reason: str = "unkind", details: str | None = None
) -> tuple[Report, bool]:
    target = Reportable(subject_of(post), post.author_id, "Somebody", post.group_id)
    return reporting.report(
        session,
        target,
        reason=RULES.report_reasons[reason],
        details=details,
        actor=actor_of(who),
        policy=RULES,
        at=clock.now(),
    )


def a_shown_post(session: Session, readers: int = 1) -> tuple[Post, list[Member]]:
    author = a_member(session)
    others = [a_member(session) for _ in range(readers)]
    group = a_group(session, members=(author, *others))
    thread = a_thread(session, group, others[0])
    return a_post(session, thread, author), others


def test_many_reports_are_one_item_that_rises_with_the_worst(database: Database) -> None:
    with database.transaction() as session:
        post, (one, two, three) = a_shown_post(session, readers=3)
        for who, reason in ((one, "unkind"), (two, "in_danger"), (three, "unkind")):
            report(session, post, who, reason)

    with database.reading() as session:
        item = session.scalars(select(ReviewItem)).one()
        assert item.urgency == Urgency.CRISIS
        assert session.scalar(select(func.count()).select_from(Report)) == 3
        assert [event.reason_code for event in events(session, Verb.REPORT_MADE)] == [
            "unkind",
            "in_danger",
            "unkind",
        ]
        assert {report.revision_id for report in session.scalars(select(Report))} == {
            post.current_revision_id
        }
        assert session.get_one(Post, post.id).state is PostState.SHOWN


def test_a_second_report_by_the_same_person_changes_nothing(database: Database) -> None:
    with database.transaction() as session:
        post, (one,) = a_shown_post(session)
        first, new = report(session, post, one)
        second, new_again = report(session, post, one, "in_danger")

    assert (new, new_again) == (True, False)
    assert first.id == second.id
    with database.reading() as session:
        assert session.scalars(select(ReviewItem)).one().urgency == Urgency.RED
        assert len(events(session, Verb.REPORT_MADE)) == 1


def test_the_same_report_sent_six_times_at_once_is_one(database: Database) -> None:
    with database.transaction() as session:
        post, (one,) = a_shown_post(session)
    results: list[bool] = []
    start = threading.Barrier(6)

    def send() -> None:
        start.wait()
        with database.transaction() as session:
            results.append(report(session, post, one)[1])

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == [False] * 5 + [True]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Report)) == 1
        assert len(events(session, Verb.REPORT_MADE)) == 1
        assert len(events(session, Verb.ITEM_OPENED)) == 1


def test_a_crisis_report_pages_staff(database: Database) -> None:
    with database.transaction() as session:
        desk: Desk = a_desk(session, state=PostState.SHOWN)
        report(session, desk.post, desk.peer, "in_danger")

    with database.reading() as session:
        assert events(session, Verb.STAFF_PAGED)[0].fields["told"] == 3
        kinds = session.scalars(select(Notice.kind).where(Notice.member_id == desk.moderator.id)).all()
        assert kinds == ["crisis_page"]


def test_one_cannot_report_oneself(database: Database) -> None:
    with database.transaction() as session:
        post, _others = a_shown_post(session)
        with pytest.raises(OwnWords):
            report(session, post, session.get_one(Member, post.author_id))


@pytest.mark.parametrize(
    ("action", "reason", "outcome"),
    [
        (DecisionAction.SHOW, "within_rules", "no_action"),
        (DecisionAction.REMOVE, "graphic", "acted"),
    ],
)
def test_every_reporter_learns_the_outcome(
    database: Database, action: DecisionAction, reason: str, outcome: str
) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        second = a_member(session)
        a_place(session, desk.group, second)
        for who in (desk.peer, second):
            report(session, desk.post, who)
        claim(session, desk.item, desk.moderator)
        decide(session, desk.item, desk.moderator, action, reason)

    with database.reading() as session:
        made = session.scalars(select(Report)).all()
        assert {one.outcome for one in made} == {outcome}
        answered = events(session, Verb.REPORT_ANSWERED)
        assert {event.fields["report"] for event in answered} == {one.id for one in made}
        told = session.scalars(select(Notice).where(Notice.kind == "report_outcome")).all()
        assert {notice.member_id for notice in told} == {desk.peer.id, second.id}


def test_a_step_beside_the_item_answers_nobody_yet(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        report(session, desk.post, desk.peer)
        claim(session, desk.item, desk.moderator)
        decide(session, desk.item, desk.moderator, DecisionAction.LOCK_THREAD, "thread_heated")

    with database.reading() as session:
        assert session.scalars(select(Report)).one().outcome is None
        assert session.get_one(ReviewItem, desk.item.id).state is ItemState.CLAIMED


def test_a_report_after_the_decision_opens_a_new_item(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        claim(session, desk.item, desk.moderator)
        decide(session, desk.item, desk.moderator, DecisionAction.SHOW, "within_rules")
        made, _new = report(session, desk.post, desk.peer)

    assert made.item_id != desk.item.id

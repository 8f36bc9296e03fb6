"""Two things at the same moment: an appeal meets an undo, a report, or itself. One comes first, nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum import clock
from forum.actions import undoing
from forum.actions.appealing import NotOpenToAppeal
from forum.actions.undoing import CannotUndo
from forum.db import Database
from forum.models import Member, Post, PostState
from moderation.claims import NotYours
from moderation.eligibility import NotForYou
from moderation.models import Appeal, Decision, Report, ReviewItem
from moderation.verbs import Verb
from moderation.workflow import DecisionAction, ItemState
from tests.appeals.cases import answer, appeal, decided, item_of
from tests.review.desk import RULES, Desk, a_desk, actor_of, claim, events
from tests.review.test_reports import report
from tests.review.undoing import take

ROUNDS = 6


def together(database: Database, *steps: Callable[[Session], object]) -> list[object]:
    """Each step in a transaction of its own, all let go at once; what each gave or refused."""
    results: list[object] = [None] * len(steps)
    start = threading.Barrier(len(steps))

    def run(number: int, step: Callable[[Session], object]) -> None:
        start.wait()
        try:
            with database.transaction() as session:
                results[number] = step(session)
        except (NotOpenToAppeal, CannotUndo) as refusal:
            results[number] = refusal

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return results


def case(database: Database) -> tuple[Desk, Decision]:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        return desk, decided(session, desk)


def asks(decision: Decision, who: Member) -> Callable[[Session], object]:
    return lambda session: appeal(session, session.get_one(Decision, decision.id), who).id


def takes_back(decision: Decision, who: Member) -> Callable[[Session], object]:
    reason = RULES.reasons_for(DecisionAction.UNDO)[0]
    return lambda session: undoing.undo(
        session,
        decision.id,
        reason=reason,
        only_in_time=False,
        actor=actor_of(who),
        policy=RULES,
        at=clock.now(),
    )


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_an_appeal_and_an_undo_of_the_same_decision(database: Database, _round: int) -> None:
    desk, decision = case(database)
    asked, undone = together(database, asks(decision, desk.author), takes_back(decision, desk.moderator))

    refused = [isinstance(one, Exception) for one in (asked, undone)]
    assert sorted(refused) == [False, True], (asked, undone)
    with database.reading() as session:
        post, appeals = session.get_one(Post, desk.post.id), session.scalar(select(func.count(Appeal.id)))
        open_items = session.scalars(select(ReviewItem).where(ReviewItem.state != ItemState.DECIDED)).all()
        assert len(open_items) == 1
        if refused[0]:
            assert (post.state, appeals, open_items[0].state) == (PostState.SHOWN, 0, ItemState.OPEN)
        else:
            assert (post.state, appeals, open_items[0].state) == (PostState.REMOVED, 1, ItemState.APPEALED)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_an_appeal_and_a_report_of_the_same_post(database: Database, _round: int) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        decision = decided(session, desk, DecisionAction.SHOW_WITH_LABEL, labels=("graphic_injury",))
    together(
        database,
        asks(decision, desk.author),
        lambda session: report(session, session.get_one(Post, desk.post.id), desk.peer),
    )

    with database.reading() as session:
        item = session.scalars(select(ReviewItem).where(ReviewItem.state != ItemState.DECIDED)).one()
        made, told = session.scalars(select(Appeal)).one(), session.scalars(select(Report)).one()
        assert item.state is ItemState.APPEALED
        assert (made.item_id, told.item_id) == (item.id, item.id)


def test_the_same_form_six_times_at_once_is_one_appeal(database: Database) -> None:
    desk, decision = case(database)
    results = together(database, *[asks(decision, desk.author)] * 6)

    assert len(set(results)) == 1
    with database.reading() as session:
        assert session.scalar(select(func.count(Appeal.id))) == 1
        assert len(events(session, Verb.APPEAL_MADE)) == 1
        made = session.scalars(select(Appeal)).one()
        assert item_of(session, made).state is ItemState.APPEALED


def test_an_appeal_meets_a_decision_that_is_taken_back_before_anybody_was_told(database: Database) -> None:
    """The appeal is about the thread's lock; the removal beside it is undone in its ten seconds."""
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        desk.thread.author_id = desk.author.id
        lock = decided(session, desk, DecisionAction.LOCK_THREAD, "thread_heated")
        removal = take(session, item_now(session, desk), desk.moderator, DecisionAction.REMOVE)
        with pytest.raises(NotOpenToAppeal):
            appeal(session, removal, desk.author)
        made = appeal(session, lock, desk.author)
    with database.transaction() as session:
        undoing.undo(
            session,
            removal.id,
            reason=RULES.reasons_for(DecisionAction.UNDO)[0],
            only_in_time=True,
            actor=actor_of(desk.moderator),
            policy=RULES,
            at=clock.now(),
        )
    with database.transaction() as session:
        assert session.get_one(Post, desk.post.id).state is PostState.SHOWN
        assert item_of(session, made).state is ItemState.APPEALED
        with pytest.raises((NotYours, NotForYou)):
            answer(session, made, desk.moderator)
        # What was undone is to be decided anew, by anybody; the appeal is still for another person.
        claim(session, item_of(session, made), desk.moderator)
        with pytest.raises(NotForYou):
            answer(session, made, desk.moderator)


def item_now(session: Session, desk: Desk) -> ReviewItem:
    return session.get_one(ReviewItem, desk.item.id, populate_existing=True)

"""Two people at the same moment: neither waits for the other for ever, and nothing is done twice.

One of them is stopped in the middle of the real action, at the statement where it used to go wrong.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from forum import clock
from forum.actions import accounts, groups, judging, policies, posting, staff, throttle, withdrawing
from forum.actions.policies import PolicyChanged
from forum.actions.staff import LastAdmin
from forum.actions.throttle import TooManyTries
from forum.db import Database
from forum.models import (
    Member,
    Membership,
    MembershipState,
    MemberState,
    Post,
    PostState,
    PseudonymState,
    Role,
    Thread,
)
from forum.permissions import Refused
from forum.queries.viewer import Viewer
from moderation import sampling
from moderation.audit import Actor
from moderation.detectors.fixed import fixed_detector
from moderation.models import AuditEvent, PolicyVersion
from moderation.policy import Policy, load_policy
from moderation.subject import Circumstances
from tests.support.making import a_group, a_member, a_thread

RULES = load_policy()
JUDGES = judging.Judges((fixed_detector(),), RULES, sampling.never)
Step = Callable[[Session], object]


def both(database: Database, first: Step, second: Step, *, stop_at: str) -> list[object]:
    """Run both. `first` stops before its first statement with `stop_at`, until `second` is through or waits."""
    reached, through = threading.Event(), threading.Event()
    stopped: list[int] = []

    def run(step: Step) -> object:
        try:
            with database.transaction() as session:
                return step(session)
        except (LastAdmin, PolicyChanged, Refused, TooManyTries) as refusal:
            return refusal

    def run_first() -> object:
        stopped.append(threading.get_ident())
        try:
            return run(first)
        finally:
            reached.set()

    def run_second() -> object:
        reached.wait(10)
        try:
            return run(second)
        finally:
            through.set()

    def stop(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if stop_at in statement and threading.get_ident() in stopped and not reached.is_set():
            reached.set()
            through.wait(0.3 if database.is_sqlite else 2)  # SQLite's other writer waits for this one anyway

    event.listen(database.engine, "before_cursor_execute", stop)
    try:
        with ThreadPoolExecutor(2) as pool:
            running = [pool.submit(run_first), pool.submit(run_second)]
            return [one.result(30) for one in running]
    finally:
        event.remove(database.engine, "before_cursor_execute", stop)


def as_viewer(member: Member, groups: Sequence[int]) -> Viewer:
    return Viewer(
        id=member.id,
        role=member.role,
        pseudonym=member.pseudonym,
        country=member.country,
        timezone=member.timezone,
        session_id=1,
        last_used_at=clock.now(),
        second_factor_set=False,
        second_factor_passed=False,
        change_pass_phrase=False,
        rules_version=1,
        approved_posts=member.approved_posts,
        group_ids=frozenset(groups),
        resting_group_ids=frozenset(),
        facilitates=frozenset(),
        unread_notices=0,
        help_panel_id=None,
        help_panel_level=None,
        restricted_until=None,
    )


def a_draft(submission: str, title: str | None = None) -> posting.Draft:
    return posting.draft(source="Calm words.", title=title, note=None, chosen=(), submission=submission)


def a_reply(author: Member, thread: Thread, answers: int | None = None) -> Step:
    written = a_draft(f"a-reply-by-{author.id}")
    pieces = judging.post_pieces(written.rendered, title=None, note=None)

    def step(session: Session) -> object:
        return posting.reply(
            session,
            author=as_viewer(author, [thread.group_id]),
            thread_id=thread.id,
            draft=written,
            assessment=judging.judge(JUDGES, pieces, Circumstances()),
            policy=RULES,
            inherited=(),
            reply_to_id=answers,
            quotes_id=None,
            at=clock.now(),
        )

    return step


def test_a_post_is_taken_back_while_somebody_answers_it(database: Database) -> None:
    with database.transaction() as session:
        writer, other = a_member(session), a_member(session)
        thread = a_thread(session, a_group(session, members=(writer, other)), writer)
        post_id = session.scalars(select(Post.id).where(Post.thread_id == thread.id)).one()

    def take_back(session: Session) -> None:
        withdrawing.withdraw(
            session,
            author=as_viewer(writer, [thread.group_id]),
            actor=Actor(writer.id, "member"),
            post_id=post_id,
            at=clock.now(),
        )

    both(database, take_back, a_reply(other, thread, post_id), stop_at="FROM threads")
    with database.reading() as session:
        found = session.scalars(select(Post.state).order_by(Post.id)).all()
        counted = session.get_one(Thread, thread.id).post_count
    assert list(found) == [PostState.WITHDRAWN, PostState.SHOWN]
    assert counted == 1


def test_two_people_answer_each_other(database: Database) -> None:
    with database.transaction() as session:
        one, other = a_member(session), a_member(session)
        group = a_group(session, members=(one, other))
        of_one, of_other = a_thread(session, group, one), a_thread(session, group, other)
    both(database, a_reply(one, of_other), a_reply(other, of_one), stop_at="INSERT INTO notices")
    with database.reading() as session:
        assert session.get_one(Thread, of_one.id).post_count == 2
        assert session.get_one(Thread, of_other.id).post_count == 2
        assert session.get_one(Member, one.id).approved_posts == one.approved_posts + 1


def test_one_form_sent_twice_at_once_is_one_thread(database: Database) -> None:
    with database.transaction() as session:
        writer = a_member(session)
        group = a_group(session, members=(writer,))
    written = a_draft("a-thread-sent-twice", title="A hard week")
    pieces = judging.post_pieces(written.rendered, title=written.title, note=None)

    def press(session: Session) -> object:
        return posting.start_thread(
            session,
            author=as_viewer(writer, [group.id]),
            group_id=group.id,
            draft=written,
            assessment=judging.judge(JUDGES, pieces, Circumstances()),
            policy=RULES,
            at=clock.now(),
        )

    answers = both(database, press, press, stop_at="FROM threads")
    assert sorted(one.repeated for one in answers if isinstance(one, posting.Written)) == [False, True]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Thread)) == 1


def test_two_admins_who_remove_each_other_leave_one(database: Database) -> None:
    with database.transaction() as session:
        one, other = a_member(session, role=Role.ADMIN), a_member(session, role=Role.ADMIN)

    def remove(actor: Member, target: Member) -> Step:
        def step(session: Session) -> None:
            staff.close(
                session,
                actor=Actor(actor.id, "admin"),
                member_id=target.id,
                reason="left_team",
                at=clock.now(),
            )

        return step

    answers = both(database, remove(one, other), remove(other, one), stop_at="ORDER BY members.id")
    assert sum(isinstance(answer, LastAdmin) for answer in answers) == 1
    with database.reading() as session:
        admins = session.scalars(
            select(Member).where(Member.role == Role.ADMIN, Member.state == MemberState.ACTIVE)
        ).all()
    assert len(admins) == 1
    assert admins[0].pseudonym_state is PseudonymState.SHOWN


def test_many_guesses_at_once_gain_nothing(database: Database) -> None:
    key = throttle.Key("a" * 64, free=2)
    moment = clock.now()
    with database.transaction() as session:
        throttle.note_try(session, [key], at=moment)

    def guess(session: Session) -> None:
        throttle.note_try(session, [key], at=moment)

    answers = both(database, guess, guess, stop_at="INSERT INTO sign_in_attempts")
    assert sum(isinstance(answer, TooManyTries) for answer in answers) == 1


@pytest.mark.parametrize("digest", [RULES.digest, "0" * 64], ids=["same words", "other words"])
def test_two_processes_that_start_at_once_put_one_policy_in_force(database: Database, digest: str) -> None:
    other = dataclasses.replace(RULES, digest=digest)

    def start(policy: Policy) -> Step:
        return lambda session: policies.activate(session, policy, at=clock.now())

    answers = both(database, start(RULES), start(other), stop_at="INSERT INTO policy_versions")
    assert True in answers
    assert (False in answers) == (digest == RULES.digest)
    assert any(isinstance(answer, PolicyChanged) for answer in answers) == (digest != RULES.digest)
    with database.reading() as session:
        kept = session.scalars(select(PolicyVersion)).all()
        events = select(func.count()).where(AuditEvent.verb == "policy.activated")
        assert (len(kept), session.scalar(events)) == (1, 1)


@pytest.mark.parametrize("first", ["closes", "joins"])
def test_an_account_that_is_closed_keeps_no_place(database: Database, first: str) -> None:
    """A second window joins while the first closes the account."""
    with database.transaction() as session:
        person, group = a_member(session), a_group(session)

    def close(session: Session) -> None:
        accounts.close_own(session, person.id, at=clock.now())

    def join(session: Session) -> object:
        return groups.join(
            session, actor=Actor(person.id, "member"), group_id=group.id, policy=RULES, at=clock.now()
        )

    if first == "closes":
        both(database, close, join, stop_at="UPDATE members")
    else:
        both(database, join, close, stop_at="INSERT INTO memberships")
    with database.reading() as session:
        places = select(func.count()).where(Membership.state != MembershipState.LEFT)
        assert session.scalar(places) == 0
        assert session.get_one(Member, person.id).state is MemberState.CLOSED

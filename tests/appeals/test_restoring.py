"""What a successful appeal puts back, and what it leaves because somebody wrote or decided something newer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from forum import clock
from forum.actions import appealing
from forum.actions.appealing import NotOpenToAppeal
from forum.db import Database
from forum.models import Member, Notice, Post, PostState, PseudonymState, Revision
from moderation import labels, queue
from moderation.answers import Urgency
from moderation.appealable import Closed
from moderation.audit import SOFTWARE
from moderation.models import Appeal, Decision, Report, ReviewItem
from moderation.subject import Span, Subject, SubjectKind
from moderation.verbs import Verb
from moderation.workflow import DecisionAction, ItemState
from tests.appeals.cases import UPHELD, appeal, decided, item_of, settle
from tests.review.desk import WORDS, Desk, a_desk, claim, decide, events
from tests.review.test_reports import report

MASKED = Span(WORDS.index("[graphic"), WORDS.index("]") + 1)
TAKES: dict[DecisionAction, dict[str, Any]] = {
    DecisionAction.SHOW_WITH_LABEL: {"labels": ("graphic_injury",)},
    DecisionAction.MASK: {"spans": (MASKED,), "labels": ("urge_now",)},
    DecisionAction.ASK_EDIT: {},
    DecisionAction.KEEP_HELD: {},
    DecisionAction.REMOVE: {},
}


def stands(database: Database, desk: Desk) -> tuple[object, ...]:
    """Everything a reader could notice of the post."""
    with database.reading() as session:
        post = session.get_one(Post, desk.post.id)
        revision = session.get_one(Revision, post.current_revision_id)
        standing = labels.codes_on(session, [revision.id]).get(revision.id, ())
        thread = session.get_one(type(desk.thread), desk.thread.id)
        return (
            post.state,
            post.shown_revision_id,
            post.collapsed,
            " ".join(revision.html.split()),
            revision.masked,
            frozenset(standing),
            thread.post_count,
            thread.title,
        )


@pytest.mark.parametrize("action", TAKES)
def test_success_restores_exactly_what_was(database: Database, action: DecisionAction) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
    before = stands(database, desk)
    with database.transaction() as session:
        made = appeal(session, decided(session, desk, action, **TAKES[action]), desk.author)
    assert stands(database, desk) != before
    with database.transaction() as session:
        settle(session, made, desk.other)
    assert stands(database, desk) == before


@pytest.mark.parametrize("action", [DecisionAction.KEEP_HELD, DecisionAction.REMOVE, DecisionAction.ASK_EDIT])
def test_a_post_that_only_software_held_is_shown(database: Database, action: DecisionAction) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        settle(session, appeal(session, decided(session, desk, action), desk.author), desk.other)
    with database.reading() as session:
        assert session.get_one(Post, desk.post.id).state is PostState.SHOWN


def test_a_post_that_another_person_kept_back_goes_back_to_that_and_can_be_appealed_on(
    database: Database,
) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        first = decided(session, desk, DecisionAction.KEEP_HELD)
        report(session, desk.post, desk.peer)
        item = session.scalars(select(ReviewItem).where(ReviewItem.state != ItemState.DECIDED)).one()
        claim(session, item, desk.other)
        second = decide(session, item, desk.other, DecisionAction.REMOVE, "graphic")
        with pytest.raises(NotOpenToAppeal) as refusal:
            appeal(session, first, desk.author)
        assert refusal.value.why is Closed.NEWER
        settle(session, appeal(session, second, desk.author), desk.lead)
        assert desk.post.state.value == "held"
        settle(session, appeal(session, first, desk.author), desk.lead)
        assert desk.post.state.value == "shown"


def test_a_name_is_shown_again(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        item = queue.open_item(
            session,
            Subject(SubjectKind.PROFILE, desk.author.id),
            author_ref=desk.author.id,
            group_ref=None,
            urgency=Urgency.RED,
            source="report",
            codes=("unkind",),
            assessment_id=None,
            policy=1,
            actor=SOFTWARE,
            at=clock.now(),
        )
        claim(session, item, desk.moderator)
        decision = decide(session, item, desk.moderator, DecisionAction.REMOVE, "personal_info")
        assert desk.author.pseudonym_state is PseudonymState.REMOVED
        settle(session, appeal(session, decision, desk.author), desk.other)
    with database.reading() as session:
        assert session.get_one(Member, desk.author.id).pseudonym_state is PseudonymState.SHOWN


def test_what_the_author_wrote_since_waits_for_a_person_as_it_did(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        made = appeal(session, decided(session, desk, DecisionAction.ASK_EDIT), desk.author)
        newer = Revision(
            post_id=desk.post.id,
            number=2,
            source="Newer words.",
            plain="Newer words.",
            html="<p>Newer words.</p>",
            render_version=1,
            submission="newer",
            written_at=clock.now(),
        )
        session.add(newer)
        session.flush()
        desk.post.current_revision_id, desk.post.state = newer.id, PostState.HELD
        subject = Subject(SubjectKind.POST, desk.post.id, newer.id)
        queue.open_item(
            session,
            subject,
            author_ref=desk.author.id,
            group_ref=desk.group.id,
            urgency=Urgency.RED,
            source="software",
            codes=("held_by_person",),
            assessment_id=None,
            policy=1,
            actor=SOFTWARE,
            at=clock.now(),
        )
        settle(session, made, desk.other)
    with database.reading() as session:
        assert session.get_one(Post, desk.post.id).state is PostState.HELD
        assert session.get_one(Appeal, made.id).restored is False
        assert item_of(session, made).state is ItemState.OPEN


def test_reporters_learn_that_it_was_taken_back_and_only_then(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        told, _new = report(session, desk.post, desk.peer)
        decision = decided(session, desk)
        assert told.outcome == "acted"
        made = appeal(session, decision, desk.author)
        settle(session, made, desk.other)
    with database.reading() as session:
        assert session.get_one(Report, told.id).outcome == "taken_back"
        kinds = session.scalars(
            select(Notice.kind).where(Notice.member_id == desk.peer.id).order_by(Notice.id)
        ).all()
        assert kinds == ["report_outcome", "report_corrected"]


def test_reporters_are_not_told_again_when_the_decision_stays(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        report(session, desk.post, desk.peer)
        settle(session, appeal(session, decided(session, desk), desk.author), desk.other, UPHELD)
    with database.reading() as session:
        assert session.scalars(select(Notice.kind).where(Notice.member_id == desk.peer.id)).all() == [
            "report_outcome"
        ]


def refusal(database: Database, decision: Decision, who: Member, *, later: timedelta = timedelta()) -> Closed:
    with database.transaction() as session, pytest.raises(NotOpenToAppeal) as refused:
        appeal(session, session.get_one(Decision, decision.id), who, at=clock.now() + later)
    return refused.value.why


def test_what_cannot_be_appealed(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        care = decided(session, desk, DecisionAction.CHECK_IN, "worried")
        asked = decided(session, desk, DecisionAction.ESCALATE, "needs_a_lead")
        removal = decided(session, desk, who=desk.lead)
    assert refusal(database, care, desk.author) is Closed.NOT_THIS_KIND
    assert refusal(database, asked, desk.author) is Closed.NOT_THIS_KIND
    assert refusal(database, removal, desk.author, later=timedelta(days=28, minutes=1)) is Closed.TOO_LATE
    with database.transaction() as session:
        session.get_one(Decision, removal.id).author_told_at = None
    assert refusal(database, removal, desk.author) is Closed.NOT_TOLD
    with database.transaction() as session:
        session.get_one(Decision, removal.id).author_told_at = clock.now()
        session.get_one(Post, desk.post.id).state = PostState.WITHDRAWN
    assert refusal(database, removal, desk.author) is Closed.CHANGED


def test_each_decision_once_and_one_at_a_time(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        pause = decided(session, desk, DecisionAction.RESTRICT, "advert", days=3)
        removal = decided(session, desk)
        made = appeal(session, removal, desk.author)
    assert refusal(database, pause, desk.author) is Closed.ANOTHER_WAITS
    with database.transaction() as session:
        settle(session, session.get_one(Appeal, made.id), desk.other, UPHELD)
        again = appeal(session, session.get_one(Decision, removal.id), desk.author)
        assert again.id == made.id
        appeal(session, session.get_one(Decision, pause.id), desk.author)


def test_somebody_elses_decision_is_not_there_to_appeal(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        decision = decided(session, desk)
        with pytest.raises(appealing.NoSuchDecision):
            appeal(session, decision, desk.peer)
    with database.reading() as session:
        assert not events(session, Verb.APPEAL_MADE)


def test_the_clock_of_an_appeal_begins_with_the_appeal(database: Database) -> None:
    late = clock.now() + timedelta(days=9)
    with database.transaction() as session:
        desk = a_desk(session, urgency=Urgency.CRISIS, state=PostState.SHOWN)
        made = appeal(session, decided(session, desk), desk.author, at=late)
        item = item_of(session, made)
        assert (item.opened_at, item.decided_at, item.urgency) == (late, None, Urgency.AMBER)

"""Promise 9: an appeal is never settled by anybody who had a hand in the decision, whatever they try."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from forum import clock
from forum.actions import reviewing
from forum.db import Database
from forum.models import Member, Notice, PostState, Role
from moderation import queue
from moderation.answers import Urgency
from moderation.audit import SOFTWARE
from moderation.claims import NotYours
from moderation.eligibility import Conflict, NotForYou
from moderation.models import Appeal, AppealOutcome, Claim
from moderation.verbs import Verb
from moderation.workflow import DecisionAction, ItemState
from tests.appeals.cases import UPHELD, answer, appeal, decided, item_of, settle
from tests.review.desk import RULES, a_desk, actor_of, claim, decide, events, subject_of
from tests.support.making import a_member


def refused(session: Session, made: Appeal, who: Member) -> Conflict:
    with pytest.raises(NotForYou) as refusal:
        reviewing.claim(session, made.item_id, actor=actor_of(who), policy=RULES, at=clock.now())
    return refusal.value.conflict


def a_report_arrives(session: Session, made: Appeal, urgency: Urgency = Urgency.RED) -> None:
    """Other work on the same subject, as a report brings it."""
    item = item_of(session, made)
    queue.open_item(
        session,
        queue.subject_of(item),
        author_ref=item.author_ref,
        group_ref=item.group_ref,
        urgency=urgency,
        source="report",
        codes=("unkind",),
        assessment_id=None,
        policy=1,
        actor=SOFTWARE,
        at=clock.now(),
    )


def test_another_person(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        made = appeal(session, decided(session, desk), desk.author)
        assert item_of(session, made).state is ItemState.APPEALED
        assert refused(session, made, desk.moderator) is Conflict.APPEAL_SECOND_PERSON
        settle(session, made, desk.other)

    with database.reading() as session:
        done = session.get_one(Appeal, made.id)
        assert (done.outcome, done.decided_by_ref) == (AppealOutcome.OVERTURNED, desk.other.id)
        assert item_of(session, made).state is ItemState.DECIDED
        (event,) = events(session, Verb.APPEAL_DECIDED)
        assert event.fields["outcome"] == "overturned"
        assert event.fields["restored"] is True
        assert not events(session, Verb.ITEM_EXCEPTION_MADE)


def test_whoever_asked_for_a_lead_before_the_decision_had_a_hand_in_it(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        decided(session, desk, DecisionAction.ESCALATE, "needs_a_lead")
        made = appeal(session, decided(session, desk, who=desk.lead), desk.author)
        assert refused(session, made, desk.moderator) is Conflict.APPEAL_SECOND_PERSON
        assert refused(session, made, desk.lead) is Conflict.APPEAL_SECOND_PERSON
        settle(session, made, desk.other, UPHELD)


def test_care_is_no_hand_in_a_decision(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        decided(session, desk, DecisionAction.CHECK_IN, "worried", who=desk.other)
        reviewing.hand_back(session, desk.item.id, actor=actor_of(desk.other), at=clock.now())
        made = appeal(session, decided(session, desk), desk.author)
        settle(session, made, desk.other)


def test_a_decider_who_is_also_the_only_one_left_is_not_excused_and_it_waits(database: Database) -> None:
    with database.transaction() as session:
        admin = a_member(session, role=Role.ADMIN)
        desk = a_desk(session, state=PostState.SHOWN, lead=False)
        desk.other.role = Role.MEMBER
        made = appeal(session, decided(session, desk), desk.author)
        assert refused(session, made, desk.moderator) is Conflict.APPEAL_SECOND_PERSON

    with database.reading() as session:
        (event,) = events(session, Verb.APPEAL_MADE)
        assert event.fields["eligible"] == 0
        notice = session.scalars(select(Notice).where(Notice.member_id == admin.id)).one()
        assert notice.kind == "appeal_stuck"


def test_nobody_settles_an_appeal_of_their_own(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        desk.author.role = Role.LEAD
        made = appeal(session, decided(session, desk), desk.author)
        assert refused(session, made, desk.author) is Conflict.OWN_WORDS
        a_report_arrives(session, made)
        desk.moderator.role = desk.other.role = desk.lead.role = Role.MEMBER
        claim(session, item_of(session, made), desk.author)  # nobody else could look at the report
        with pytest.raises(NotForYou):
            answer(session, made, desk.author)


def test_a_claim_from_before_the_appeal_does_not_count(database: Database) -> None:
    """The decider holds the item for its other work when the appeal arrives; then even a lapsed hold is no door."""
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        decision = decided(session, desk)
        item = queue.open_item(
            session,
            subject_of(desk.post),
            author_ref=desk.author.id,
            group_ref=desk.group.id,
            urgency=Urgency.RED,
            source="report",
            codes=("unkind",),
            assessment_id=None,
            policy=1,
            actor=SOFTWARE,
            at=clock.now(),
        )
        claim(session, item, desk.moderator)
        made = appeal(session, decision, desk.author)
        assert made.item_id == item.id
        with pytest.raises(NotYours):
            answer(session, made, desk.moderator)
        # They may still take the report that came along, but not the appeal.
        claim(session, item_of(session, made), desk.moderator)
        with pytest.raises(NotForYou):
            answer(session, made, desk.moderator)

    late = clock.now() + timedelta(hours=1)
    with database.transaction() as session, pytest.raises(NotForYou):
        answer(session, session.get_one(Appeal, made.id), session.get_one(Member, desk.moderator.id), at=late)


def test_a_report_beside_an_appeal_is_never_blocked_and_never_settles_it(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        made = appeal(
            session,
            decided(session, desk, DecisionAction.SHOW_WITH_LABEL, labels=("graphic_injury",)),
            desk.author,
        )
        a_report_arrives(session, made, Urgency.CRISIS)
        item = item_of(session, made)
        claim(session, item, desk.moderator)
        decide(session, item, desk.moderator, DecisionAction.REMOVE, "comparison")
        assert item_of(session, made).state is ItemState.APPEALED
        assert refused(session, made, desk.moderator) is Conflict.APPEAL_SECOND_PERSON
        settle(session, made, desk.other)
        assert item_of(session, made).state is ItemState.DECIDED
        assert desk.post.state is PostState.REMOVED


def test_work_that_came_beside_an_appeal_is_still_there_when_it_is_settled(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        made = appeal(session, decided(session, desk), desk.author)
        a_report_arrives(session, made)
        settle(session, made, desk.other, UPHELD)
        item = item_of(session, made)
        assert (item.state, item.decided_at) == (ItemState.OPEN, None)
        claim(session, item, desk.moderator)


def test_an_ordinary_step_does_not_end_an_appeal(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        made = appeal(session, decided(session, desk), desk.author)
        claim(session, item_of(session, made), desk.other)
        with pytest.raises(NotYours):
            decide(session, item_of(session, made), desk.other, DecisionAction.SHOW, "within_rules")
        assert item_of(session, made).state is ItemState.APPEALED


def test_an_appeal_that_goes_to_a_lead_is_for_a_lead_who_had_no_part(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        made = appeal(session, decided(session, desk), desk.author)
        item = item_of(session, made)
        claim(session, item, desk.other)
        decide(session, item, desk.other, DecisionAction.ESCALATE, "needs_a_lead")
        assert item_of(session, made).state is ItemState.APPEALED
        assert refused(session, made, desk.other) is Conflict.SECOND_PERSON
        assert refused(session, made, desk.moderator) is Conflict.APPEAL_SECOND_PERSON
        settle(session, made, desk.lead)


def test_where_the_only_lead_took_the_decision_another_moderator_answers(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        made = appeal(session, decided(session, desk, who=desk.lead), desk.author)
        item = item_of(session, made)
        claim(session, item, desk.other)
        decide(session, item, desk.other, DecisionAction.ESCALATE, "needs_a_lead")
        assert refused(session, made, desk.lead) is Conflict.APPEAL_SECOND_PERSON
        settle(session, made, desk.moderator)

    with database.reading() as session:
        assert [event.fields["rule"] for event in events(session, Verb.ITEM_EXCEPTION_MADE)] == ["no_lead"]


@pytest.mark.parametrize("who", ["moderator", "author"])
def test_the_database_refuses_the_row(database: Database, who: str) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        made = appeal(session, decided(session, desk), desk.author)
    statement = text("UPDATE appeals SET outcome = 'upheld', decided_by_ref = :who WHERE id = :id")
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(statement, {"who": getattr(desk, who).id, "id": made.id})


def test_claims_end_when_an_appeal_meets_them(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        decision = decided(session, desk, DecisionAction.LOCK_THREAD, "thread_heated")
        desk.thread.author_id = desk.author.id
        session.flush()
        appeal(session, decision, desk.author)
        ended = session.scalars(select(Claim).order_by(Claim.id.desc())).first()
        assert ended is not None
        assert ended.release_reason == "appealed"

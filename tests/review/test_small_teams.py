"""Nobody decides about themselves, a second look is by a second person, and small teams never deadlock."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from forum import clock
from forum.actions import reviewing
from forum.db import Database
from forum.models import Member, Role
from moderation import queue
from moderation.answers import Urgency
from moderation.audit import SOFTWARE
from moderation.eligibility import Conflict, NotForYou
from moderation.models import ReviewItem
from moderation.subject import Subject, SubjectKind
from moderation.verbs import Verb
from moderation.workflow import DecisionAction
from tests.review.desk import RULES, actor_of, claim, decide, events
from tests.support.making import a_member


def about(session: Session, author: Member, *, for_lead: bool = False) -> ReviewItem:
    """An item about somebody's pseudonym: the shortest kind of item."""
    return queue.open_item(
        session,
        Subject(SubjectKind.PROFILE, author.id),
        author_ref=author.id,
        group_ref=None,
        urgency=Urgency.RED,
        source="software",
        codes=("contact.sure",),
        assessment_id=None,
        policy=1,
        actor=SOFTWARE,
        at=clock.now(),
        for_lead=for_lead,
    )


def refused(session: Session, item: ReviewItem, who: Member) -> Conflict:
    with pytest.raises(NotForYou) as refusal:
        reviewing.claim(session, item.id, actor=actor_of(who), policy=RULES, at=clock.now())
    return refusal.value.conflict


def exceptions(database: Database) -> list[str]:
    with database.reading() as session:
        return [event.fields["rule"] for event in events(session, Verb.ITEM_EXCEPTION_MADE)]


def test_nobody_claims_an_item_about_themselves(database: Database) -> None:
    with database.transaction() as session:
        one, other = a_member(session, role=Role.MODERATOR), a_member(session, role=Role.MODERATOR)
        item = about(session, one)
        assert refused(session, item, one) is Conflict.OWN_WORDS
        claim(session, item, other)
    assert exceptions(database) == []


def test_a_leads_item_is_not_for_a_moderator(database: Database) -> None:
    with database.transaction() as session:
        moderator, lead = a_member(session, role=Role.MODERATOR), a_member(session, role=Role.LEAD)
        item = about(session, a_member(session), for_lead=True)
        assert refused(session, item, moderator) is Conflict.FOR_A_LEAD
        claim(session, item, lead)
    assert exceptions(database) == []


def test_the_one_who_asked_does_not_answer(database: Database) -> None:
    with database.transaction() as session:
        one, other = a_member(session, role=Role.LEAD), a_member(session, role=Role.LEAD)
        item = about(session, a_member(session))
        claim(session, item, one)
        decide(session, item, one, DecisionAction.ESCALATE, "needs_a_lead")
        assert refused(session, item, one) is Conflict.SECOND_PERSON
        claim(session, item, other)
    assert exceptions(database) == []


def test_the_only_lead_answers_her_own_question_and_it_is_recorded(database: Database) -> None:
    with database.transaction() as session:
        lead = a_member(session, role=Role.LEAD)
        a_member(session, role=Role.MODERATOR)
        item = about(session, a_member(session))
        claim(session, item, lead)
        decide(session, item, lead, DecisionAction.ESCALATE, "needs_a_lead")
        claim(session, item, lead)
    assert exceptions(database) == ["second_person"]


def test_without_a_lead_another_moderator_takes_it_and_it_is_recorded(database: Database) -> None:
    with database.transaction() as session:
        one, other = a_member(session, role=Role.MODERATOR), a_member(session, role=Role.MODERATOR)
        item = about(session, a_member(session))
        claim(session, item, one)
        decide(session, item, one, DecisionAction.ESCALATE, "needs_a_lead")
        assert refused(session, item, one) is Conflict.SECOND_PERSON
        claim(session, item, other)
    assert exceptions(database) == ["no_lead"]


def test_a_team_of_one_can_finish_even_its_own_item_and_it_is_recorded(database: Database) -> None:
    with database.transaction() as session:
        lead = a_member(session, role=Role.LEAD)
        item = about(session, lead)
        claim(session, item, lead)
        decide(session, item, lead, DecisionAction.SHOW, "within_rules")
    assert exceptions(database) == ["own_words"]


def test_a_clinician_takes_no_item_about_herself(database: Database) -> None:
    with database.transaction() as session:
        clinician = a_member(session, role=Role.CLINICIAN)
        a_member(session, role=Role.MODERATOR)
        assert refused(session, about(session, clinician), clinician) is Conflict.OWN_WORDS

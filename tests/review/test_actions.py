"""Each fixed action from end to end: what it does, who is told, and what the record says of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import clock
from forum.actions import reviewing
from forum.db import Database
from forum.models import Member, Notice, Post, PostState, PseudonymState, Revision, Role, Thread
from forum.permissions import Refused
from moderation import labels, queue
from moderation.answers import Urgency
from moderation.audit import SOFTWARE
from moderation.models import CareContact, Decision, LabelSource, Restriction, ReviewItem
from moderation.subject import Span, Subject, SubjectKind
from moderation.verbs import Verb
from moderation.verdicts import Illegality, Incomplete, Intention, Lack, Offence, View
from moderation.workflow import DecisionAction, ItemState
from tests.review.desk import RULES, WORDS, a_desk, actor_of, an_item, claim, decide, events
from tests.support.making import a_member

HOUSE_RULE = Illegality(View.NO)


def notices_of(session: Session, member: Member) -> list[Notice]:
    return list(session.scalars(select(Notice).where(Notice.member_id == member.id).order_by(Notice.id)))


def test_show_lets_the_group_read_and_tells_the_author(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        desk.author.approved_posts = 0
        at = clock.now()
        claim(session, desk.item, desk.moderator, at=at)
        reviewing.open_text(session, desk.item.id, actor=actor_of(desk.moderator), at=at)
        made = decide(
            session, desk.item, desk.moderator, DecisionAction.SHOW, "welcome", at=at + timedelta(seconds=40)
        )

    with database.reading() as session:
        assert session.get_one(Post, desk.post.id).state is PostState.SHOWN
        assert session.get_one(Member, desk.author.id).approved_posts == 1
        [notice] = notices_of(session, desk.author)
        assert (notice.kind, notice.data["decision"]) == ("decision", made.id)
        [event] = events(session, Verb.DECISION_MADE)
        assert event.reason_code == "welcome"
        assert event.policy_version == RULES.version
        assert event.commitment == "a" * 64
        assert event.fields["was_state"] == "held"
        assert event.fields["now_state"] == "shown"
        assert event.fields["scores"] == {"graphic_injury": 930}
        assert event.fields["suggested_display"] == "hold"
        assert event.fields["agreed_with_software"] is False
        assert event.fields["seconds_viewing"] == 40
        assert event.fields["seconds_waiting"] >= 300
        assert event.fields["triggers"] == ["software"]
        [told] = events(session, Verb.AUTHOR_TOLD)
        assert told.fields == {"decision": made.id, "notice": notice.id}
        [read] = events(session, Verb.HELD_TEXT_READ)
        assert read.fields["revision"] == desk.item.revision_id


def test_show_with_a_label_collapses_and_keeps_the_authors_own(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        revision_id = desk.post.current_revision_id or 0
        for code, source in (("urge_now", LabelSource.AUTHOR), ("eating", LabelSource.CLASSIFIER)):
            labels.apply(session, desk.post.id, revision_id, [code], source, clock.now(), list_version=1)
        claim(session, desk.item, desk.moderator)
        decide(
            session,
            desk.item,
            desk.moderator,
            DecisionAction.SHOW_WITH_LABEL,
            "graphic",
            labels=("graphic_injury",),
        )

    with database.reading() as session:
        post = session.get_one(Post, desk.post.id)
        assert (post.state, post.collapsed) == (PostState.SHOWN, True)
        standing = labels.codes_on(session, [revision_id])[revision_id]
        assert standing == (("urge_now", LabelSource.AUTHOR), ("graphic_injury", LabelSource.MODERATOR))
        [event] = events(session, Verb.DECISION_MADE)
        assert event.fields["was_labels"] == ["urge_now", "eating"]
        assert event.fields["now_labels"] == ["urge_now", "graphic_injury"]


def test_mask_hides_the_words_and_keeps_the_source(database: Database) -> None:
    start = WORDS.index("[graphic detail]")
    with database.transaction() as session:
        desk = a_desk(session)
        claim(session, desk.item, desk.moderator)
        decide(
            session,
            desk.item,
            desk.moderator,
            DecisionAction.MASK,
            "graphic",
            spans=(Span(start, start + len("[graphic detail]")),),
        )

    with database.reading() as session:
        revision = session.get_one(Revision, desk.item.revision_id)
        assert "[graphic detail]" not in revision.html
        assert "company" in revision.html
        assert "[graphic detail]" in revision.source
        assert session.get_one(Post, desk.post.id).state is PostState.SHOWN
        assert events(session, Verb.DECISION_MADE)[0].fields["masked"] == 1


def test_a_second_mask_keeps_the_first(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        first = WORDS.index("[graphic detail]")
        version = claim(session, desk.item, desk.moderator)
        decide(
            session,
            desk.item,
            desk.moderator,
            DecisionAction.MASK,
            "graphic",
            version=version,
            spans=(Span(first, first + len("[graphic detail]")),),
        )
        again = an_item(session, desk.post)
        version = claim(session, again, desk.moderator)
        decide(
            session,
            again,
            desk.moderator,
            DecisionAction.MASK,
            "graphic",
            version=version,
            spans=(Span(0, 6),),
        )
        html = session.get_one(Revision, desk.post.current_revision_id).html
    assert "[graphic detail]" not in html
    assert html.count("words hidden by a moderator") == 2


@pytest.mark.parametrize(
    ("action", "state"),
    [
        (DecisionAction.ASK_EDIT, PostState.ASKED_TO_EDIT),
        (DecisionAction.KEEP_HELD, PostState.HELD),
        (DecisionAction.REMOVE, PostState.REMOVED),
    ],
)
def test_what_takes_a_shown_post_out_of_sight(
    database: Database, action: DecisionAction, state: PostState
) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        before = desk.thread.post_count
        claim(session, desk.item, desk.moderator)
        decide(session, desk.item, desk.moderator, action, "graphic", note="[a note for colleagues]")

    with database.reading() as session:
        assert session.get_one(Post, desk.post.id).state is state
        assert session.get_one(Thread, desk.thread.id).post_count == before - 1
        assert session.get_one(ReviewItem, desk.item.id).state is ItemState.DECIDED
        assert [notice.kind for notice in notices_of(session, desk.author)] == ["decision"]
        assert events(session, Verb.DECISION_MADE)[0].fields["note_left"] is True


def test_lock_leaves_the_item_with_its_holder(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        claim(session, desk.item, desk.moderator)
        decide(session, desk.item, desk.moderator, DecisionAction.LOCK_THREAD, "thread_heated")

    with database.reading() as session:
        thread = session.get_one(Thread, desk.thread.id)
        assert thread.locked_at is not None
        assert thread.lock_reason == "thread_heated"
        assert session.get_one(ReviewItem, desk.item.id).state is ItemState.CLAIMED
        assert len(events(session, Verb.THREAD_LOCKED)) == 1


def test_restrict_pauses_posting_and_says_until_when(database: Database) -> None:
    at = clock.now()
    with database.transaction() as session:
        desk = a_desk(session)
        claim(session, desk.item, desk.moderator, at=at)
        decide(
            session,
            desk.item,
            desk.moderator,
            DecisionAction.RESTRICT,
            "hostility",
            days=7,
            illegality=HOUSE_RULE,
            at=at,
        )

    with database.reading() as session:
        pause = session.scalars(select(Restriction)).one()
        assert (pause.member_ref, pause.ends_at - pause.starts_at) == (desk.author.id, timedelta(days=7))
        [notice] = notices_of(session, desk.author)
        assert (notice.kind, notice.data["restriction"]) == ("restriction", pause.id)
        assert events(session, Verb.RESTRICTION_MADE)[0].fields["days"] == 7
        assert session.get_one(Post, desk.post.id).state is PostState.HELD


def test_check_in_is_care_and_no_strike(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        clinician = a_member(session, role=Role.CLINICIAN)
        claim(session, desk.item, clinician)
        decide(session, desk.item, clinician, DecisionAction.CHECK_IN, "worried")

    with database.reading() as session:
        contact = session.scalars(select(CareContact)).one()
        assert contact.member_ref == desk.author.id
        assert session.scalars(select(Restriction)).all() == []
        [notice] = notices_of(session, desk.author)
        assert (notice.kind, notice.data["care_contact"]) == ("check_in", contact.id)
        assert session.get_one(ReviewItem, desk.item.id).state is ItemState.CLAIMED
        assert events(session, Verb.CARE_CONTACT_MADE)[0].fields["kind"] == "check_in"
        assert events(session, Verb.DECISION_MADE)[0].fields["agreed_with_software"] is None


def test_a_clinician_decides_nothing(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        clinician = a_member(session, role=Role.CLINICIAN)
        claim(session, desk.item, clinician)
        with pytest.raises(Refused):
            decide(session, desk.item, clinician, DecisionAction.SHOW, "within_rules")


def test_escalating_hands_the_item_to_a_lead(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, urgency=Urgency.AMBER)
        claim(session, desk.item, desk.moderator)
        decide(session, desk.item, desk.moderator, DecisionAction.ESCALATE, "needs_a_lead")

    with database.reading() as session:
        item = session.get_one(ReviewItem, desk.item.id)
        assert (item.state, item.for_lead, item.urgency) == (ItemState.AWAITING_SECOND, True, Urgency.RED)
        assert [notice.kind for notice in notices_of(session, desk.lead)] == ["for_lead"]
        assert events(session, Verb.ITEM_ESCALATED)[0].fields["urgency"] == "red"


def test_illegality_is_kept_apart_from_the_house_rule(database: Database) -> None:
    answer = Illegality(View.UNSURE, Offence.SELF_HARM, Intention.SOME, "[facts in a moderator's words]")
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        at = clock.now()
        claim(session, desk.item, desk.moderator, at=at)
        made = decide(
            session,
            desk.item,
            desk.moderator,
            DecisionAction.REMOVE,
            "encouragement",
            illegality=answer,
            at=at,
        )

    with database.reading() as session:
        kept = session.get_one(Decision, made.id).illegality
        assert kept is not None
        assert kept["facts"] == "[facts in a moderator's words]"
        assert kept["removed_at"] == at.isoformat()
        recorded = events(session, Verb.DECISION_MADE)[0].fields["illegality"]
        assert recorded == {name: value for name, value in kept.items() if name != "facts"}


@pytest.mark.parametrize(
    ("state", "action"),
    [
        (PseudonymState.SHOWN, DecisionAction.SHOW),
        (PseudonymState.HELD, DecisionAction.ASK_EDIT),
        (PseudonymState.REMOVED, DecisionAction.REMOVE),
    ],
)
def test_a_pseudonym_is_decided_on_like_a_post(
    database: Database, state: PseudonymState, action: DecisionAction
) -> None:
    reason = "within_rules" if action is DecisionAction.SHOW else "personal_info"
    with database.transaction() as session:
        member = a_member(session)
        moderator = a_member(session, role=Role.MODERATOR)
        member.pseudonym_state = PseudonymState.HELD
        item = queue.open_item(
            session,
            Subject(SubjectKind.PROFILE, member.id),
            author_ref=member.id,
            group_ref=None,
            urgency=Urgency.AMBER,
            source="software",
            codes=("contact.sure",),
            assessment_id=None,
            policy=1,
            actor=SOFTWARE,
            at=clock.now(),
        )
        claim(session, item, moderator)
        decide(session, item, moderator, action, reason)

    with database.reading() as session:
        assert session.get_one(Member, member.id).pseudonym_state is state
        [notice] = notices_of(session, member)
        assert notice.data["subject"] == "profile"


def test_words_that_were_taken_back_are_not_shown_again(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.WITHDRAWN)
        claim(session, desk.item, desk.moderator)
        with pytest.raises(Incomplete) as refused:
            decide(session, desk.item, desk.moderator, DecisionAction.SHOW, "within_rules")
        assert refused.value.lacks == {"action": Lack.ACTION_NOT_HERE}
        decide(session, desk.item, desk.moderator, DecisionAction.KEEP_HELD, "crisis")

    with database.reading() as session:
        assert session.get_one(Post, desk.post.id).state is PostState.WITHDRAWN


@pytest.mark.parametrize(
    ("action", "reason", "lack"),
    [
        (DecisionAction.SHOW, "graphic", {"reason": Lack.REASON_DOES_NOT_FIT}),
        (DecisionAction.SHOW_WITH_LABEL, "fits_a_label", {"labels": Lack.LABEL_NEEDED}),
        (DecisionAction.MASK, "graphic", {"mask": Lack.WORDS_NEEDED}),
        (DecisionAction.RESTRICT, "advert", {"days": Lack.DAYS_NEEDED}),
        (DecisionAction.REMOVE, "pact", {"illegal": Lack.ILLEGAL_NEEDED}),
        (DecisionAction.REMOVE, "other", {"note": Lack.NOTE_NEEDED, "illegal": Lack.ILLEGAL_NEEDED}),
    ],
)
def test_a_verdict_that_lacks_something_changes_nothing(
    database: Database, action: DecisionAction, reason: str, lack: dict[str, Lack]
) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        version = claim(session, desk.item, desk.moderator)
        with pytest.raises(Incomplete) as refused:
            decide(session, desk.item, desk.moderator, action, reason)
        assert refused.value.lacks == lack
        session.refresh(desk.item)
        assert desk.item.version == version
        assert session.scalars(select(Decision)).all() == []

"""The way into the queue: one open item a subject, whatever arrives and in whatever order."""

from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import delete, func, select

from forum import clock
from forum.actions import reviewing
from forum.db import Database
from forum.models import Revision
from moderation import queue
from moderation.answers import Urgency
from moderation.audit import SOFTWARE
from moderation.claims import lapse
from moderation.models import Claim, ReviewItem, ReviewReason
from moderation.subject import Subject, SubjectKind
from moderation.verbs import Verb
from moderation.workflow import ItemState
from tests.review.desk import Desk, a_desk, actor_of, an_item, claim, events, subject_of


def open_again(
    database: Database, desk: Desk, *, urgency: Urgency = Urgency.AMBER, code: str = "method.band"
) -> ReviewItem:
    with database.transaction() as session:
        return queue.open_item(
            session,
            subject_of(desk.post),
            author_ref=desk.author.id,
            group_ref=desk.group.id,
            urgency=urgency,
            source="software",
            codes=(code,),
            assessment_id=None,
            policy=1,
            actor=SOFTWARE,
            at=clock.now(),
        )


def test_a_second_reason_joins_the_open_item_and_urgency_only_rises(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, urgency=Urgency.RED)

    lower = open_again(database, desk, urgency=Urgency.AMBER)
    higher = open_again(database, desk, urgency=Urgency.CRISIS, code="crisis.sure")

    assert lower.id == higher.id == desk.item.id
    assert higher.urgency == Urgency.CRISIS
    with database.reading() as session:
        codes = session.scalars(select(ReviewReason.code).order_by(ReviewReason.id)).all()
        raised = events(session, Verb.ITEM_RAISED)
    assert codes == ["graphic.sure", "method.band", "crisis.sure"]
    assert [event.fields["was_urgency"] for event in raised] == ["red", "red"]
    assert raised[-1].fields["urgency"] == "crisis"


def test_the_same_reason_again_changes_nothing(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)

    again = open_again(database, desk, urgency=Urgency.RED, code="graphic.sure")

    assert again.version == desk.item.version
    with database.reading() as session:
        assert events(session, Verb.ITEM_RAISED) == []


def test_twelve_arrivals_at_once_make_one_item(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        session.execute(delete(ReviewReason))
        session.execute(delete(ReviewItem))
    found: list[int] = []
    start = threading.Barrier(12)

    def arrive(number: int) -> None:
        start.wait()
        found.append(open_again(database, desk, code=f"code-{number}").id)

    threads = [threading.Thread(target=arrive, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 12
    assert len(set(found)) == 1
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ReviewItem)) == 1
        assert session.scalar(select(func.count()).select_from(ReviewReason)) == 12


def test_an_edit_moves_the_item_and_voids_the_claim(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        claim(session, desk.item, desk.moderator)
        newer = Revision(
            post_id=desk.post.id,
            number=2,
            source="Changed.",
            plain="Changed.",
            html="<p>Changed.</p>",
            render_version=1,
            submission="edited-1",
            written_at=clock.now(),
        )
        session.add(newer)
        session.flush()
        subject = Subject(SubjectKind.POST, desk.post.id, newer.id)
        queue.author_edited(session, subject, actor=actor_of(desk.author), at=clock.now())

    with database.reading() as session:
        item = session.get_one(ReviewItem, desk.item.id)
        held = session.scalars(select(Claim)).one()
        assert (item.revision_id, item.state) == (newer.id, ItemState.OPEN)
        assert held.release_reason == "edited"
        assert events(session, Verb.ITEM_RELEASED)[0].fields["why"] == "edited"


def test_withdrawing_closes_what_nobody_else_is_worried_about(database: Database) -> None:
    with database.transaction() as session:
        calm = a_desk(session, urgency=Urgency.AMBER)
        urgent = a_desk(session, urgency=Urgency.RED)
        for desk in (calm, urgent):
            queue.author_withdrew(session, subject_of(desk.post), actor=actor_of(desk.author), at=clock.now())

    with database.reading() as session:
        assert session.get_one(ReviewItem, calm.item.id).state is ItemState.DECIDED
        assert session.get_one(ReviewItem, urgent.item.id).state is ItemState.OPEN
        assert [event.fields["item"] for event in events(session, Verb.ITEM_CLOSED)] == [calm.item.id]


def test_a_new_item_opens_after_the_first_was_closed(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, urgency=Urgency.AMBER)
        queue.author_withdrew(session, subject_of(desk.post), actor=actor_of(desk.author), at=clock.now())
        second = an_item(session, desk.post)

    assert second.id != desk.item.id


def test_lapsed_claims_are_swept_and_the_version_stays(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        version = claim(session, desk.item, desk.moderator)

    with database.transaction() as session:
        assert lapse(session, at=clock.now()) == 0
        assert lapse(session, at=clock.now() + timedelta(minutes=21)) == 1
    with database.reading() as session:
        item = session.get_one(ReviewItem, desk.item.id)
        assert (item.state, item.version) == (ItemState.OPEN, version)
        assert events(session, Verb.ITEM_RELEASED)[0].actor == "software"


def test_a_crisis_pages_everyone_who_may_decide_once(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, urgency=Urgency.CRISIS)
        told = reviewing.page_staff(session, desk.item, at=clock.now())
        again = reviewing.page_staff(session, desk.item, at=clock.now() + timedelta(seconds=1))

    assert (told, again) == (3, 0)
    with database.reading() as session:
        assert [event.fields["told"] for event in events(session, Verb.STAFF_PAGED)] == [3]

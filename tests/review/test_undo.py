"""Taking a decision back: inside the seconds as if nothing had been, later with one notice to whoever was told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import clock
from forum.actions import publishing
from forum.db import Database
from forum.models import Job, Notice, Post, PostState, Revision, Role
from moderation import labels
from moderation.answers import Urgency
from moderation.decisions import StaleForm
from moderation.models import Decision, LabelSource, Report, ReviewItem
from moderation.verbs import Verb
from moderation.workflow import ABOUT_WORDS, DecisionAction, ItemState
from tests.review.desk import Desk, a_desk, claim, decide, events
from tests.review.test_reports import report
from tests.review.undoing import (
    WAIT,
    WHAT,
    everything,
    notices_of,
    standing_of_item,
    take,
    take_effect,
    undo,
)
from tests.support.making import a_member

ACTIONS = list(WHAT)
STATES = (PostState.HELD, PostState.SHOWN, PostState.ASKED_TO_EDIT)
TO_THE_POST = [one for one in ACTIONS if one not in (DecisionAction.ESCALATE, DecisionAction.CHECK_IN)]


def a_reported_desk(session: Session, state: PostState) -> Desk:
    """A post with labels of two sources, as posting renders it, reported by a peer who can see it."""
    desk = a_desk(session, state=state)
    publishing.unmask(session, session.get_one(Revision, desk.post.current_revision_id))
    revision_id = desk.post.current_revision_id or 0
    for code, source in (("eating", LabelSource.CLASSIFIER), ("urge_now", LabelSource.AUTHOR)):
        labels.apply(session, desk.post.id, revision_id, [code], source, clock.now(), list_version=1)
    if state is PostState.SHOWN:
        report(session, desk.post, desk.peer, "unkind")
    return desk


def about_reports(session: Session, desk: Desk) -> list[str]:
    """What the peer was told of their report; of the reply in their thread they are told too."""
    return [kind for kind in notices_of(session, desk.peer) if kind != "reply"]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", STATES)
def test_inside_the_seconds_it_is_as_if_nothing_had_been(
    database: Database, action: DecisionAction, state: PostState
) -> None:
    with database.transaction() as session:
        desk = a_reported_desk(session, state)
        version = claim(session, desk.item, desk.moderator)
        before, item = everything(session, desk), standing_of_item(session, desk.item.id)
        made = take(session, desk.item, desk.moderator, action)
        back = undo(session, made, desk.moderator, only_in_time=True, at=clock.now())

        assert everything(session, desk) == before
        assert standing_of_item(session, desk.item.id) == item
        assert back.in_time
        assert notices_of(session, desk.author) == []
        assert notices_of(session, desk.peer) == []
        assert not take_effect(session, made)
        assert everything(session, desk) == before
        session.refresh(desk.item)
        assert desk.item.version == version + 2
        assert session.get_one(Decision, made.id).author_told_at is None
    with database.reading() as session:
        [undone] = events(session, Verb.DECISION_UNDONE)
        assert (undone.fields["undone"], undone.fields["in_time"]) == (made.id, True)
        assert undone.reason_code == "undo_second_look"
        assert events(session, Verb.AUTHOR_TOLD) == []
        assert events(session, Verb.REPORT_ANSWERED) == []


@pytest.mark.parametrize("action", TO_THE_POST)
@pytest.mark.parametrize("state", STATES)
def test_after_it_took_effect_all_is_put_back_and_told_once(
    database: Database, action: DecisionAction, state: PostState
) -> None:
    with database.transaction() as session:
        desk = a_reported_desk(session, state)
        before = everything(session, desk)
        made = take(session, desk.item, desk.moderator, action)
        assert take_effect(session, made)
        told = notices_of(session, desk.author)
        assert told == ["restriction" if action is DecisionAction.RESTRICT else "decision"]
        answered = state is PostState.SHOWN and action in ABOUT_WORDS
        assert about_reports(session, desk) == (["report_outcome"] if answered else [])

        back = undo(session, made, desk.moderator)
        assert undo(session, made, desk.moderator).undo.id == back.undo.id

        assert everything(session, desk) == before
        assert not back.in_time
        assert notices_of(session, desk.author) == [*told, "decision_undone"]
        assert about_reports(session, desk) == (["report_outcome", "report_reopened"] if answered else [])
        item = standing_of_item(session, desk.item.id)
        assert item["state"] is (ItemState.OPEN if action in ABOUT_WORDS else ItemState.CLAIMED)
        assert item["decided_at"] is None
        undone_id = back.undo.id
    with database.reading() as session:
        [undone] = events(session, Verb.DECISION_UNDONE)
        assert (undone.fields["decision"], undone.fields["in_time"]) == (undone_id, False)
        assert undone.fields["reports"] == int(answered)
        assert len(events(session, Verb.AUTHOR_TOLD)) == 2


def test_what_was_handed_to_a_lead_is_taken_back_once_it_took_effect(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        made = take(session, desk.item, desk.moderator, DecisionAction.ESCALATE)
        take_effect(session, made)
        undo(session, made, desk.moderator)

        item = standing_of_item(session, desk.item.id)
        assert (item["state"], item["for_lead"]) == (ItemState.OPEN, False)
        assert ("escalation", "needs_a_lead") not in item["reasons"]
        assert notices_of(session, desk.author) == ["decision", "decision_undone"]


def test_after_the_seconds_nothing_is_shown_before_the_worker_comes(database: Database) -> None:
    """The author's own view while a decision to show waits is what it was: the post waits for a person."""
    with database.transaction() as session:
        desk = a_desk(session)
        made = take(session, desk.item, desk.moderator, DecisionAction.SHOW)
        assert session.get_one(Post, desk.post.id).state is PostState.HELD
        assert notices_of(session, desk.author) == []
        job = session.scalars(select(Job).where(Job.once == f"effects-{made.id}")).one()
        assert job.due_at == made.decided_at + WAIT

        assert take_effect(session, made)
        assert not take_effect(session, made)

        assert session.get_one(Post, desk.post.id).state is PostState.SHOWN
        assert notices_of(session, desk.author) == ["decision"]
    with database.reading() as session:
        [made_event] = events(session, Verb.DECISION_MADE)
        assert (made_event.fields["was_state"], made_event.fields["now_state"]) == ("held", "held")
        assert made_event.fields["effects_due_at"] is not None
        [took] = events(session, Verb.DECISION_TOOK_EFFECT)
        assert (took.fields["now_state"], took.actor_role) == ("shown", "software")


@pytest.mark.parametrize(
    "action", [DecisionAction.REMOVE, DecisionAction.KEEP_HELD, DecisionAction.ASK_EDIT, DecisionAction.MASK]
)
def test_what_protects_is_done_at_once(database: Database, action: DecisionAction) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        take(session, desk.item, desk.moderator, action)
        post = session.get_one(Post, desk.post.id)
        if action is DecisionAction.MASK:
            assert "[graphic detail]" not in session.get_one(Revision, post.shown_revision_id).html
        else:
            assert post.state is not PostState.SHOWN
        assert notices_of(session, desk.author) == []


def test_a_label_goes_on_at_once_and_comes_off_later(database: Database) -> None:
    """Whoever leaves posts with a label out of their pages must not meet it for a slip of ten seconds."""
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        revision_id = desk.post.current_revision_id or 0
        labels.apply(
            session,
            desk.post.id,
            revision_id,
            ["eating"],
            LabelSource.CLASSIFIER,
            clock.now(),
            list_version=1,
        )
        made = take(session, desk.item, desk.moderator, DecisionAction.SHOW_WITH_LABEL)
        codes = {code for code, _ in labels.codes_on(session, [revision_id])[revision_id]}
        assert codes == {"eating", "graphic_injury"}
        assert session.get_one(Post, desk.post.id).collapsed
        take_effect(session, made)
        codes = {code for code, _ in labels.codes_on(session, [revision_id])[revision_id]}
        assert codes == {"graphic_injury"}


def test_a_folded_post_is_not_unfolded_early(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        revision = session.get_one(Revision, desk.post.current_revision_id)
        publishing.show(session, desk.post, revision, collapsed=True, at=clock.now())
        made = take(session, desk.item, desk.moderator, DecisionAction.SHOW)
        assert session.get_one(Post, desk.post.id).collapsed
        take_effect(session, made)
        assert not session.get_one(Post, desk.post.id).collapsed


def test_deciding_anew_after_an_undo_tells_again(database: Database) -> None:
    """Undoing an undo is deciding again: author and reporters hear what it is now."""
    with database.transaction() as session:
        desk = a_reported_desk(session, PostState.SHOWN)
        made = take(session, desk.item, desk.moderator, DecisionAction.REMOVE)
        take_effect(session, made)
        undo(session, made, desk.moderator)
        again = take(session, desk.item, desk.other, DecisionAction.REMOVE)
        take_effect(session, again)

        assert session.get_one(Post, desk.post.id).state is PostState.REMOVED
        assert notices_of(session, desk.author) == ["decision", "decision_undone", "decision"]
        assert notices_of(session, desk.peer) == ["report_outcome", "report_reopened", "report_outcome"]
        [answered] = session.scalars(select(Report)).all()
        assert (answered.outcome, answered.decision_id) == ("acted", again.id)


def test_the_clock_of_a_reopened_item_begins_anew(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        made = take(session, desk.item, desk.moderator, DecisionAction.SHOW)
        take_effect(session, made)
        later = clock.now() + timedelta(days=3)
        undo(session, made, desk.moderator, at=later)
        item = standing_of_item(session, desk.item.id)
        assert item["opened_at"] == later
        assert ("undo", "undo_second_look") in item["reasons"]


def test_a_lead_takes_back_what_a_moderator_decided(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        made = take(session, desk.item, desk.moderator, DecisionAction.SHOW)
        take_effect(session, made)
        undo(session, made, desk.lead)
        assert session.get_one(Post, desk.post.id).state is PostState.HELD
    with database.reading() as session:
        assert events(session, Verb.DECISION_UNDONE)[0].fields["own"] is False


def test_where_other_work_is_open_by_now_it_carries_the_question(database: Database) -> None:
    """A report after the decision opened another item; one subject has one, and no reporter is forgotten."""
    with database.transaction() as session:
        desk = a_reported_desk(session, PostState.SHOWN)
        made = take(session, desk.item, desk.moderator, DecisionAction.SHOW)
        take_effect(session, made)
        another = a_member(session)
        newer, _new = report(session, desk.post, another, "unkind")
        assert newer.item_id != desk.item.id
        back = undo(session, made, desk.moderator)

        assert back.item_id == newer.item_id
        assert standing_of_item(session, desk.item.id)["state"] is ItemState.DECIDED
        assert ("undo", "undo_second_look") in standing_of_item(session, newer.item_id)["reasons"]
        assert {one.item_id for one in session.scalars(select(Report))} == {newer.item_id}
        assert {one.outcome for one in session.scalars(select(Report))} == {None}


def test_everybody_is_called_to_the_item_that_carries_a_crisis(database: Database) -> None:
    with database.transaction() as session:
        desk = a_reported_desk(session, PostState.SHOWN)
        desk.item.urgency = int(Urgency.CRISIS)
        made = take(session, desk.item, desk.moderator, DecisionAction.SHOW)
        take_effect(session, made)
        newer, _new = report(session, desk.post, a_member(session), "unkind")
        assert "crisis_page" not in notices_of(session, desk.other)
        undo(session, made, desk.moderator)

        assert session.get_one(ReviewItem, newer.item_id).urgency == Urgency.CRISIS
        for person in (desk.moderator, desk.other, desk.lead):
            assert notices_of(session, person).count("crisis_page") == 1


def test_a_decision_overtaken_by_its_author_is_not_told_as_if_it_held(database: Database) -> None:
    """Taken back in the seconds: it is not shown, and nobody reads that it is up."""
    with database.transaction() as session:
        desk = a_desk(session)
        made = take(session, desk.item, desk.moderator, DecisionAction.SHOW)
        publishing.withdraw(session, session.get_one(Post, desk.post.id))
        assert take_effect(session, made)
        assert session.get_one(Post, desk.post.id).state is PostState.WITHDRAWN
        assert notices_of(session, desk.author) == []


def test_a_newer_decision_is_not_overrun_by_one_that_waited(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        first = take(session, desk.item, desk.moderator, DecisionAction.SHOW)
        report(session, desk.post, desk.peer, "unkind")
        item_id = session.scalars(select(Report.item_id)).one()
        item = session.get_one(type(desk.item), item_id)
        second = take(session, item, desk.other, DecisionAction.REMOVE)
        take_effect(session, first)
        take_effect(session, second)
        assert session.get_one(Post, desk.post.id).state is PostState.REMOVED
        said = session.scalars(select(Notice.data).where(Notice.member_id == desk.author.id)).all()
        assert [one["decision"] for one in said] == [second.id]


def test_a_mask_that_was_taken_back_masks_nothing_later(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        made = take(session, desk.item, desk.moderator, DecisionAction.MASK)
        undo(session, made, desk.moderator)
        decide(session, desk.item, desk.moderator, DecisionAction.SHOW, "within_rules")
        revision = session.get_one(Revision, desk.post.current_revision_id)
        assert "[graphic detail]" in revision.html


def test_no_effect_at_once_where_no_seconds_are_set(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        made = take(session, desk.item, desk.moderator, DecisionAction.SHOW, wait=timedelta())
        assert made.effects_at == made.decided_at
        assert session.get_one(Post, desk.post.id).state is PostState.SHOWN
        assert notices_of(session, desk.author) == ["decision"]
        assert session.scalars(select(Job)).all() == []


def test_a_clinician_takes_a_check_in_back_in_time(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        clinician = a_member(session, role=Role.CLINICIAN)
        made = take(session, desk.item, clinician, DecisionAction.CHECK_IN)
        undo(session, made, clinician)
        assert not take_effect(session, made)
        assert notices_of(session, desk.author) == []


def test_a_version_that_was_seen_before_an_undo_decides_nothing(database: Database) -> None:
    """The form of before the undo is stale, as after any step."""
    with database.transaction() as session:
        desk = a_desk(session)
        made = take(session, desk.item, desk.moderator, DecisionAction.SHOW)
        stale = made.item_version
        undo(session, made, desk.moderator)
        with pytest.raises(StaleForm):
            decide(session, desk.item, desk.moderator, DecisionAction.REMOVE, "graphic", version=stale)

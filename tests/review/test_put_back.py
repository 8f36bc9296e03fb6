"""Putting a subject back as it stood before a decision, for every action: what undoing and appeals rest on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import clock
from forum.actions import facilitating, publishing, reversing
from forum.actions.reversing import MovedOn, NothingKept
from forum.db import Database
from forum.models import Facilitation, Member, Post, PostState, PseudonymState, Revision, Role, Thread
from moderation import labels, queue
from moderation.answers import Urgency
from moderation.audit import SOFTWARE
from moderation.models import Decision, LabelSource, Restriction
from moderation.subject import Span, Subject, SubjectKind
from moderation.verbs import Verb
from moderation.verdicts import Illegality, View
from moderation.workflow import DecisionAction
from tests.review.desk import RULES, WORDS, Desk, a_desk, actor_of, an_item, claim, decide, events
from tests.support.making import a_member, a_post, a_thread

HOUSE_RULE = Illegality(View.NO)
MASKED = Span(WORDS.index("[graphic"), WORDS.index("]") + 1)
WHAT: dict[DecisionAction, tuple[str, dict[str, Any]]] = {
    DecisionAction.SHOW: ("within_rules", {}),
    DecisionAction.SHOW_WITH_LABEL: ("graphic", {"labels": ("graphic_injury",)}),
    DecisionAction.MASK: ("graphic", {"spans": (MASKED,), "labels": ("urge_now",)}),
    DecisionAction.ASK_EDIT: ("graphic", {}),
    DecisionAction.KEEP_HELD: ("graphic", {}),
    DecisionAction.REMOVE: ("graphic", {}),
    DecisionAction.LOCK_THREAD: ("thread_heated", {}),
    DecisionAction.RESTRICT: ("advert", {"days": 7}),
    DecisionAction.ESCALATE: ("needs_a_lead", {}),
    DecisionAction.CHECK_IN: ("worried", {}),
}
STATES = (PostState.HELD, PostState.SHOWN, PostState.ASKED_TO_EDIT, PostState.REMOVED)


def take(session: Session, desk: Desk, action: DecisionAction) -> Decision:
    """One decision with what it needs, on the desk's open item."""
    reason, more = WHAT[action]
    version = claim(session, desk.item, desk.moderator)
    return decide(session, desk.item, desk.moderator, action, reason, version=version, **more)


def put_back(session: Session, made: Decision, who: Member, **more: Any) -> None:
    reversing.put_back(session, made, actor=actor_of(who), policy=RULES, at=clock.now(), **more)


def everything(session: Session, post_id: int) -> dict[str, Any]:
    """All that a reader, the author or the group could notice about a post and its thread."""
    session.expire_all()
    post = session.get_one(Post, post_id)
    thread = session.get_one(Thread, post.thread_id)
    revision = session.get_one(Revision, post.current_revision_id)
    running = select(Restriction.id).where(
        Restriction.member_ref == post.author_id, Restriction.lifted_at.is_(None)
    )
    return {
        "state": post.state,
        "shown_revision": post.shown_revision_id if post.state is PostState.SHOWN else None,
        "folded": post.collapsed if post.state is PostState.SHOWN else None,
        "first_shown_at": post.first_shown_at,
        "labels": labels.codes_on(session, [revision.id]).get(revision.id, ()),
        "html": revision.html,
        "masked": revision.masked,
        "title": (thread.title, thread.slug),
        "listed": thread.listed_at,
        "count": thread.post_count,
        "last_post_at": thread.last_post_at,
        "lock": (thread.locked_at, thread.lock_reason),
        "approved": session.get_one(Member, post.author_id).approved_posts,
        "paused": list(session.scalars(running)),
    }


def rendered(post: Post, session: Session) -> None:
    """Let the post's page be as posting leaves it: rendered from what was typed."""
    publishing.unmask(session, session.get_one(Revision, post.current_revision_id))


@pytest.mark.parametrize("action", list(WHAT))
@pytest.mark.parametrize("state", STATES)
def test_everything_is_as_it_was_before(database: Database, action: DecisionAction, state: PostState) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=state)
        rendered(desk.post, session)
        revision_id = desk.post.current_revision_id or 0
        for code, source in (("eating", LabelSource.CLASSIFIER), ("urge_now", LabelSource.AUTHOR)):
            labels.apply(session, desk.post.id, revision_id, [code], source, clock.now(), list_version=1)
        before = everything(session, desk.post.id)
        made = take(session, desk, action)
        if action not in (DecisionAction.ESCALATE, DecisionAction.CHECK_IN):
            changed = everything(session, desk.post.id)
            leaves = {DecisionAction.KEEP_HELD: PostState.HELD, DecisionAction.REMOVE: PostState.REMOVED}
            assert (changed != before) or leaves.get(action) is state or action is DecisionAction.ASK_EDIT
        put_back(session, made, desk.moderator)

        assert everything(session, desk.post.id) == before


@pytest.mark.parametrize(
    "action", [DecisionAction.SHOW, DecisionAction.REMOVE, DecisionAction.SHOW_WITH_LABEL]
)
@pytest.mark.parametrize("state", [PostState.HELD, PostState.SHOWN])
def test_the_title_and_the_list_follow_a_first_post(
    database: Database, action: DecisionAction, state: PostState
) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        thread = a_thread(session, desk.group, desk.author, title="A title", state=state)
        first = session.scalars(select(Post).where(Post.thread_id == thread.id)).one()
        rendered(first, session)
        before = everything(session, first.id)
        desk.post, desk.item = first, an_item(session, first)
        made = take(session, desk, action)
        put_back(session, made, desk.moderator)

        assert everything(session, first.id) == before


def test_what_others_wrote_since_still_counts(database: Database) -> None:
    """A reply that came after the post was shown keeps the thread's place in the list."""
    with database.transaction() as session:
        desk = a_desk(session)
        made = take(session, desk, DecisionAction.SHOW)
        later = clock.now() + timedelta(minutes=5)
        reply = a_post(session, session.get_one(Thread, desk.thread.id), desk.peer, at=later)
        put_back(session, made, desk.moderator)

        thread = session.get_one(Thread, desk.thread.id)
        assert thread.last_post_at == later
        assert thread.post_count == 2
        assert session.get_one(Post, reply.id).state is PostState.SHOWN


def test_a_mask_of_before_stays(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        take(session, desk, DecisionAction.MASK)
        desk.item = an_item(session, desk.post)
        version = claim(session, desk.item, desk.moderator)
        second = decide(
            session,
            desk.item,
            desk.moderator,
            DecisionAction.MASK,
            "graphic",
            version=version,
            spans=(Span(0, 6),),
        )
        put_back(session, second, desk.moderator)

        revision = session.get_one(Revision, desk.post.current_revision_id)
        assert "[graphic detail]" not in revision.html
        assert "It was" in revision.html
        assert revision.masked


def test_a_lock_of_before_stays(database: Database) -> None:
    """The facilitator's own lock is not the decision's, and is theirs to open again."""
    with database.transaction() as session:
        desk = a_desk(session)
        facilitator_id = session.scalars(
            select(Facilitation.member_id).where(Facilitation.group_id == desk.group.id)
        ).one()
        holder = actor_of(session.get_one(Member, facilitator_id))
        earlier = clock.now() - timedelta(minutes=1)
        facilitating.lock(
            session, actor=holder, thread_id=desk.thread.id, reason="thread_heated", policy=RULES, at=earlier
        )
        made = take(session, desk, DecisionAction.LOCK_THREAD)
        put_back(session, made, desk.moderator)

        thread = session.get_one(Thread, desk.thread.id)
        assert thread.locked_at == earlier
    with database.reading() as session:
        assert events(session, Verb.THREAD_UNLOCKED) == []


def test_unlocking_and_ending_a_pause_are_on_record(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        for action in (DecisionAction.LOCK_THREAD, DecisionAction.RESTRICT):
            put_back(session, take(session, desk, action), desk.moderator)
    with database.reading() as session:
        assert len(events(session, Verb.THREAD_UNLOCKED)) == 1
        assert len(events(session, Verb.RESTRICTION_LIFTED)) == 1


@pytest.mark.parametrize("was", list(PseudonymState))
@pytest.mark.parametrize(
    "action", [DecisionAction.SHOW, DecisionAction.ASK_EDIT, DecisionAction.KEEP_HELD, DecisionAction.REMOVE]
)
def test_a_name_is_put_back(database: Database, was: PseudonymState, action: DecisionAction) -> None:
    reason = "within_rules" if action is DecisionAction.SHOW else "personal_info"
    with database.transaction() as session:
        member, moderator = a_member(session), a_member(session, role=Role.MODERATOR)
        member.pseudonym_state = was
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
        version = claim(session, item, moderator)
        made = decide(session, item, moderator, action, reason, version=version)
        put_back(session, made, moderator)
        assert session.get_one(Member, member.id).pseudonym_state is was

        reversing.put_back(
            session, made, actor=actor_of(moderator), policy=RULES, at=clock.now(), show_if_held=True
        )
        assert session.get_one(Member, member.id).pseudonym_state is PseudonymState.SHOWN


@pytest.mark.parametrize("label", [None, "graphic_injury"])
def test_an_appeal_shows_what_only_waited_before(database: Database, label: str | None) -> None:
    """With the labels that stood before: folded where one of them folds."""
    with database.transaction() as session:
        desk = a_desk(session)
        if label is not None:
            revision_id = desk.post.current_revision_id or 0
            labels.apply(
                session,
                desk.post.id,
                revision_id,
                [label],
                LabelSource.CLASSIFIER,
                clock.now(),
                list_version=1,
            )
        made = take(session, desk, DecisionAction.REMOVE)
        put_back(session, made, desk.lead, show_if_held=True)

        now = everything(session, desk.post.id)
        assert (now["state"], now["folded"]) == (PostState.SHOWN, label is not None)
        assert now["count"] == 2


def test_words_taken_back_by_their_author_stay_so(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        made = take(session, desk, DecisionAction.SHOW_WITH_LABEL)
        publishing.withdraw(session, desk.post)
        target = reversing.target_of(session, SubjectKind.POST, desk.post.id)
        assert reversing.moved_on(session, made, target) is MovedOn.AUTHOR
        put_back(session, made, desk.moderator)

        assert session.get_one(Post, desk.post.id).state is PostState.WITHDRAWN


def test_what_a_facilitator_changed_since_is_noticed(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        made = take(session, desk, DecisionAction.SHOW)
        revision = session.get_one(Revision, desk.post.current_revision_id)
        target = reversing.target_of(session, SubjectKind.POST, desk.post.id)
        assert reversing.moved_on(session, made, target) is None
        publishing.show(session, desk.post, revision, collapsed=True, at=clock.now())
        assert reversing.moved_on(session, made, target) is MovedOn.STAFF


def test_no_word_is_kept_about_how_things_stood(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        thread = a_thread(session, desk.group, desk.author, title="[a title]", words="[some words]")
        first = session.scalars(select(Post).where(Post.thread_id == thread.id)).one()
        desk.post, desk.item = first, an_item(session, first)
        made = take(session, desk, DecisionAction.REMOVE)
        kept = f"{made.before} {made.after}"
        assert "[a title]" not in kept
        assert "[some words]" not in kept


def test_a_decision_of_before_there_was_an_undo_says_so(database: Database) -> None:
    with database.transaction() as session:
        desk = a_desk(session)
        made = take(session, desk, DecisionAction.SHOW)
        made.before = None
        with pytest.raises(NothingKept):
            put_back(session, made, desk.moderator)

"""What a facilitator does in a group of their own: pin, close, label, ask for a change, call a moderator.

Nothing here hides a post or reads one that the group cannot read: that is a moderator's work. Each act is an
audit event, and the member is told of what concerns their words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import group_reasons
from forum.actions import notices, paging, publishing
from forum.group_reasons import Purpose, UnknownReason
from forum.models import Facilitation, Notice, Post, PostState, Revision, Role, Thread
from forum.permissions import Action, Refused, require
from moderation import audit, labels, queue
from moderation.answers import Urgency
from moderation.audit import Actor
from moderation.db import FOR_CHANGE
from moderation.models import Decision, LabelSource
from moderation.policy import Policy
from moderation.reversals import standing
from moderation.subject import Subject, SubjectKind
from moderation.verbs import Verb
from moderation.workflow import DecisionAction


class NotInReach(Refused):
    """Not theirs to facilitate, or not there for the group to read: the page says "not found"."""

    def __init__(self) -> None:
        super().__init__(Action.READ_GROUP)


class LockedByModerator(Exception):
    """A moderator closed the thread; a facilitator cannot open it."""


class UnknownLabel(Exception):
    """The label is not on the list that authors and facilitators choose from."""


def pin(session: Session, *, actor: Actor, thread_id: int, pinned: bool, at: datetime) -> Thread:
    """Keep a thread at the top of the list, or let it go."""
    thread = _thread(session, actor, thread_id)
    if thread.pinned != pinned:
        thread.pinned = pinned
        audit.append(
            session,
            Verb.THREAD_PINNED,
            actor=actor,
            at=at,
            subject=_first(session, thread),
            group=thread.group_id,
            pinned=pinned,
        )
    return thread


def lock(
    session: Session, *, actor: Actor, thread_id: int, reason: str, policy: Policy, at: datetime
) -> Thread:
    """Close a thread to new replies; what is there can still be read."""
    code = _policy_reason(policy, DecisionAction.LOCK_THREAD, reason)
    thread = _thread(session, actor, thread_id)
    if thread.locked_at is None:
        thread.locked_at, thread.lock_reason = at, code
        audit.append(
            session,
            Verb.THREAD_LOCKED,
            actor=actor,
            at=at,
            subject=_first(session, thread),
            group=thread.group_id,
            reason=code,
            policy=policy.version,
            decision=None,
        )
    return thread


def unlock(session: Session, *, actor: Actor, thread_id: int, reason: str, at: datetime) -> Thread:
    """Open a thread to replies again, unless a moderator closed it."""
    code = group_reasons.checked(Purpose.UNLOCK, reason)
    thread = _thread(session, actor, thread_id)
    if thread.locked_at is None:
        return thread
    if _locked_by_decision(session, thread):
        raise LockedByModerator
    thread.locked_at, thread.lock_reason = None, None
    audit.append(
        session,
        Verb.THREAD_UNLOCKED,
        actor=actor,
        at=at,
        subject=_first(session, thread),
        group=thread.group_id,
        reason=code,
    )
    return thread


def add_labels(
    session: Session, *, actor: Actor, post_id: int, codes: Sequence[str], policy: Policy, at: datetime
) -> Post:
    """Put content labels on a post, which is then read only when asked for. Its author is told."""
    if not codes or not set(codes) <= {label.code for label in policy.taxonomy.content_labels}:
        raise UnknownLabel
    post, revision = _post(session, actor, post_id)
    there = {code for code, _source in labels.codes_on(session, [revision.id]).get(revision.id, ())}
    new = [code for code in dict.fromkeys(codes) if code not in there]
    labels.apply(
        session,
        post.id,
        revision.id,
        new,
        LabelSource.FACILITATOR,
        at,
        list_version=policy.taxonomy.content_labels_version,
    )
    for code in new:
        audit.append(
            session,
            Verb.LABEL_ADDED,
            actor=actor,
            at=at,
            subject=_subject(post, revision),
            group=post.group_id,
            policy=policy.version,
            revision=revision.id,
            label=code,
            source=LabelSource.FACILITATOR.value,
        )
    if new:
        publishing.show(session, post, revision, collapsed=True, at=at)
        once = f"labels-{revision.id}"
        notices.tell(session, post.author_id, "label_added", once=once, at=at, post=post.id)
    return post


def ask_for_change(
    session: Session, *, actor: Actor, post_id: int, reason: str, policy: Policy, at: datetime
) -> Post:
    """Ask the author to change a post, once a revision. It stays up: a request, not a decision."""
    code = _policy_reason(policy, DecisionAction.ASK_EDIT, reason)
    post, revision = _post(session, actor, post_id)
    once = f"edit-asked-{revision.id}"
    asked = select(Notice.id).where(Notice.member_id == post.author_id, Notice.once == once)
    if session.scalar(asked) is not None:
        return post
    notices.tell(session, post.author_id, "edit_asked", once=once, at=at, post=post.id, reason=code)
    audit.append(
        session,
        Verb.EDIT_ASKED,
        actor=actor,
        at=at,
        subject=_subject(post, revision),
        group=post.group_id,
        reason=code,
        policy=policy.version,
        revision=revision.id,
    )
    return post


def call_moderator(
    session: Session, *, actor: Actor, post_id: int, reason: str, policy: Policy, at: datetime
) -> Post:
    """Put a post in front of a moderator, as urgent as a member's report for the same reason."""
    found = policy.report_reasons.get(reason)
    if found is None:
        raise UnknownReason("call_moderator")
    post, revision = _post(session, actor, post_id)
    item = queue.open_item(
        session,
        _subject(post, revision),
        author_ref=post.author_id,
        group_ref=post.group_id,
        urgency=found.urgency,
        source="facilitator",
        codes=[found.code],
        assessment_id=None,
        policy=policy.version,
        actor=actor,
        at=at,
    )
    if found.urgency is Urgency.CRISIS:
        paging.page_staff(session, item, at=at)
    return post


def _policy_reason(policy: Policy, action: DecisionAction, reason: str) -> str:
    """A reason of the policy for this action that needs no note: the words it is told in stand there."""
    if reason not in {one.code for one in policy.reasons_for(action) if not one.needs_note}:
        raise UnknownReason(action.value)
    return reason


def _require_held(session: Session, actor: Actor, group_id: int) -> None:
    """The actor holds this group now, whatever the page they came from knew."""
    require(Action.FACILITATE, Role(actor.role))
    held = select(Facilitation.id).where(
        Facilitation.group_id == group_id,
        Facilitation.member_id == actor.ref,
        Facilitation.ended_at.is_(None),
    )
    if session.scalar(held) is None:
        raise NotInReach


def _thread(session: Session, actor: Actor, thread_id: int) -> Thread:
    thread = session.scalar(select(Thread).where(Thread.id == thread_id).with_for_update(**FOR_CHANGE))
    if thread is None or thread.listed_at is None:
        raise NotInReach
    _require_held(session, actor, thread.group_id)
    return thread


def _post(session: Session, actor: Actor, post_id: int) -> tuple[Post, Revision]:
    """A post that the group can read, with the revision it reads."""
    post = session.scalar(select(Post).where(Post.id == post_id).with_for_update(**FOR_CHANGE))
    if post is None or post.state is not PostState.SHOWN:
        raise NotInReach
    _require_held(session, actor, post.group_id)
    return post, session.get_one(Revision, post.shown_revision_id)


def _first(session: Session, thread: Thread) -> Subject:
    """A thread as the audit names it: by its first post."""
    first = select(Post.id).where(Post.thread_id == thread.id, Post.position == 1)
    return Subject(SubjectKind.POST, session.scalars(first).one())


def _subject(post: Post, revision: Revision) -> Subject:
    return Subject(SubjectKind.POST, post.id, revision.id)


def _locked_by_decision(session: Session, thread: Thread) -> bool:
    decided = (
        select(Decision.id)
        .join(Post, Post.id == Decision.subject_id)
        .where(
            Decision.subject_kind == SubjectKind.POST,
            Decision.action == DecisionAction.LOCK_THREAD.value,
            Decision.decided_at >= thread.locked_at,
            standing(),
            Post.thread_id == thread.id,
        )
        .limit(1)
    )
    return session.scalar(decided) is not None

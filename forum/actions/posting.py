"""Writing: start a thread, reply, edit. What is written is judged first and stored with its judgement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, literal, select
from sqlalchemy.orm import Session

from forum import outbox, text
from forum.actions import judging, publishing
from forum.actions.places import check_may_write, place_for_writing
from forum.actions.sent_before import OtherWordsSent
from forum.models import Member, Post, PostState, Revision, Thread
from forum.queries.viewer import Viewer
from forum.text import Rendered
from moderation import audit, labels, night, queue
from moderation.answers import Display
from moderation.assess import Assessment
from moderation.db import FOR_CHANGE
from moderation.models import Decision, LabelSource
from moderation.policy import Policy
from moderation.reversals import standing
from moderation.subject import Subject, SubjectKind
from moderation.verbs import Verb

RESCORE_AFTER = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form sent, tidied and made safe, before anything is stored."""

    rendered: Rendered
    source: str
    title: str | None
    note: str | None
    labels: tuple[str, ...]
    submission: str

    @property
    def words(self) -> str:
        """Everything that others would read, as one text to commit to."""
        return "\n\n".join(part for part in (self.title, self.source, self.note) if part)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a draft."""

    post: Post
    display: Display
    suggested: tuple[str, ...]
    repeated: bool = False
    """The same form had already been sent: nothing was done again."""


class CannotChange(Exception):
    """The post was removed or withdrawn, or is somebody else's."""


class HeldMeanwhile(Exception):
    """Reports in the night have it held since these words were judged: they are judged again."""


class DecidedMeanwhile(Exception):
    """A moderator kept the post back or hid words in it after these words were judged: they are judged again."""


def draft(
    *, source: str, title: str | None, note: str | None, chosen: tuple[str, ...], submission: str
) -> Draft:
    """Tidy and render what was typed. Safe to call before any transaction."""
    tidy = text.tidy(source)
    return Draft(
        rendered=text.render(tidy),
        source=tidy,
        title=text.tidy(title) or None if title else None,
        note=text.tidy(note) or None if note else None,
        labels=chosen,
        submission=submission,
    )


def start_thread(
    session: Session,
    *,
    author: Viewer,
    group_id: int,
    draft: Draft,
    assessment: Assessment,
    policy: Policy,
    at: datetime,
) -> Written:
    """A thread and its first post. The thread is listed once that post is shown."""
    if (earlier := _sent_before(session, author.id, draft)) is not None:
        return earlier
    if (earlier := _sent_meanwhile(session, author.id, draft)) is not None:
        return earlier
    check_may_write(place_for_writing(session, author.id, group_id, at=at))
    thread = Thread(
        group_id=group_id,
        author_id=author.id,
        title=publishing.UNTITLED,
        slug=text.slug(publishing.UNTITLED),
        created_at=at,
        last_post_at=at,
    )
    session.add(thread)
    session.flush()
    return _write(session, author, thread, draft, assessment, policy, at, inherited=())


def reply(
    session: Session,
    *,
    author: Viewer,
    thread_id: int,
    draft: Draft,
    assessment: Assessment,
    policy: Policy,
    inherited: tuple[str, ...],
    reply_to_id: int | None,
    quotes_id: int | None,
    at: datetime,
) -> Written:
    """A reply at the end of a thread. `inherited` are the labels of the thread and of what it answers or quotes."""
    if (earlier := _sent_before(session, author.id, draft)) is not None:
        return earlier
    thread = session.scalars(select(Thread).where(Thread.id == thread_id).with_for_update(**FOR_CHANGE)).one()
    if (earlier := _sent_meanwhile(session, author.id, draft)) is not None:
        return earlier
    check_may_write(place_for_writing(session, author.id, thread.group_id, at=at), thread=thread)
    return _write(
        session,
        author,
        thread,
        draft,
        assessment,
        policy,
        at,
        inherited,
        reply_to_id=reply_to_id,
        quotes_id=quotes_id,
    )


def edit(
    session: Session,
    *,
    author: Viewer,
    post_id: int,
    draft: Draft,
    assessment: Assessment,
    policy: Policy,
    inherited: tuple[str, ...],
    at: datetime,
) -> Written:
    """A new revision, judged again. While it waits for a person the post waits (ADR 0004)."""
    post = session.scalars(select(Post).where(Post.id == post_id).with_for_update(**FOR_CHANGE)).one()
    if post.author_id != author.id or post.state in (PostState.REMOVED, PostState.WITHDRAWN):
        raise CannotChange
    current = session.get_one(Revision, post.current_revision_id)
    if current.submission == draft.submission:
        _check_same_words(current, draft)
        return Written(post, _display_of(post), (), repeated=True)
    if assessment.answer.display is not Display.HOLD:
        _check_nothing_came_between(session, post, current)
    check_may_write(place_for_writing(session, author.id, post.group_id, at=at), editing=True)
    before = post.state
    revision = _revision(session, post, draft, current.number + 1, at)
    subject = Subject(SubjectKind.POST, post.id, revision.id)
    audit.append(
        session,
        Verb.POST_EDITED,
        actor=audit.Actor(author.id, author.role.value),
        at=at,
        subject=subject,
        group=post.group_id,
        revision=revision.id,
        number=revision.number,
        was_state=before.value,
    )
    queue.author_edited(session, subject, actor=audit.Actor(author.id, author.role.value), at=at)
    return _settle(session, post, revision, draft, assessment, policy, inherited, at)


def _check_nothing_came_between(session: Session, post: Post, current: Revision) -> None:
    """The words were judged outside this transaction: what would show them may have been overtaken."""
    if _kept_back(session, post, current):
        raise DecidedMeanwhile
    if post.state is PostState.HELD and session.scalar(select(night.holds(literal(post.id)))):
        raise HeldMeanwhile


def _kept_back(session: Session, post: Post, current: Revision) -> bool:
    """Whether only a person lets the next version through: a moderator kept this one back or hid words in it."""
    if current.masked:
        return True
    decided = exists().where(
        Decision.subject_kind == SubjectKind.POST, Decision.subject_id == post.id, standing()
    )
    return post.state is not PostState.SHOWN and bool(session.scalar(select(decided)))


def _sent_before(session: Session, author_id: int, draft: Draft) -> Written | None:
    post = session.scalar(
        select(Post).where(Post.author_id == author_id, Post.submission == draft.submission)
    )
    if post is None:
        return None
    first = session.scalars(select(Revision).where(Revision.post_id == post.id, Revision.number == 1)).one()
    _check_same_words(first, draft)
    return Written(post, _display_of(post), (), repeated=True)


def _check_same_words(sent: Revision, draft: Draft) -> None:
    """A form sent twice is one post; what was changed in between must not vanish without a word."""
    if (sent.source, sent.title, sent.note) != (draft.source, draft.title, draft.note):
        raise OtherWordsSent


def _sent_meanwhile(session: Session, author_id: int, draft: Draft) -> Written | None:
    """The same, with the author's row held: a form sent twice at the same moment is told apart from two."""
    session.execute(select(Member.id).where(Member.id == author_id).with_for_update(**FOR_CHANGE))
    return _sent_before(session, author_id, draft)


def _display_of(post: Post) -> Display:
    if post.state is not PostState.SHOWN:
        return Display.HOLD
    return Display.COLLAPSE if post.collapsed else Display.SHOW


def _write(
    session: Session,
    author: Viewer,
    thread: Thread,
    draft: Draft,
    assessment: Assessment,
    policy: Policy,
    at: datetime,
    inherited: tuple[str, ...],
    reply_to_id: int | None = None,
    quotes_id: int | None = None,
) -> Written:
    post = Post(
        thread_id=thread.id,
        group_id=thread.group_id,
        author_id=author.id,
        position=thread.next_position,
        state=PostState.HELD,
        reply_to_id=reply_to_id,
        quotes_id=quotes_id,
        submission=draft.submission,
        created_at=at,
    )
    thread.next_position += 1
    session.add(post)
    session.flush()
    revision = _revision(session, post, draft, 1, at)
    return _settle(session, post, revision, draft, assessment, policy, inherited, at)


def _revision(session: Session, post: Post, draft: Draft, number: int, at: datetime) -> Revision:
    revision = Revision(
        post_id=post.id,
        number=number,
        title=draft.title,
        source=draft.source,
        note=draft.note,
        plain=draft.rendered.plain,
        html=draft.rendered.html,
        render_version=text.RENDER_VERSION,
        submission=draft.submission,
        written_at=at,
    )
    session.add(revision)
    session.flush()
    post.current_revision_id = revision.id
    return revision


def _settle(
    session: Session,
    post: Post,
    revision: Revision,
    draft: Draft,
    assessment: Assessment,
    policy: Policy,
    inherited: tuple[str, ...],
    at: datetime,
) -> Written:
    """Record the judgement, put the labels on, and show or hold."""
    answer = assessment.answer
    judging.record(
        session,
        Subject(SubjectKind.POST, post.id, revision.id),
        assessment,
        policy=policy,
        author_id=post.author_id,
        group_id=post.group_id,
        words=draft.words,
        at=at,
    )
    by_software = [
        code for code in answer.content_labels if code not in draft.labels and code not in inherited
    ]
    for codes, source in (
        (draft.labels, LabelSource.AUTHOR),
        (inherited, LabelSource.INHERITED),
        (by_software, LabelSource.CLASSIFIER),
    ):
        labels.apply(
            session,
            post.id,
            revision.id,
            codes,
            source,
            list_version=policy.taxonomy.content_labels_version,
            at=at,
        )
    if answer.display is Display.HOLD:
        publishing.hold(session, post)
    else:
        publishing.show(session, post, revision, collapsed=answer.display is Display.COLLAPSE, at=at)
    if answer.score_again:
        outbox.promise(
            session,
            "score_again",
            once=f"score-{revision.id}",
            due_at=at + RESCORE_AFTER,
            post=post.id,
            revision=revision.id,
        )
    return Written(post, answer.display, answer.suggested)

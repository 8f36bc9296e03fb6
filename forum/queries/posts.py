"""One post: where it stands, what it says to its author, and why it waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from forum.models import Member, Post, PostState, Revision, Thread
from forum.queries.names import shown_name
from forum.queries.threads import page_of
from forum.queries.visibility import Reader, may_read
from moderation import night
from moderation.models import AssessmentRow, ContentLabel, Decision, LabelSource
from moderation.reversals import standing
from moderation.subject import SubjectKind
from moderation.workflow import DecisionAction

WAITING = frozenset({PostState.HELD, PostState.ASKED_TO_EDIT})


@dataclass(frozen=True, slots=True)
class PostFacts:
    """A post that this reader may read, with the words of its newest revision."""

    id: int
    thread_id: int
    thread_slug: str
    group_id: int
    author_id: int
    author: str
    position: int
    state: PostState
    collapsed: bool
    masked: bool
    revision_id: int
    title: str | None
    source: str
    note: str | None
    plain: str
    author_labels: tuple[str, ...]
    held_by_person: bool
    """A moderator kept it back, asked for a change or hid words: only a person lets the next version through."""
    held_overnight: bool
    """Reports in the night have it held, and nobody has looked yet."""
    other_labels: tuple[str, ...]
    """Inherited, or put there by software or staff: an author may add to them but not take them off."""

    @property
    def page(self) -> int:
        return page_of(self.position)

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.author_labels, *self.other_labels)))


def find_post(session: Session, reader: Reader, post_id: int) -> PostFacts | None:
    """The post, or None where it is not there for this reader."""
    row = session.execute(
        select(
            Post,
            Revision,
            Thread.slug,
            Member.pseudonym,
            Member.pseudonym_state,
            Member.state,
            exists().where(
                Decision.subject_kind == SubjectKind.POST, Decision.subject_id == Post.id, standing()
            ),
            and_(Post.state == PostState.HELD, night.holds(Post.id)),
        )
        .join(Revision, Revision.id == Post.current_revision_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Member, Member.id == Post.author_id)
        .where(Post.id == post_id)
    ).first()
    if row is None:
        return None
    post, revision, slug, pseudonym, pseudonym_state, member_state, decided, overnight = row
    if not may_read(reader, post):
        return None
    labels = session.execute(
        select(ContentLabel.code, ContentLabel.source)
        .where(ContentLabel.revision_id == revision.id, ContentLabel.negated_at.is_(None))
        .order_by(ContentLabel.id)
    ).all()
    return PostFacts(
        id=post.id,
        thread_id=post.thread_id,
        thread_slug=slug,
        group_id=post.group_id,
        author_id=post.author_id,
        author=shown_name(pseudonym, pseudonym_state, member_state),
        position=post.position,
        state=post.state,
        collapsed=post.collapsed,
        masked=revision.masked,
        revision_id=revision.id,
        title=revision.title,
        source=revision.source,
        note=revision.note,
        plain=revision.plain,
        author_labels=tuple(code for code, source in labels if source is LabelSource.AUTHOR),
        held_by_person=revision.masked or (post.state in WAITING and decided),
        held_overnight=overnight,
        other_labels=tuple(
            dict.fromkeys(code for code, source in labels if source is not LabelSource.AUTHOR)
        ),
    )


def kept_by_person(session: Session, revision_ids: Sequence[int]) -> frozenset[int]:
    """Those of these revisions that a person has read and keeps back, so that nobody is about to read them."""
    rows = session.scalars(
        select(Decision.revision_id).where(
            Decision.revision_id.in_(revision_ids),
            Decision.action == DecisionAction.KEEP_HELD.value,
            Decision.author_told_at.is_not(None),
            standing(),
        )
    )
    return frozenset(revision_id for revision_id in rows if revision_id is not None)


def reasons_of(
    session: Session, revision_ids: Sequence[int]
) -> dict[int, tuple[tuple[str, ...], str, datetime]]:
    """For each revision: the newest judgement's reason codes, its urgency, and when it was made."""
    if not revision_ids:
        return {}
    rows = session.execute(
        select(
            AssessmentRow.revision_id, AssessmentRow.reasons, AssessmentRow.urgency, AssessmentRow.assessed_at
        )
        .where(AssessmentRow.subject_kind == SubjectKind.POST, AssessmentRow.revision_id.in_(revision_ids))
        .order_by(AssessmentRow.id)
    ).all()
    return {
        revision_id: (tuple(reasons), urgency, at)
        for revision_id, reasons, urgency, at in rows
        if revision_id is not None
    }


def labels_to_inherit(session: Session, post_ids: Sequence[int]) -> tuple[str, ...]:
    """The labels on what a reply stands under, answers or quotes."""
    if not post_ids:
        return ()
    codes = session.scalars(
        select(ContentLabel.code)
        .join(Post, Post.current_revision_id == ContentLabel.revision_id)
        .where(Post.id.in_(post_ids), ContentLabel.negated_at.is_(None))
        .order_by(ContentLabel.id)
    )
    return tuple(dict.fromkeys(codes))

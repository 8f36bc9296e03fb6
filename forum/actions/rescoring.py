"""Scoring again what had no verdict, once the classifier is back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import text
from forum.actions import judging, notices, publishing
from forum.actions.judging import Judges
from forum.models import Member, Post, PostState, Revision, Role
from moderation import labels, queue
from moderation.answers import Display
from moderation.assess import Assessment
from moderation.db import FOR_CHANGE
from moderation.models import ContentLabel, LabelSource
from moderation.policy import Policy
from moderation.subject import Circumstances, Part, Piece, Subject, SubjectKind

CALM = "Good morning, everybody."
"""Any verdict on this will do."""


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A held revision without a verdict, as the judges need it."""

    post_id: int
    revision_id: int
    pieces: Sequence[Piece]
    circumstances: Circumstances
    words: str


def unjudged(session: Session, policy: Policy, *, post_id: int, revision_id: int) -> Unjudged | None:
    """What there is to judge again, or None when the post has moved on."""
    post = session.get(Post, post_id)
    if post is None or post.state is not PostState.HELD or post.current_revision_id != revision_id:
        return None
    revision = session.get_one(Revision, revision_id)
    author = session.get_one(Member, post.author_id)
    chosen, others = _labels(session, revision_id)
    return Unjudged(
        post_id=post.id,
        revision_id=revision.id,
        pieces=judging.post_pieces(text.render(revision.source), title=revision.title, note=revision.note),
        circumstances=Circumstances(
            newcomer=author.role is Role.MEMBER and author.approved_posts < policy.values.hold_first_posts,
            author_labels=chosen,
            inherited_labels=others,
        ),
        words="\n\n".join(part for part in (revision.title, revision.source, revision.note) if part),
    )


def judged_again(judges: Judges, found: Unjudged) -> Callable[[Session, datetime], None] | None:
    """Judge outside any transaction; returns what to do inside one, or None while there is still no verdict."""
    assessment = judging.judge(judges, found.pieces, found.circumstances)
    if assessment.answer.score_again:
        return None
    return lambda session, at: _settle(session, judges.policy, found, assessment, at)


def answers(judges: Judges) -> bool:
    """Whether the detectors give verdicts at all: tells one text that breaks them from a classifier that is away."""
    return not judging.judge(judges, [Piece(Part.BODY, CALM)], Circumstances()).answer.score_again


def _settle(session: Session, policy: Policy, found: Unjudged, assessment: Assessment, at: datetime) -> None:
    """Keep the verdict. The post goes through only where a missing verdict was all that held it; its author is told."""
    post = session.scalars(select(Post).where(Post.id == found.post_id).with_for_update(**FOR_CHANGE)).one()
    if post.state is not PostState.HELD or post.current_revision_id != found.revision_id:
        return
    revision = session.get_one(Revision, found.revision_id)
    subject = Subject(SubjectKind.POST, post.id, revision.id)
    answer = assessment.answer
    free = queue.waits_only_for_a_verdict(session, subject)
    if free and answer.display is not Display.HOLD and not answer.review:
        queue.close_after_verdict(session, subject, at=at)
    judging.record(
        session,
        subject,
        assessment if free else replace(assessment, lot=None),  # what a person keeps is not plainly shown
        policy=policy,
        author_id=post.author_id,
        group_id=post.group_id,
        words=found.words,
        at=at,
    )
    if answer.display is Display.HOLD or not free:
        return
    _, others = _labels(session, revision.id)
    chosen = found.circumstances.author_labels
    by_software = [code for code in answer.content_labels if code not in chosen and code not in others]
    version = policy.taxonomy.content_labels_version
    labels.apply(
        session, post.id, revision.id, by_software, LabelSource.CLASSIFIER, list_version=version, at=at
    )
    publishing.show(session, post, revision, collapsed=answer.display is Display.COLLAPSE, at=at)
    notices.tell(
        session, post.author_id, "checked_late", once=f"checked-late-{revision.id}", at=at, post=post.id
    )


def _labels(session: Session, revision_id: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The labels on a revision: its author's, and all others."""
    found = session.execute(
        select(ContentLabel.code, ContentLabel.source).where(
            ContentLabel.revision_id == revision_id, ContentLabel.negated_at.is_(None)
        )
    ).all()
    return (
        tuple(code for code, source in found if source is LabelSource.AUTHOR),
        tuple(code for code, source in found if source is not LabelSource.AUTHOR),
    )

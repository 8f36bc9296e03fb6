"""Taking one's own words back, at any time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.actions import publishing
from forum.actions.posting import CannotChange
from forum.models import Post, PostState
from forum.queries.viewer import Viewer
from moderation import audit, queue
from moderation.audit import Actor
from moderation.db import FOR_CHANGE
from moderation.subject import Subject, SubjectKind
from moderation.verbs import Verb


def withdraw(session: Session, *, author: Viewer, actor: Actor, post_id: int, at: datetime) -> None:
    """Take a post back. Doing it twice changes nothing; a post that staff removed stays removed."""
    post = session.scalars(select(Post).where(Post.id == post_id).with_for_update(**FOR_CHANGE)).one()
    if post.author_id != author.id or post.state is PostState.REMOVED:
        raise CannotChange
    if post.state is PostState.WITHDRAWN:
        return
    before = post.state
    subject = Subject(SubjectKind.POST, post.id, post.current_revision_id)
    audit.append(
        session,
        Verb.POST_WITHDRAWN,
        actor=actor,
        at=at,
        subject=subject,
        group=post.group_id,
        was_state=before.value,
    )
    queue.author_withdrew(session, subject, actor=actor, at=at)
    publishing.withdraw(session, post)

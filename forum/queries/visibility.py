"""Who may read which post: one rule, in Python and for the database, held together by a property test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import ColumnElement, and_, false, or_, true

from forum.models import Post, PostState
from forum.queries.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Reader:
    """What the rule needs to know of a person."""

    id: int
    reads: frozenset[int]
    """Groups they belong to or facilitate."""
    reviews: bool
    claimed_post_ids: frozenset[int] = frozenset()
    """Posts under a live claim of theirs."""


class PostFacts(Protocol):
    """What the rule needs to know of a post."""

    @property
    def id(self) -> int: ...
    @property
    def group_id(self) -> int: ...
    @property
    def author_id(self) -> int: ...
    @property
    def state(self) -> PostState: ...


def reader(viewer: Viewer, claimed_post_ids: frozenset[int] = frozenset()) -> Reader:
    """The viewer as the rule sees them."""
    return Reader(viewer.id, viewer.reads, viewer.reviews, claimed_post_ids)


def may_read(person: Reader, post: PostFacts) -> bool:
    """A shown post is for its group and review staff; one's own words always; the rest only inside a live claim."""
    if post.author_id == person.id:
        return True
    if post.state is PostState.SHOWN:
        return person.reviews or post.group_id in person.reads
    return person.reviews and post.id in person.claimed_post_ids


def readable_by(person: Reader) -> ColumnElement[bool]:
    """`may_read` for the database."""
    in_reach = true() if person.reviews else Post.group_id.in_(person.reads) if person.reads else false()
    claimed = Post.id.in_(person.claimed_post_ids) if person.reviews and person.claimed_post_ids else false()
    return or_(Post.author_id == person.id, and_(Post.state == PostState.SHOWN, in_reach), claimed)

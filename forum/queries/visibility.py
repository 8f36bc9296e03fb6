"""Who may read which post: one rule, in Python and for the database, held together by a property test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Boolean, ColumnElement, and_, bindparam, or_

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


_post = Post.__table__.c
READABLE: ColumnElement[bool] = or_(
    _post.author_id == bindparam("reader"),
    and_(
        _post.state == PostState.SHOWN,
        or_(
            bindparam("reader_reviews", type_=Boolean),
            _post.group_id.in_(bindparam("reader_reads", expanding=True)),
        ),
    ),
    and_(
        bindparam("reader_reviews", type_=Boolean), _post.id.in_(bindparam("reader_claimed", expanding=True))
    ),
)
"""`may_read` for the database, built once: a statement with it is run with `asked_by(person)`."""


def asked_by(person: Reader) -> dict[str, Any]:
    """What `READABLE` needs to know of the reader."""
    return {
        "reader": person.id,
        "reader_reviews": person.reviews,
        "reader_reads": list(person.reads),
        "reader_claimed": list(person.claimed_post_ids),
    }

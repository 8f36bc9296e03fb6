"""Threads, posts and their immutable revisions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.db import Base, Code, Id, UtcDateTime


class PostState(StrEnum):
    """Whether others may read the post. Only `shown` may be read by the group."""

    HELD = "held"
    """Waits for a person; the author sees it."""
    SHOWN = "shown"
    ASKED_TO_EDIT = "asked_to_edit"
    """A moderator asked for a change; not shown until the new revision is judged."""
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"


class Thread(Base):
    """A conversation in a group. It is listed once its first post has been shown.

    `title` is the title of the first post's shown revision. `post_count` and `last_post_at` count shown
    posts only; `next_position` numbers all posts, so a removed post keeps its place.
    """

    __tablename__ = "threads"
    __table_args__ = (
        Index(
            "ix_threads_listing",
            "group_id",
            "pinned",
            "last_post_at",
            "id",
            sqlite_where=text("listed_at IS NOT NULL"),
            postgresql_where=text("listed_at IS NOT NULL"),
        ),
        Index("ix_threads_author_id", "author_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    title: Mapped[str] = mapped_column(String(120))
    slug: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    listed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_post_at: Mapped[datetime] = mapped_column(UtcDateTime)
    post_count: Mapped[int] = mapped_column(default=0)
    next_position: Mapped[int] = mapped_column(default=1)
    pinned: Mapped[bool] = mapped_column(default=False)
    locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lock_reason: Mapped[str | None] = mapped_column(String(40))


class Post(Base):
    """One contribution. What others read is `shown_revision_id`; `current_revision_id` is the newest.

    `collapsed` is true when the shown revision is left out of the page until asked for.
    """

    __tablename__ = "posts"
    __table_args__ = (
        UniqueConstraint("thread_id", "position"),
        UniqueConstraint("author_id", "submission"),
        Index("ix_posts_author_id", "author_id", "id"),
        Index("ix_posts_group_id", "group_id"),
        CheckConstraint("state <> 'shown' OR shown_revision_id IS NOT NULL", name="shown_has_revision"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    position: Mapped[int]
    state: Mapped[PostState] = mapped_column(Code(PostState))
    collapsed: Mapped[bool] = mapped_column(default=False)
    current_revision_id: Mapped[int | None] = mapped_column(Id)
    shown_revision_id: Mapped[int | None] = mapped_column(Id)
    reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    quotes_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    submission: Mapped[str] = mapped_column(String(40))
    """A random id from the form: sending the same form twice makes one post."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Revision(Base):
    """One version of a post's words, never changed once written. Masking writes `html`, not `source`.

    `plain` is what detectors read and what spans count in; `html` is safe and ready to serve, made by
    renderer `render_version`.
    """

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("post_id", "number"), UniqueConstraint("post_id", "submission"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    number: Mapped[int]
    title: Mapped[str | None] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(String(100))
    plain: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    render_version: Mapped[int]
    masked: Mapped[bool] = mapped_column(default=False)
    submission: Mapped[str] = mapped_column(String(40))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)

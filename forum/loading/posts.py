"""Threads and posts in bulk, a batch at a time: rows as `actions/posting` leaves them, in the order of time."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, insert, update
from sqlalchemy.orm import Session

from forum import text
from forum.actions.publishing import UNTITLED
from forum.loading.people import People
from forum.loading.plan import Planned
from forum.loading.pool import Pool, Text, content
from forum.models import Member, Notice, Post, PostState, Revision, Thread
from moderation.answers import Display
from moderation.assess import Assessment
from moderation.commitments import under
from moderation.models import AssessmentRow, ContentLabel, LabelSource
from moderation.policy import Policy
from moderation.subject import Subject, SubjectKind

QUOTES_SHARE, ANSWERS_SHARE = 0.06, 0.15
REMEMBERED = 8
"""A reply answers or quotes one of the last so many posts of its thread."""
REPORTED_SHARE = 0.003
UNREAD_FOR = timedelta(days=2)
"""Older notices have been read."""


@dataclass(slots=True)
class Written:
    """One post that was made and what software said, for what follows from it."""

    subject: Subject
    group_id: int
    author_id: int
    at: datetime
    assessment: Assessment
    row: AssessmentRow
    reported: bool
    """Somebody in the group is going to report it."""

    @property
    def asks(self) -> bool:
        """Whether a person is going to look at it."""
        return self.assessment.answer.review or self.reported


@dataclass(slots=True)
class _Thread:
    """A thread while it grows."""

    id: int
    group_id: int
    author_id: int
    position: int = 0
    recent: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Rows:
    """What one batch inserts, by table, and how counts change."""

    threads: list[dict[str, Any]] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    revisions: list[dict[str, Any]] = field(default_factory=list)
    assessments: list[dict[str, Any]] = field(default_factory=list)
    labels: list[dict[str, Any]] = field(default_factory=list)
    notices: list[dict[str, Any]] = field(default_factory=list)
    positions: Counter[int] = field(default_factory=Counter)
    shown: Counter[int] = field(default_factory=Counter)
    last_shown: dict[int, datetime] = field(default_factory=dict)
    approved: Counter[int] = field(default_factory=Counter)


class Writer:
    """Writes the plan down. Ids count up from 1: the database is empty."""

    def __init__(
        self,
        *,
        pool: Pool,
        people: People,
        policy: Policy,
        counts: Sequence[int],
        begins: datetime,
        now: datetime,
        chance: random.Random,
    ) -> None:
        self._pool, self._people, self._policy, self._chance = pool, people, policy, chance
        self._counts, self._begins, self._now = counts, begins, now
        self._groups = list(people.writers)
        self._threads: dict[int, _Thread] = {}
        self._post_id = 0

    def write(self, session: Session, batch: Sequence[Planned]) -> list[Written]:
        """Insert a batch. Returns the posts from which more follows: an event, an item, an offer of help."""
        rows = _Rows()
        followed = [made for planned in batch if (made := self._one(rows, planned)) is not None]
        for table, values in (
            (Thread, rows.threads),
            (Post, rows.posts),
            (Revision, rows.revisions),
            (AssessmentRow, rows.assessments),
            (ContentLabel, rows.labels),
            (Notice, rows.notices),
        ):
            if values:
                session.execute(insert(table.__table__), values)  # type: ignore[arg-type]  # past the ORM
        self._count(session, rows)
        return followed

    def _one(self, rows: _Rows, planned: Planned) -> Written | None:
        at = self._begins + timedelta(seconds=planned.second)
        thread = self._threads.get(planned.thread) or self._start(rows, planned, at)
        thread.position += 1
        first = thread.position == 1
        drawn = self._pool.draw(shown=first and self._counts[planned.thread] > 1)
        author = thread.author_id if first else self._chance.choice(self._people.writers[thread.group_id])
        title = self._chance.choice(content()["titles"]) if first else None
        self._post_id += 1
        collapsed = drawn.assessment.answer.display is Display.COLLAPSE
        post = self._post(thread, author, drawn, collapsed, at)
        rows.posts.append(post)
        rows.revisions.append(self._revision(drawn, title, at))
        rows.labels += self._labels(drawn, at)
        rows.positions[thread.id] += 1
        if first:
            self._title(rows.threads[-1], title, drawn, collapsed, at)
        if not drawn.held:
            rows.shown[thread.id] += 1
            rows.last_shown[thread.id] = at
            rows.approved[author] += 1
            self._tell(rows, thread, author, at)
            thread.recent = [*thread.recent[1 - REMEMBERED :], self._post_id]
        return self._judgement(rows, thread, author, drawn, title, at)

    def _start(self, rows: _Rows, planned: Planned, at: datetime) -> _Thread:
        group = self._groups[planned.thread % len(self._groups)]
        made = _Thread(planned.thread + 1, group, self._chance.choice(self._people.writers[group]))
        self._threads[planned.thread] = made
        rows.threads.append(
            {
                "id": made.id,
                "group_id": group,
                "author_id": made.author_id,
                "title": UNTITLED,
                "slug": text.slug(UNTITLED),
                "created_at": at,
                "listed_at": None,
                "last_post_at": at,
            }
        )
        return made

    def _title(
        self, row: dict[str, Any], title: str | None, drawn: Text, collapsed: bool, at: datetime
    ) -> None:
        if not drawn.held:
            row["title"], row["listed_at"] = title, at
            row["slug"] = text.slug(UNTITLED if collapsed else title or UNTITLED)

    def _post(
        self, thread: _Thread, author: int, drawn: Text, collapsed: bool, at: datetime
    ) -> dict[str, Any]:
        number, chance = self._post_id, self._chance
        draw = chance.random()
        earlier = chance.choice(thread.recent) if thread.recent else None
        return {
            "id": number,
            "thread_id": thread.id,
            "group_id": thread.group_id,
            "author_id": author,
            "position": thread.position,
            "state": PostState.HELD if drawn.held else PostState.SHOWN,
            "collapsed": collapsed,
            "current_revision_id": number,
            "shown_revision_id": None if drawn.held else number,
            "quotes_id": earlier if draw < QUOTES_SHARE else None,
            "reply_to_id": earlier if QUOTES_SHARE <= draw < QUOTES_SHARE + ANSWERS_SHARE else None,
            "submission": f"seed-{number}",
            "created_at": at,
            "first_shown_at": None if drawn.held else at,
        }

    def _revision(self, drawn: Text, title: str | None, at: datetime) -> dict[str, Any]:
        return {
            "id": self._post_id,
            "post_id": self._post_id,
            "number": 1,
            "title": title,
            "source": drawn.source,
            "note": drawn.note,
            "plain": drawn.rendered.plain,
            "html": drawn.rendered.html,
            "render_version": text.RENDER_VERSION,
            "submission": f"seed-{self._post_id}",
            "written_at": at,
        }

    def _labels(self, drawn: Text, at: datetime) -> list[dict[str, Any]]:
        by_software = [code for code in drawn.assessment.answer.content_labels if code not in drawn.labels]
        return [
            {
                "post_id": self._post_id,
                "revision_id": self._post_id,
                "code": code,
                "list_version": self._policy.taxonomy.content_labels_version,
                "source": source,
                "applied_at": at,
            }
            for codes, source in ((drawn.labels, LabelSource.AUTHOR), (by_software, LabelSource.CLASSIFIER))
            for code in codes
        ]

    def _tell(self, rows: _Rows, thread: _Thread, author: int, at: datetime) -> None:
        """The person who started the thread is told of every reply, as `publishing` does."""
        if thread.position > 1 and author != thread.author_id:
            rows.notices.append(
                {
                    "member_id": thread.author_id,
                    "kind": "reply",
                    "data": {"post": self._post_id, "thread": thread.id},
                    "once": f"reply-{self._post_id}",
                    "made_at": at,
                    "read_at": at if self._now - at > UNREAD_FOR else None,
                }
            )

    def _judgement(
        self, rows: _Rows, thread: _Thread, author: int, drawn: Text, title: str | None, at: datetime
    ) -> Written | None:
        words = f"{title}\n\n{drawn.words}" if title else drawn.words
        made = {
            **drawn.judged,
            "id": self._post_id,
            "subject_id": self._post_id,
            "revision_id": self._post_id,
            "author_ref": author,
            "commitment": under(self._people.secrets[author], words),
            "assessed_at": at,
        }
        rows.assessments.append(made)
        answer = drawn.assessment.answer
        reported = not drawn.held and self._chance.random() < REPORTED_SHARE
        if answer.display is Display.SHOW and not (answer.review or answer.support or reported):
            return None
        subject = Subject(SubjectKind.POST, self._post_id, self._post_id)
        return Written(
            subject, thread.group_id, author, at, drawn.assessment, AssessmentRow(**made), reported
        )

    def _count(self, session: Session, rows: _Rows) -> None:
        """Threads and members count what was written, beside what decisions change meanwhile."""
        last = bindparam("last", type_=Thread.last_post_at.type)
        session.execute(
            update(Thread.__table__)  # type: ignore[arg-type]
            .where(Thread.id == bindparam("thread"))
            .values(
                next_position=Thread.next_position + bindparam("places"),
                post_count=Thread.post_count + bindparam("more"),
                last_post_at=case((last > Thread.last_post_at, last), else_=Thread.last_post_at),
            ),
            [
                {
                    "thread": thread,
                    "places": places,
                    "more": rows.shown[thread],
                    "last": rows.last_shown.get(thread, self._begins),
                }
                for thread, places in rows.positions.items()
            ],
        )
        if rows.approved:
            session.execute(
                update(Member.__table__)  # type: ignore[arg-type]
                .where(Member.id == bindparam("member"))
                .values(approved_posts=Member.approved_posts + bindparam("more")),
                [{"member": member, "more": count} for member, count in rows.approved.items()],
            )

"""What is being filled: who and what is there already, and what happens when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.actions.judging import Judges
from forum.models import Group, Member, Post, Thread
from forum.queries.viewer import Viewer
from moderation.audit import Actor
from moderation.models import Complaint, Decision
from moderation.policy import Policy

Act = Callable[[datetime], None]


@dataclass(slots=True)
class Scene:
    """Acts are planned in any order and played in the order of their times, so that the log reads as it would."""

    session: Session
    judges: Judges
    now: datetime
    people: dict[str, Member] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)
    decisions: dict[int, Decision] = field(default_factory=dict)
    """By the post that they are about."""
    complaints: dict[str, Complaint] = field(default_factory=dict)
    """By the form that they were sent with."""
    _acts: list[tuple[datetime, Act]] = field(default_factory=list)

    @property
    def policy(self) -> Policy:
        return self.judges.policy

    def ago(self, hours: float, act: Act) -> None:
        """Let this happen so many hours before now. What was planned first comes first at the same moment."""
        self._acts.append((self.now - timedelta(hours=hours), act))

    def play(self) -> None:
        """Do everything that was planned."""
        for at, act in sorted(self._acts, key=lambda planned: planned[0]):
            act(at)

    def actor(self, sign_in: str) -> Actor:
        member = self.people[sign_in]
        return Actor(member.id, member.role.value)

    def post(self, title: str, position: int) -> Post:
        """A post by its thread's title and its place there."""
        there = select(Post).where(Post.thread_id == self.threads[title].id, Post.position == position)
        return self.session.scalars(there).one()

    def viewer(self, sign_in: str) -> Viewer:
        """Somebody as pages know them."""
        member = self.people[sign_in]
        return Viewer(
            id=member.id,
            role=member.role,
            pseudonym=member.pseudonym,
            country=member.country,
            timezone=member.timezone,
            session_id=0,
            last_used_at=self.now,
            second_factor_set=False,
            second_factor_passed=False,
            change_pass_phrase=False,
            rules_version=member.rules_version,
            approved_posts=member.approved_posts,
            group_ids=frozenset(group.id for group in self.groups.values()),
            resting_group_ids=frozenset(),
            facilitates=frozenset(),
            unread_notices=0,
            help_panel_id=None,
            help_panel_level=None,
            restricted_until=None,
        )

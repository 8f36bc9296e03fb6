"""What people at the desk do: reports and decisions by the same verbs as on the site, on some of what was written."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from forum.actions import judging, reviewing
from forum.loading.people import People
from forum.loading.pool import content
from forum.loading.posts import Written
from forum.models import Post, PostState, Role, Thread
from moderation import reports
from moderation.audit import Actor
from moderation.policy import Policy
from moderation.queue import open_item_of
from moderation.verdicts import Verdict
from moderation.workflow import DecisionAction

WAITS_AT_MOST = timedelta(hours=20)
READS_FOR = timedelta(minutes=3)

Choice = tuple[DecisionAction, str, tuple[str, ...]]
OF_HELD: tuple[tuple[Choice, int], ...] = (
    ((DecisionAction.SHOW, "within_rules", ()), 55),
    ((DecisionAction.SHOW_WITH_LABEL, "fits_a_label", ("past_self_harm",)), 20),
    ((DecisionAction.KEEP_HELD, "graphic", ()), 15),
    ((DecisionAction.REMOVE, "comparison", ()), 10),
)
"""What becomes of a held post, and how often."""
OF_SHOWN: tuple[tuple[Choice, int], ...] = (
    ((DecisionAction.SHOW, "within_rules", ()), 75),
    ((DecisionAction.SHOW_WITH_LABEL, "graphic", ("graphic_injury",)), 17),
    ((DecisionAction.REMOVE, "comparison", ()), 8),
)


class Desk:
    """Items wait here until somebody decides."""

    def __init__(
        self, people: People, policy: Policy, chance: random.Random, *, left_open_from: datetime
    ) -> None:
        """What is written from `left_open_from` on stays for whoever opens the queue."""
        self._people, self._policy, self._chance = people, policy, chance
        self._left_open_from = left_open_from
        self._waiting: list[Written] = []

    def take_in(self, session: Session, made: Sequence[Written]) -> None:
        """What follows from judgements and reports: events, items, offers of help."""
        for one in made:
            judging.follow_up(
                session,
                one.subject,
                one.assessment,
                one.row,
                policy=self._policy,
                group_id=one.group_id,
                at=one.at,
            )
            if one.reported:
                self._report(session, one)
            if one.asks and one.at < self._left_open_from:
                self._waiting.append(one)

    def work(self, session: Session, until: datetime) -> None:
        """Decide what has waited long enough by `until`."""
        due = [one for one in self._waiting if one.at + WAITS_AT_MOST < until]
        self._waiting = [one for one in self._waiting if one.at + WAITS_AT_MOST >= until]
        for one in due:
            self._decide(session, one)
        _in_order_of_time(session, [one.subject.id for one in due])

    def _report(self, session: Session, one: Written) -> None:
        others = [ref for ref in self._people.writers[one.group_id] if ref != one.author_id]
        reporter = self._chance.choice(others)
        reports.make(
            session,
            one.subject,
            reporter_ref=reporter,
            author_ref=one.author_id,
            group_ref=one.group_id,
            reason=self._policy.report_reasons["unkind"],
            details=self._chance.choice(content()["reports"]) or None,
            policy=self._policy.version,
            actor=Actor(reporter, Role.MEMBER.value),
            at=one.at + timedelta(minutes=1),
        )

    def _decide(self, session: Session, one: Written) -> None:
        item = open_item_of(session, one.subject)
        if item is None:
            return
        at = one.at + READS_FOR * 2 + self._chance.random() * (WAITS_AT_MOST - READS_FOR * 2)
        sign_in = self._chance.choice(("demo-lead", "demo-moderator", "demo-moderator-two"))
        role = Role.LEAD if sign_in == "demo-lead" else Role.MODERATOR
        actor = Actor(self._people.staff[sign_in], role.value)
        reviewing.claim(session, item.id, actor=actor, policy=self._policy, at=at - READS_FOR)
        reviewing.open_text(session, item.id, actor=actor, at=at - READS_FOR)
        reviewing.decide(
            session,
            item.id,
            version=item.version,
            verdict=self._verdict(session.get_one(Post, one.subject.id)),
            actor=actor,
            policy=self._policy,
            at=at,
        )

    def _verdict(self, post: Post) -> Verdict:
        choices = OF_HELD if post.state is PostState.HELD else OF_SHOWN
        (action, reason, labels), _share = self._chance.choices(choices, [share for _, share in choices])[0]
        return Verdict(action, self._policy.decision_reasons[reason], labels=labels)


def _in_order_of_time(session: Session, post_ids: Sequence[int]) -> None:
    """A post that a decision puts up may stand before newer ones that are there already; these end the thread."""
    newest = select(func.max(Post.first_shown_at)).where(Post.thread_id == Thread.id).scalar_subquery()
    session.execute(
        update(Thread)
        .where(
            Thread.id.in_(select(Post.thread_id).where(Post.id.in_(post_ids))), Thread.listed_at.is_not(None)
        )
        .values(last_post_at=newest)
        .execution_options(synchronize_session=False)
    )

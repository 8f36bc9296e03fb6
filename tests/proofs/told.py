"""Whether everybody was told what they were promised, once: each function gives back what is wrong, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.models import Member, Notice, Post, Role, Thread
from moderation.answers import Urgency
from moderation.models import Appeal, Decision, Report, ReviewItem, ReviewReason
from moderation.workflow import ANSWERS, SHOWS, DecisionAction, ItemState


def problems(session: Session) -> list[str]:
    """All of them, after all promised work was done."""
    return [*authors_and_reporters(session), *who_was_replied_to(session), *the_desk(session)]


def authors_and_reporters(session: Session) -> Iterator[str]:
    """One notice for each decision's author, unless it was taken back before, or overtaken; one for each reporter."""
    told = Counter(session.scalars(select(Notice.once)))
    appeals = {one.decided_decision_id: one for one in session.scalars(select(Appeal))}
    decisions = {one.id: one for one in session.scalars(select(Decision).order_by(Decision.id))}
    undone = {one.undoes_id for one in decisions.values() if one.action == DecisionAction.UNDO}
    newest = {one.subject_id: one.id for one in decisions.values()}
    for one in decisions.values():
        answers = DecisionAction(one.action) in ANSWERS
        count = told[f"appeal-{appeals[one.id].id}" if answers else f"decision-{one.id}"]
        in_silence = (
            (one.id in undone and one.effects_at is None)
            or (one.action == DecisionAction.UNDO and decisions[one.undoes_id or 0].author_told_at is None)
            or (one.action in SHOWS and newest[one.subject_id] > one.id)  # nobody could read it by then
        )
        if count != (one.author_told_at is not None) or not (count or in_silence):
            yield f"the author of decision {one.id} ({one.action}) was told {count} times"
    states = {one.id: one.state for one in session.scalars(select(ReviewItem))}
    for report in session.scalars(select(Report)):
        if states[report.item_id] is ItemState.DECIDED and report.outcome is None:
            yield f"report {report.id} was decided on, and has no outcome"
        if report.outcome is not None and f"report-{report.id}-{report.decision_id}" not in told:
            yield f"the reporter of report {report.id} was not told"


def who_was_replied_to(session: Session) -> Iterator[str]:
    """Whoever began a thread hears of each reply that could be read."""
    rows = session.execute(select(Notice.member_id, Notice.once).where(Notice.kind == "reply"))
    heard = {(member_id, once) for member_id, once in rows}
    replies = session.execute(
        select(Thread.author_id, Post.id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(
            Post.first_shown_at.is_not(None),
            Post.position > 1,
            Post.author_id != Thread.author_id,
            Post.submission.not_like("made-%"),
        )
    )
    for member_id, post_id in replies:
        if (member_id, f"reply-{post_id}") not in heard:
            yield f"nobody was told of the reply {post_id}"


def the_desk(session: Session) -> Iterator[str]:
    """Everybody who may decide is called to a crisis."""
    desk = session.scalar(
        select(func.count()).select_from(Member).where(Member.role.in_([Role.MODERATOR, Role.LEAD]))
    )
    called = Counter(session.scalars(select(Notice.once).where(Notice.kind == "crisis_page")))
    crises = select(ReviewReason.item_id).where(ReviewReason.urgency == int(Urgency.CRISIS)).distinct()
    for item_id in session.scalars(crises):
        if called[f"crisis-{item_id}"] != desk:
            yield f"{called[f'crisis-{item_id}']} of {desk} were called to item {item_id}"

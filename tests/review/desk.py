"""What the desk's tests start from: a held post with an item, a team, and steps said in a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import clock
from forum.actions import reviewing
from forum.models import Group, Member, Post, PostState, Role, Thread
from moderation import audit, queue
from moderation.answers import Urgency
from moderation.audit import SOFTWARE, Actor
from moderation.models import AssessmentRow, AuditEvent, Decision, ReviewItem
from moderation.policy import Policy, load_policy
from moderation.subject import Span, Subject, SubjectKind
from moderation.verbs import Verb
from moderation.verdicts import Illegality, Verdict
from moderation.workflow import DecisionAction, ItemState
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_post, a_thread

WORDS = "It was a hard night. [graphic detail] stood here. I am safe now and would like company."
RULES: Policy = load_policy()


@dataclass
class Desk:
    """A group with a held reply by `author`, its item, and staff."""

    group: Group
    author: Member
    peer: Member
    moderator: Member
    other: Member
    lead: Member
    thread: Thread
    post: Post
    item: ReviewItem


def a_desk(
    session: Session,
    *,
    urgency: Urgency = Urgency.RED,
    state: PostState = PostState.HELD,
    code: str = "graphic.sure",
    lead: bool = True,
) -> Desk:
    """One held post in a group of two, waiting for a person."""
    author, peer = a_member(session), a_member(session)
    moderator, other = a_member(session, role=Role.MODERATOR), a_member(session, role=Role.MODERATOR)
    leader = a_member(session, role=Role.LEAD) if lead else other
    group = a_group(session, members=(author, peer))
    thread = a_thread(session, group, peer)
    post = a_post(session, thread, author, words=WORDS, state=state)
    item = an_item(session, post, urgency=urgency, code=code)
    return Desk(group, author, peer, moderator, other, leader, thread, post, item)


def an_item(
    session: Session,
    post: Post,
    *,
    urgency: Urgency = Urgency.RED,
    code: str = "graphic.sure",
    at: datetime | None = None,
) -> ReviewItem:
    """An item as posting opens it, with software's judgement behind it."""
    moment = at or clock.now() - timedelta(minutes=5)
    start = WORDS.index("[graphic")
    judged = AssessmentRow(
        subject_kind=SubjectKind.POST,
        subject_id=post.id,
        revision_id=post.current_revision_id,
        author_ref=post.author_id,
        commitment="a" * 64,
        policy_version=RULES.version,
        model_id="fixed",
        engine="fixed",
        normaliser="1",
        language="en",
        findings=[
            {
                "detector": "classifier",
                "name": "graphic",
                "label": "graphic_injury",
                "strength": "sure",
                "part": "body",
                "score": 930,
                "rule": None,
                "quoted": False,
                "spans": [[start, start + len("[graphic detail] stood here.")]],
            }
        ],
        display="hold",
        urgency=urgency.code,
        support="offer",
        reasons=[code],
        milliseconds=3,
        assessed_at=moment,
    )
    session.add(judged)
    session.flush()
    return queue.open_item(
        session,
        subject_of(post),
        author_ref=post.author_id,
        group_ref=post.group_id,
        urgency=urgency,
        source="software",
        codes=(code,),
        assessment_id=judged.id,
        policy=RULES.version,
        actor=SOFTWARE,
        at=moment,
    )


def subject_of(post: Post) -> Subject:
    return Subject(SubjectKind.POST, post.id, post.current_revision_id)


def actor_of(member: Member) -> Actor:
    return audit.Actor(member.id, member.role.value)


def claim(session: Session, item: ReviewItem, who: Member, *, at: datetime | None = None) -> int:
    """Claim and return the version that the form would carry."""
    reviewing.claim(session, item.id, actor=actor_of(who), policy=RULES, at=at or clock.now())
    return session.get_one(ReviewItem, item.id, populate_existing=True).version


def claimed(client: CheckingClient, desk: Desk) -> None:
    """Sign the moderator in, take the item and open its words, page by page."""
    client.sign_in(desk.moderator)
    page = client.get(f"/review/{desk.item.id}")
    page = page.submit(page.form("Take this one"))
    page.submit(page.form("Open the words"))


def decide(
    session: Session,
    item: ReviewItem,
    who: Member,
    action: DecisionAction,
    reason: str,
    *,
    version: int | None = None,
    at: datetime | None = None,
    labels: tuple[str, ...] = (),
    spans: tuple[Span, ...] = (),
    days: int | None = None,
    note: str | None = None,
    illegality: Illegality | None = None,
) -> Decision:
    verdict = Verdict(
        action=action,
        reason=RULES.decision_reasons[reason],
        labels=labels,
        spans=spans,
        days=days,
        note=note,
        illegality=illegality,
    )
    return reviewing.decide(
        session,
        item.id,
        version=item.version if version is None else version,
        verdict=verdict,
        actor=actor_of(who),
        policy=RULES,
        at=at or clock.now(),
    )


def decide_what_waits(session: Session, action: DecisionAction, *spans: Span) -> Decision:
    """A moderator takes the one item that waits and decides, for the first reason that fits."""
    item = session.scalars(select(ReviewItem).where(ReviewItem.state != ItemState.DECIDED)).one()
    who = a_member(session, role=Role.MODERATOR)
    version = claim(session, item, who)
    return decide(session, item, who, action, RULES.reasons_for(action)[0].code, version=version, spans=spans)


def events(session: Session, verb: Verb) -> list[AuditEvent]:
    """The sealed events of one verb, in order."""
    return list(
        session.scalars(select(AuditEvent).where(AuditEvent.verb == verb.value).order_by(AuditEvent.seq))
    )

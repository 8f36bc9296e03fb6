"""The desk of the world: items open and held, decisions, reports, an appeal and a complaint."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import clock
from forum.actions import complaining
from forum.models import Member, Post, PostState, Thread
from moderation import audit, queue, reports
from moderation.answers import Support, Urgency
from moderation.models import ComplaintKind
from moderation.subject import Subject, SubjectKind
from moderation.workflow import DecisionAction
from tests.appeals.cases import appeal, item_of
from tests.fuzz.canaries import Place
from tests.fuzz.world import World
from tests.review.desk import RULES, actor_of, an_item, claim, decide, subject_of
from tests.support.making import a_post


def fill_the_desk(session: Session, world: World) -> None:
    """Items open, claimed by each who may claim, decided, reported, in crisis, about a name."""
    people, now = world.people, clock.now()
    held = session.scalars(select(Post).where(Post.state == PostState.HELD).order_by(Post.id)).all()
    holders: list[Member | None] = [
        people["moderator"],
        people["lead"],
        people["clinician"],
        people["other moderator"],
    ]
    for number, post in enumerate(held):
        urgency = (Urgency.RED, Urgency.AMBER, Urgency.CRISIS, Urgency.RED, Urgency.GREEN)[number % 5]
        item = an_item(session, post, urgency=urgency)
        holder = holders.pop(0) if holders else None
        if holder is not None:
            claim(session, item, holder, at=now)
    session.flush()
    _decided(session, world)
    _reported(session, world)
    _asked_again(session, world)
    name = people["waiting name"]
    queue.open_item(
        session,
        Subject(SubjectKind.PROFILE, name.id, None),
        author_ref=name.id,
        group_ref=None,
        urgency=Urgency.AMBER,
        source="software",
        codes=("crisis.sure",),
        assessment_id=None,
        policy=RULES.version,
        actor=audit.SOFTWARE,
        at=now,
    )


def _decided(session: Session, world: World) -> None:
    """Decisions by another moderator, with a note for colleagues; they leave notices with their authors."""
    people = world.people
    for name in ("member", "newcomer", "restricted member", "facilitator"):
        thread = session.scalars(select(Thread).where(Thread.author_id == people[name].id)).first()
        assert thread is not None
        post = a_post(session, thread, people[name], state=PostState.HELD)
        item = an_item(session, post)
        claim(session, item, people["other moderator"])
        note = f"zqnote{people[name].id}zq"
        world.keep(note, Place.NOTE, people["other moderator"])
        decide(session, item, people["other moderator"], DecisionAction.REMOVE, "graphic", note=note)


def _asked_again(session: Session, world: World) -> None:
    """An appeal and a complaint by the peer, the appeal with each who may answer it in turn."""
    people, now = world.people, clock.now()
    thread = session.scalars(select(Thread).where(Thread.author_id == people["member"].id)).first()
    assert thread is not None
    for holder in ("moderator", "lead"):
        post = a_post(session, thread, people["peer"], state=PostState.HELD)
        item = an_item(session, post)
        version = claim(session, item, people["other moderator"])
        made = decide(
            session, item, people["other moderator"], DecisionAction.REMOVE, "graphic", version=version
        )
        word = f"zqappeal{post.id}zq"
        world.keep(word, Place.REPORT, people["peer"])
        asked = appeal(session, made, people["peer"], f"Because of {word}.")
        claim(session, item_of(session, asked), people[holder])
    complaining.complain(
        session,
        kind=ComplaintKind.OTHER,
        words=world.keep("zqcomplaintzq", Place.COMPLAINT, people["peer"]),
        submission="made-by-the-peer",
        support=Support.NONE,
        actor=actor_of(people["peer"]),
        policy=RULES,
        at=now,
    )


def _reported(session: Session, world: World) -> None:
    """Each peer who writes has reported a post of another, in words of their own."""
    people, now = world.people, clock.now()
    for name, other in (
        ("peer", "member"),
        ("member", "peer"),
        ("facilitator", "peer"),
        ("newcomer", "peer"),
    ):
        post = session.scalars(
            select(Post).where(Post.author_id == people[other].id, Post.state == PostState.SHOWN)
        ).first()
        assert post is not None
        word = f"zqreport{people[name].id}zq"
        world.keep(word, Place.REPORT, people[name])
        reports.make(
            session,
            subject_of(post),
            reporter_ref=people[name].id,
            author_ref=post.author_id,
            group_ref=post.group_id,
            reason=next(iter(RULES.report_reasons.values())),
            details=f"Because of {word}.",
            policy=RULES.version,
            actor=actor_of(people[name]),
            at=now,
        )

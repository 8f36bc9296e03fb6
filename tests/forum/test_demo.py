"""The invented community: what a visitor can see in it, and that real use could have brought it about."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum import clock, demo
from forum.actions.judging import Judges
from forum.config import ROOT, Settings
from forum.db import Database
from forum.judges import build_detectors, build_holder
from forum.models import (
    LIVE_ENTRY,
    Group,
    Member,
    Membership,
    MembershipState,
    Post,
    PostState,
    Revision,
    Role,
    WaitingEntry,
    WaitingState,
)
from moderation import sampling
from moderation.detectors import Detector
from moderation.detectors.classifier import ClassifierDetector
from moderation.detectors.contact import ContactDetector
from moderation.detectors.holder import ModelHolder, ModelState
from moderation.detectors.phrases import PhraseDetector
from moderation.models import Appeal, AppealOutcome, AuditEvent, Complaint, Decision
from moderation.policy import load_policy
from tests.support.client import CheckingClient

FULL = "Sunday circle"
POLICY = load_policy()


def filled(database: Database, detectors: Sequence[Detector]) -> Database:
    with database.transaction() as session:
        demo.fill(session, Judges(detectors, POLICY, sampling.never))
    return database


@pytest.fixture
def community(database: Database, detectors: tuple[Detector, ...]) -> Database:
    return filled(database, detectors)


def the(session: Session, sign_in: str) -> Member:
    return session.scalars(select(Member).where(Member.sign_in_name == sign_in)).one()


def as_(client: CheckingClient, community: Database, sign_in: str) -> CheckingClient:
    """Signed in. Outside a demo, staff have a second step; here it is set already."""
    with community.transaction() as session:
        member = the(session, sign_in)
        if member.role is not Role.MEMBER:
            member.totp_confirmed_at = clock.now()
    client.sign_in(member)
    return client


def test_the_full_group_has_a_line_an_offer_and_somebody_who_rests(community: Database) -> None:
    with community.reading() as session:
        group = session.scalars(select(Group).where(Group.name == FULL)).one()
        line = session.execute(
            select(Member.sign_in_name, WaitingEntry.state)
            .join(Member, Member.id == WaitingEntry.member_id)
            .where(WaitingEntry.group_id == group.id, WaitingEntry.state.in_(LIVE_ENTRY))
            .order_by(WaitingEntry.id)
        ).all()
        places = session.execute(
            select(Membership.state, func.count())
            .where(Membership.group_id == group.id)
            .group_by(Membership.state)
        ).all()
    assert [tuple(row) for row in line] == [
        ("demo-newcomer", WaitingState.OFFERED),
        ("demo-member", WaitingState.WAITING),
    ]
    assert dict(places) == {MembershipState.ACTIVE: 6, MembershipState.RESTING: 1, MembershipState.LEFT: 1}
    assert group.capacity == 6 + 1 + 1  # places, the rest, and the one that is kept by the offer


def test_each_side_of_the_line_finds_its_page(community: Database, client: CheckingClient) -> None:
    about = "/g/sunday-circle/about"
    assert as_(client, community, "demo-newcomer").get(about).has("A place is free for you")
    assert as_(client, community, "demo-member").get(about).has("You are on the waiting list")
    assert as_(client, community, "demo-otter").get(about).has("You are resting until")
    assert as_(client, community, "demo-kite").get(about).has("Put me on the waiting list")


def test_every_decision_took_effect_and_was_told(community: Database, client: CheckingClient) -> None:
    with community.reading() as session:
        decisions = session.scalars(select(Decision)).all()
        assert {decision.action for decision in decisions} >= {"remove", "mask"}
        assert all(decision.effects_at and decision.author_told_at for decision in decisions)
        masked = session.scalars(select(Decision).where(Decision.action == "mask")).one()
        words = session.get_one(Revision, masked.revision_id)
    (start, end), *_rest = masked.masked_spans
    assert words.plain[start:end] == "in Fennel Row, every Monday at four"
    page = (
        as_(client, community, "demo-marigold")
        .get("/g/getting-through-the-week")
        .follow("Back at work on Monday")
    )
    assert page.has("a bun from the bakery")
    assert not page.has("Fennel Row")


def test_an_appeal_waits_for_another_person(community: Database, client: CheckingClient) -> None:
    with community.reading() as session:
        appeal = session.scalars(select(Appeal).where(Appeal.outcome.is_(None))).one()
        assert appeal.appellant_ref == the(session, "demo-member").id
        assert appeal.against_ref == the(session, "demo-moderator").id
        assert session.get_one(Post, appeal.subject_id).state is PostState.REMOVED
    page = as_(client, community, "demo-member").get(f"/appeals/{appeal.id}")
    assert page.has("Another person will look at this")

    page = as_(client, community, "demo-moderator").get(f"/review/{appeal.item_id}")
    assert page.has("Not for: Alder (moderator)")
    lead = as_(client, community, "demo-lead")
    assert lead.get("/review", query={"state": "appeals"}).has(f"Item {appeal.item_id}")
    page = lead.get(f"/review/{appeal.item_id}")
    page = page.submit(page.form("Take this one"))
    page.submit(page.form("Open the words"))
    assert lead.get(f"/review/{appeal.item_id}").has("Settle it and tell the author")


def test_both_ends_of_an_appeal_can_be_seen(community: Database, client: CheckingClient) -> None:
    with community.reading() as session:
        settled = {
            appeal.outcome: appeal
            for appeal in session.scalars(select(Appeal).where(Appeal.outcome.is_not(None)))
        }
        back = settled[AppealOutcome.OVERTURNED]
        assert back.restored
        assert session.get_one(Post, back.subject_id).state is PostState.SHOWN
    page = as_(client, community, "demo-member").get(f"/appeals/{back.id}")
    assert page.has("Your post is up, as it was before.")
    kept = settled[AppealOutcome.UPHELD]
    assert as_(client, community, "demo-otter").get(f"/appeals/{kept.id}").has(kept.answer or "-")


def test_one_complaint_waits_and_one_is_answered(community: Database, client: CheckingClient) -> None:
    with community.reading() as session:
        first, second = session.scalars(select(Complaint).order_by(Complaint.id))
    assert (first.outcome is None, second.outcome is None) == (False, True)
    assert as_(client, community, "demo-member").get(f"/complaints/{first.id}").has(first.answer or "-")
    lead = as_(client, community, "demo-lead")
    assert lead.get("/review/complaints").has(f"Complaint {second.id}")
    assert lead.get(f"/review/complaints/{second.id}").has(second.words or "-")


def test_the_log_holds_and_tells_it_in_the_order_of_time(app: Flask, community: Database) -> None:
    checked = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert checked.exit_code == 0, checked.output
    with community.reading() as session:
        times = session.scalars(select(AuditEvent.occurred_at).order_by(AuditEvent.seq)).all()
    assert all(one <= other for one, other in itertools.pairwise(times))


def test_everybody_who_is_named_can_sign_in(community: Database, client: CheckingClient) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(demo-[\w-]+)`", readme))
    assert {name for _role, name in demo.SHOWN} <= named
    with community.reading() as session:
        there = set(session.scalars(select(Member.sign_in_name)))
    assert named <= there
    page = client.get("/sign-in")
    form = page.form("Sign in").fill(sign_in_name="demo-otter", pass_phrase=demo.PASS_PHRASE)
    assert page.submit(form).path != "/sign-in"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_is_filled_without_a_model_too(database: Database) -> None:
    """Every post is held then, so nobody reports one; moderators still decide, and the appeals are the same."""
    no_model = ClassifierDetector(ModelHolder(), budget_seconds=0.01)
    filled(database, (no_model, PhraseDetector(), ContactDetector()))
    with database.reading() as session:
        ends = set(session.scalars(select(Appeal.outcome)))
        shown = session.scalar(select(func.count()).where(Post.state == PostState.SHOWN))
    assert ends == {None, AppealOutcome.OVERTURNED, AppealOutcome.UPHELD}
    assert shown == 2  # what an appeal gave back, and what was masked


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_classifier_that_ships_hides_no_ordinary_post(database: Database, settings: Settings) -> None:
    holder = build_holder(settings, POLICY)
    holder.start()
    assert holder.wait(None) is ModelState.READY
    filled(database, build_detectors(holder, POLICY, budget_seconds=None))
    with database.reading() as session:
        written = session.scalar(select(func.count(Post.id)))
        states = session.execute(select(Post.state, func.count()).group_by(Post.state)).all()
        folded = session.scalar(select(func.count()).where(Post.collapsed, Post.state == PostState.SHOWN))
    content = tomllib.loads(demo.CONTENT.read_text(encoding="utf-8"))
    assert written == sum(1 + len(thread.get("replies", ())) for thread in content["threads"])
    assert dict(states) == {
        PostState.SHOWN: written - 3,
        PostState.HELD: 2,  # a newcomer's first post, and the one with an address in it
        PostState.REMOVED: 1,
    }
    assert folded == 3  # by their writers' own label

"""Promise 13: every page works without scripts, loads nothing from elsewhere, shows help and the way out.

The checking client looks at each page (tests/support/page_rules.py): one h1, labels, no inline script or
style, nothing loaded from another host, a link to help and a link to leave. Here it is sent everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from forum import clock
from forum.db import Database
from forum.models import Group, Member, Post, PostState, Role
from forum.permissions import role_may
from forum.web.guards import declared
from moderation import appeals, audit, queue
from moderation.answers import Urgency
from moderation.models import Complaint, ComplaintKind, Decision, Restriction, ReviewItem
from moderation.subject import Subject, SubjectKind
from moderation.workflow import DecisionAction
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_post, a_thread

AWAY = frozenset({"static", "leave.index"})
"""Not pages: files, and the way out itself."""
Ids = dict[str, str]


@pytest.fixture
def world(database: Database) -> tuple[dict[Role, Member], Ids]:
    """One row of everything, and somebody of each role who can reach it."""
    now = clock.now()
    with database.transaction() as session:
        people = {role: a_member(session, role=role) for role in Role}
        author = people[Role.MEMBER]
        other = a_member(session)
        group = a_group(session, facilitator=people[Role.FACILITATOR], members=(author, other))
        thread = a_thread(session, group, author)
        held = a_post(session, thread, author, state=PostState.HELD)
        a_post(session, thread, other, state=PostState.REMOVED)
        a_post(session, thread, other, collapsed=True)
        item = queue.open_item(
            session,
            Subject(SubjectKind.POST, held.id, held.current_revision_id),
            author_ref=author.id,
            group_ref=group.id,
            urgency=Urgency.RED,
            source="software",
            codes=["graphic.sure"],
            assessment_id=None,
            policy=1,
            actor=audit.SOFTWARE,
            at=now,
        )
        kept = [_kept_back(session, item, people[Role.MODERATOR], number, at=now) for number in (1, 2)]
        own = a_post(session, thread, author, state=PostState.HELD)
        kept[1].subject_id, kept[1].revision_id = own.id, own.current_revision_id
        writer = audit.Actor(author.id, Role.MEMBER.value)
        appeal = appeals.file(
            session,
            kept[0],
            words="Please look again.",
            policy=1,
            urgency=Urgency.AMBER,
            actor=writer,
            at=now,
        )
        complaint = Complaint(
            kind=ComplaintKind.OTHER,
            words="It is slow.",
            submission="one",
            made_by_ref=author.id,
            made_at=now,
        )
        session.add(complaint)
        session.flush()
        first = session.scalars(select(Post.id).where(Post.thread_id == thread.id, Post.position == 1)).one()
    ids = {
        "slug": group.slug,
        "thread_id": thread.id,
        "post_id": first,
        "item_id": item.id,
        "group_id": group.id,
        "decision_id": kept[1].id,
        "appeal_id": appeal.id,
        "complaint_id": complaint.id,
    }
    more = {"seq": 1, "member_id": people[Role.FACILITATOR].id, "version": 1}
    return people, {name: str(value) for name, value in {**ids, **more}.items()}


def _kept_back(session: Session, item: ReviewItem, by: Member, version: int, *, at: datetime) -> Decision:
    """A decision over the item's author, who was told of it."""
    decision = Decision(
        item_id=item.id,
        item_version=version,
        subject_kind=item.subject_kind,
        subject_id=item.subject_id,
        revision_id=item.revision_id,
        actor_ref=by.id,
        actor_role=by.role.value,
        action=DecisionAction.KEEP_HELD.value,
        reason_code="graphic",
        policy_version=1,
        before={"state": "held"},
        seconds_waiting=1,
        decided_at=at,
        author_told_at=at,
        effects_due_at=at,
        effects_at=at,
    )
    session.add(decision)
    session.flush()
    return decision


def pages(app: Flask, role: Role | None, ids: Ids) -> Iterator[str]:
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        action = declared(app, rule.endpoint)
        known = {name: ids.get(name, "1") for name in rule.arguments}
        if "GET" not in (rule.methods or ()) or rule.endpoint in AWAY or action is None:
            continue
        if role_may(action, role):
            yield adapter.build(rule.endpoint, known)


@pytest.mark.parametrize("role", [None, *Role])
def test_every_page(
    app: Flask, client: CheckingClient, world: tuple[dict[Role, Member], Ids], role: Role | None
) -> None:
    people, ids = world
    if role is not None:
        client.sign_in(people[role])
    seen = [client.get(address, status=None) for address in pages(app, role, ids)]
    assert len(seen) > 8
    assert all(page.status < 500 for page in seen), [page.path for page in seen if page.status >= 500]
    if role is not None:
        assert sum(page.status == 200 for page in seen) > len(seen) / 2


def test_every_page_about_a_fault(
    app: Flask, client: CheckingClient, database: Database, world: tuple[dict[Role, Member], Ids]
) -> None:
    people, ids = world
    thread = f"/t/{ids['thread_id']}"
    client.get("/no/such/page", status=404)
    client.get("/groups", status=200)
    client.post(f"{thread}/reply", {"text": "words"}, forge=True, status=None)
    client.sign_in(people[Role.MEMBER])
    client.get("/admin", status=404)
    client.get("/t/987654", status=404)
    client.post("/groups", {}, status=405)
    client.get(thread)
    client.post(f"{thread}/reply", {"text": "words"}, forge=True, status=400)
    client.post(f"{thread}/reply", {"text": ""}, status=422)
    client.get(thread)
    client.post(f"{thread}/reply", {"text": "x" * 400_000}, status=413)
    client.get(thread)
    with database.transaction() as session:
        session.get_one(Group, int(ids["group_id"])).archived_at = clock.now()
    client.post(f"{thread}/reply", {"text": "words"}, status=409)
    with database.transaction() as session:
        session.execute(text("ALTER TABLE notices RENAME TO notices_gone"))
    assert client.get("/notices", status=None).status >= 500


def test_every_page_of_somebody_whose_posting_is_paused(
    client: CheckingClient, database: Database, world: tuple[dict[Role, Member], Ids]
) -> None:
    people, ids = world
    member = people[Role.MEMBER]
    with database.transaction() as session:
        session.add(
            Restriction(
                member_ref=member.id,
                decision_id=1,
                reason_code="hostility",
                starts_at=clock.now(),
                ends_at=clock.now() + timedelta(days=3),
            )
        )
    client.sign_in(member)
    page = client.get(f"/t/{ids['thread_id']}")
    assert page.has("Your posting is paused for now")
    client.get(f"/t/{ids['thread_id']}/reply")
    client.post(f"/t/{ids['thread_id']}/reply", {"text": "A calm reply."}, status=403)
    client.get("/notices")
    client.get(f"/g/{ids['slug']}")


def test_every_signed_out_page(client: CheckingClient, world: tuple[dict[Role, Member], Ids]) -> None:
    for address in (
        "/",
        "/help",
        "/help?country=XX",
        "/leave/about",
        "/rules",
        "/rules/easy",
        "/join",
        "/sign-in",
    ):
        client.get(address)
    client.get("/groups")
    assert client.page is not None
    assert client.page.path.startswith("/sign-in")

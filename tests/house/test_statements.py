"""Must hold whatever there is: a group in 6 statements, a thread in 7, any other page in 12; no GET writes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from forum import clock
from forum.db import Database
from forum.models import (
    Facilitation,
    Group,
    Member,
    Post,
    PostState,
    Revision,
    Role,
    SignInSession,
    Thread,
)
from forum.permissions import role_may
from forum.web.guards import declared
from moderation.models import ContentLabel, LabelSource
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_post, a_thread
from tests.support.statements import counted

MOST = {"groups.show": 6, "threads.show": 7}
MOST_BYTES = 60_000
OTHERS = 12
FILLERS = {"slug": "x", "post_id": 1, "thread_id": 1, "item_id": 1, "seq": 1, "member_id": 1, "group_id": 1}


@pytest.fixture
def busy(database: Database) -> tuple[Member, Group, Thread]:
    """A group with 30 threads, one of them with 60 posts, half of them labelled and quoting each other."""
    with database.transaction() as session:
        people = [a_member(session) for _ in range(6)]
        group = a_group(session, members=tuple(people))
        for number in range(30):
            thread = a_thread(session, group, people[number % 6], title=f"Thread {number}")
        for number in range(60):
            post = a_post(session, thread, people[number % 6], collapsed=number % 2 == 0)
            post.quotes_id = post.id - 1
            session.add(
                ContentLabel(
                    post_id=post.id,
                    revision_id=post.current_revision_id,
                    code="past_self_harm",
                    list_version=1,
                    source=LabelSource.AUTHOR,
                    applied_at=clock.now(),
                )
            )
        return people[0], group, thread


@pytest.mark.parametrize("page", [1, 2, 3])
def test_a_thread_page_costs_the_same_on_every_page(
    client: CheckingClient, database: Database, busy: tuple[Member, Group, Thread], page: int
) -> None:
    member, _group, thread = busy
    client.sign_in(member)
    client.get("/groups")
    with counted(database) as seen:
        client.get(f"/t/{thread.id}/{thread.slug}?page={page}&show=all")
    assert len(seen) <= MOST["threads.show"], "\n".join(seen)


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.FACILITATOR])
def test_staff_read_a_thread_for_no_more(
    client: CheckingClient, database: Database, busy: tuple[Member, Group, Thread], role: Role
) -> None:
    _member, group, thread = busy
    with database.transaction() as session:
        person = a_member(session, role=role)
        if role is Role.FACILITATOR:
            session.add(Facilitation(group_id=group.id, member_id=person.id, since=clock.now()))
    client.sign_in(person)
    for address, endpoint in (
        (f"/g/{group.slug}", "groups.show"),
        (f"/t/{thread.id}/{thread.slug}", "threads.show"),
    ):
        with counted(database) as seen:
            client.get(address)
        assert len(seen) <= MOST[endpoint], (address, "\n".join(seen))


def test_what_an_author_is_told_of_waiting_posts_does_not_grow_with_them(
    client: CheckingClient, database: Database, busy: tuple[Member, Group, Thread]
) -> None:
    member, _group, thread = busy
    client.sign_in(member)
    costs = []
    for _more in range(2):
        with database.transaction() as session:
            for _number in range(4):
                a_post(session, session.get_one(Thread, thread.id), member, state=PostState.HELD)
        with counted(database) as seen:
            client.get(f"/t/{thread.id}/{thread.slug}?page=4")
        costs.append(len(seen))
    assert costs[0] == costs[1] <= OTHERS


def test_the_pages_that_are_read_most_are_small(
    client: CheckingClient, database: Database, busy: tuple[Member, Group, Thread]
) -> None:
    member, group, thread = busy
    with database.transaction() as session:
        for revision in session.scalars(select(Revision)):
            revision.html = f"<p>{'A line of some length about an ordinary day. ' * 18}</p>"
    client.sign_in(member)
    for address in (f"/g/{group.slug}", f"/t/{thread.id}/{thread.slug}?page=2&show=all"):
        assert 5_000 < len(client.get(address).body) < MOST_BYTES


def test_a_group_page(client: CheckingClient, database: Database, busy: tuple[Member, Group, Thread]) -> None:
    member, group, _thread = busy
    client.sign_in(member)
    client.get("/groups")
    with counted(database) as seen:
        client.get(f"/g/{group.slug}")
    assert len(seen) <= MOST["groups.show"], "\n".join(seen)


def pages(app: Flask, role: Role | None) -> Iterator[tuple[str, str]]:
    """Every page that answers a GET to this role, with plain fillers for its parameters."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        action = declared(app, rule.endpoint)
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static" or action is None:
            continue
        if role_may(action, role):
            yield (
                rule.endpoint,
                adapter.build(rule.endpoint, {name: FILLERS.get(name, "1") for name in rule.arguments}),
            )


@pytest.mark.parametrize("role", [None, *Role])
def test_no_get_writes_and_none_costs_more_than_it_may(
    app: Flask,
    client: CheckingClient,
    database: Database,
    busy: tuple[Member, Group, Thread],
    role: Role | None,
) -> None:
    with database.transaction() as session:
        group = session.get_one(Group, busy[1].id)
        group.slug = "x"
        person = None
        if role is not None:
            person = busy[0] if role is Role.MEMBER else a_member(session, role=role)
    if person is not None:
        client.sign_in(person)
    for endpoint, address in pages(app, role):
        with counted(database) as seen:
            client.http.get(address)
        assert not seen.writes, (address, seen.writes)
        assert len(seen) <= MOST.get(endpoint, OTHERS), (address, len(seen), seen)


def test_last_use_is_written_at_most_once_in_five_minutes(
    client: CheckingClient, database: Database, busy: tuple[Member, Group, Thread]
) -> None:
    client.sign_in(busy[0], at=clock.now() - timedelta(minutes=20))
    with counted(database) as first:
        client.get("/groups")
    with counted(database) as second:
        client.get("/groups")
    assert len(first.writes) == 1
    assert "sessions" in first.writes[0]
    assert not second.writes
    with database.reading() as session:
        used = session.scalars(select(SignInSession.last_used_at)).one()
        assert session.scalars(select(Post.id)).first() is not None
    assert clock.now() - used < timedelta(minutes=5)

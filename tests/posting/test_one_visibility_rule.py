"""Promise 5: one rule for who reads what, the same in Python and in SQL, for every reader and every surface."""

from __future__ import annotations

from itertools import product

import pytest
from flask import Flask
from sqlalchemy import select

from forum import clock
from forum.db import Database
from forum.models import Group, Member, Post, PostState, Role
from forum.queries.threads import posts_on_page
from forum.queries.visibility import READABLE, Reader, asked_by, may_read
from moderation.policy import load_policy
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_post, a_thread


@pytest.fixture
def world(database: Database) -> tuple[list[Post], list[Group], Member]:
    """Two groups with a post of each state by each of two authors."""
    posts = []
    with database.transaction() as session:
        authors = (a_member(session), a_member(session))
        groups = [a_group(session, members=authors) for _ in range(2)]
        for group, author in product(groups, authors):
            thread = a_thread(session, group, author)
            posts += [
                a_post(session, thread, author, words=f"Words of {state}.", state=state)
                for state in PostState
            ]
    return posts, groups, authors[0]


def readers(posts: list[Post], groups: list[Group], author: Member) -> list[Reader]:
    ids = [group.id for group in groups]
    claimed = frozenset(post.id for post in posts[::3])
    return [
        Reader(person, frozenset(reads), reviews, held)
        for person, reads, reviews, held in product(
            (author.id, 10**6), ([], ids[:1], ids), (False, True), (frozenset[int](), claimed)
        )
    ]


def test_one_visibility_rule(database: Database, world: tuple[list[Post], list[Group], Member]) -> None:
    posts, groups, author = world
    for reader in readers(posts, groups, author):
        with database.reading() as session:
            by_sql = set(session.scalars(select(Post.id).where(READABLE), asked_by(reader)))
            in_python = {post.id for post in session.scalars(select(Post)) if may_read(reader, post)}
        assert by_sql == in_python, reader


def test_a_thread_page_follows_the_rule(
    database: Database, world: tuple[list[Post], list[Group], Member]
) -> None:
    posts, groups, author = world
    for reader in readers(posts, groups, author):
        with database.reading() as session:
            for thread_id in {post.thread_id for post in posts}:
                for view in posts_on_page(session, reader, thread_id, 1, opened=frozenset(), open_all=True):
                    post = session.get_one(Post, view.id)
                    assert (view.html is not None) == may_read(reader, post)


@pytest.mark.parametrize("state", list(PostState))
def test_no_surface_shows_a_strangers_words(app: Flask, database: Database, state: PostState) -> None:
    secret = "The kingfisher is blue"
    with database.transaction() as session:
        author = a_member(session)
        group = a_group(session, members=(author,))
        thread = a_thread(session, group, author, title="Kingfisher title", words=secret, state=state)
        a_post(session, thread, author, words=secret, state=state)
        post_ids = list(session.scalars(select(Post.id)))
        people = [
            a_member(session),
            *(a_member(session, role=role) for role in Role if role is not Role.MEMBER),
        ]
    surfaces = [
        "/groups",
        f"/g/{group.slug}",
        f"/g/{group.slug}/about",
        f"/t/{thread.id}/{thread.slug}?show=all",
    ]
    surfaces += [f"/t/{thread.id}/reply?quotes={post_ids[0]}", f"/t/{thread.id}/reply", "/notices", "/review"]
    surfaces += [
        f"/p/{post_id}{way}" for post_id in post_ids for way in ("", "/edit", "/withdraw", "/report")
    ]
    for person in people:
        client = CheckingClient(app)
        client.sign_in(person)
        allowed = state is PostState.SHOWN and person.role in (Role.MODERATOR, Role.LEAD, Role.CLINICIAN)
        if allowed:
            continue
        for surface in surfaces:
            page = client.get(surface, status=None)
            assert secret not in page.body, (person.role, surface)
            assert "Kingfisher title" not in page.body, (person.role, surface)


def test_leaving_a_group_closes_its_posts(app: Flask, database: Database, client: CheckingClient) -> None:
    with database.transaction() as session:
        author, leaver = a_member(session), a_member(session)
        group = a_group(session, members=(author, leaver))
        thread = a_thread(session, group, author, words="The kingfisher is blue")
    client.sign_in(leaver)
    assert client.get(f"/t/{thread.id}").has("The kingfisher is blue")
    with database.transaction() as session:
        from forum.actions import groups
        from moderation.audit import Actor

        groups.leave(
            session, actor=Actor(leaver.id, "member"), group_id=group.id, policy=load_policy(), at=clock.now()
        )
    client.get(f"/t/{thread.id}", status=404)

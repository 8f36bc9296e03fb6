"""A thread of 5,000 posts opens at any page, at the same cost, and a taken-out post keeps its place."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, update

from forum import clock
from forum.db import Database
from forum.models import Member, Post, PostState, Revision, Thread
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_thread
from tests.support.statements import counted

MANY = 5_000


@pytest.fixture
def reader(database: Database) -> Member:
    with database.transaction() as session:
        return a_member(session)


@pytest.fixture
def thread(database: Database, reader: Member) -> Thread:
    now = clock.now()
    with database.transaction() as session:
        author = a_member(session)
        thread = a_thread(session, a_group(session, members=(reader, author)), author)
        numbers = range(2, MANY + 1)
        common = {
            "thread_id": thread.id,
            "group_id": thread.group_id,
            "author_id": author.id,
            "created_at": now,
        }
        session.execute(
            insert(Post),
            [
                {
                    **common,
                    "id": 10_000 + n,
                    "position": n,
                    "state": PostState.HELD,
                    "submission": f"many-{n}",
                }
                for n in numbers
            ],
        )
        session.execute(
            insert(Revision),
            [
                {
                    "id": 10_000 + n,
                    "post_id": 10_000 + n,
                    "number": 1,
                    "source": f"Reply number {n}.",
                    "plain": f"Reply number {n}.",
                    "html": f"<p>Reply number {n}.</p>",
                    "render_version": 1,
                    "submission": f"many-{n}",
                    "written_at": now,
                }
                for n in numbers
            ],
        )
        session.execute(
            update(Post)
            .where(Post.id > 10_000)
            .values(
                state=PostState.SHOWN,
                current_revision_id=Post.id,
                shown_revision_id=Post.id,
                first_shown_at=now,
            )
        )
        found = session.get_one(Thread, thread.id)
        found.post_count, found.next_position = MANY, MANY + 1
        return found


def test_any_page_of_a_long_thread(
    client: CheckingClient, database: Database, reader: Member, thread: Thread
) -> None:
    client.sign_in(reader)
    costs = []
    for page, first in ((2, 21), (125, 2481), (250, 4981)):
        with counted(database) as seen:
            found = client.get(f"/t/{thread.id}/{thread.slug}?page={page}")
        costs.append(len(seen))
        assert found.has(f"Reply number {first}.")
        assert found.has(f"Page {page} of 250")
    assert len(set(costs)) == 1
    assert client.get(f"/t/{thread.id}/{thread.slug}?page=99999").has("Page 250 of 250")
    assert client.get(f"/t/{thread.id}/{thread.slug}?page=-3").has("Page 1 of 250")
    assert client.get(f"/t/{thread.id}/{thread.slug}?page=nonsense").has("Page 1 of 250")


def test_a_post_that_was_taken_out_keeps_its_place(
    client: CheckingClient, database: Database, reader: Member, thread: Thread
) -> None:
    with database.transaction() as session:
        session.get_one(Post, 10_030).state = PostState.REMOVED
    client.sign_in(reader)
    page = client.get(f"/t/{thread.id}/{thread.slug}?page=2")
    assert page.has("A moderator has taken this post out.")
    assert "Reply number 30." not in page.body
    assert page.has("Reply number 40.")
    assert client.get("/p/10040").path.endswith("page=2#post-10040")

"""Promise 4: folded or held text is not in any answer to a reader who has not asked, or may not ask."""

from __future__ import annotations

import pytest
from flask import Flask

from forum import clock
from forum.actions import publishing
from forum.db import Database
from forum.models import Member, Post, Revision, Thread
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_thread

SECRET = "The kingfisher is blue"


@pytest.fixture
def people(database: Database) -> tuple[Member, Member, Thread, str]:
    with database.transaction() as session:
        author, reader = a_member(session), a_member(session)
        group = a_group(session, members=(author, reader))
        return author, reader, a_thread(session, group, reader, title="Birds"), group.slug


def write(app: Flask, author: Member, thread: Thread, **fields: str | list[str]) -> CheckingClient:
    client = CheckingClient(app)
    client.sign_in(author)
    client.get(f"/t/{thread.id}")
    client.post(f"/t/{thread.id}/reply", {"submission": "a-secret-submission", **fields})
    return client


def surfaces(thread: Thread, slug: str, post_id: str) -> list[str]:
    return [
        "/groups",
        f"/g/{slug}",
        f"/g/{slug}/about",
        f"/t/{thread.id}/birds",
        f"/t/{thread.id}/birds?page=1",
        f"/t/{thread.id}/reply?quotes={post_id}",
        f"/t/{thread.id}/reply?answers={post_id}",
        f"/p/{post_id}",
        f"/p/{post_id}/report",
        "/notices",
        "/reports",
    ]


def post_id_of(client: CheckingClient) -> str:
    assert client.page is not None
    mine = next(link.href for link in client.page.links if "/edit" in link.href)
    return mine.split("/")[2]


@pytest.mark.parametrize(
    "fields",
    [
        {"text": SECRET, "labels": ["graphic_injury"]},
        {"text": SECRET, "note": "a day by the river", "labels": ["past_self_harm"]},
        {"text": f"{SECRET} [graphic detail?]"},
        {"text": f"{SECRET} [graphic detail]"},
        {"text": f"{SECRET} [method detail]"},
        {"text": f"{SECRET} [crisis]"},
        {"text": f"{SECRET} [model fails]"},
    ],
)
def test_not_in_the_response(
    app: Flask,
    client: CheckingClient,
    people: tuple[Member, Member, Thread, str],
    fields: dict[str, str | list[str]],
) -> None:
    author, reader, thread, slug = people
    writer = write(app, author, thread, **fields)
    post_id = post_id_of(writer)
    client.sign_in(reader)
    for address in surfaces(thread, slug, post_id):
        assert SECRET not in client.get(address, status=None).body, address


def test_a_reader_who_asks_sees_it_and_nothing_else(
    app: Flask, client: CheckingClient, people: tuple[Member, Member, Thread, str]
) -> None:
    author, reader, thread, _slug = people
    write(app, author, thread, text=SECRET, labels=["graphic_injury"])
    client.sign_in(reader)
    page = client.get(f"/t/{thread.id}/birds")
    assert SECRET not in page.body
    assert page.has("mentions blood or wounds")
    opened = page.follow("Show this post")
    assert opened.has(SECRET)
    assert SECRET not in client.get(f"/t/{thread.id}/birds").body


def test_show_and_skip_look_equal(
    app: Flask, client: CheckingClient, people: tuple[Member, Member, Thread, str]
) -> None:
    author, reader, thread, _slug = people
    write(app, author, thread, text=SECRET, labels=["graphic_injury"])
    client.sign_in(reader)
    page = client.get(f"/t/{thread.id}/birds")
    looks = [
        one.get("class")
        for one in page.root.iter()
        if (one.text or "") in ("Show this post", "Skip this post")
    ]
    assert len(looks) == 2
    assert looks[0] == looks[1]


def test_a_reply_carries_the_labels_of_what_it_quotes_and_the_quote_stays_folded(
    app: Flask, client: CheckingClient, people: tuple[Member, Member, Thread, str]
) -> None:
    author, reader, thread, _slug = people
    writer = write(app, author, thread, text=SECRET, labels=["graphic_injury"])
    post_id = post_id_of(writer)
    client.sign_in(reader)
    client.get(f"/t/{thread.id}/reply?quotes={post_id}")
    client.post(
        f"/t/{thread.id}/reply",
        {"text": "I saw it too.", "quotes": post_id, "submission": "quoting-submission"},
    )
    page = CheckingClient(app)
    page.sign_in(author)
    seen = page.get(f"/t/{thread.id}/birds")
    assert "I saw it too." not in seen.body
    both = page.get(f"/t/{thread.id}/birds?show=all")
    assert both.has("I saw it too.")
    assert both.body.count(SECRET) == 2


def test_a_quote_vanishes_with_its_source(
    app: Flask, client: CheckingClient, people: tuple[Member, Member, Thread, str]
) -> None:
    author, reader, thread, _slug = people
    writer = write(app, author, thread, text=SECRET)
    post_id = post_id_of(writer)
    client.sign_in(reader)
    client.get(f"/t/{thread.id}/reply?quotes={post_id}")
    client.post(
        f"/t/{thread.id}/reply",
        {"text": "I saw it too.", "quotes": post_id, "submission": "quoting-submission"},
    )
    assert client.get(f"/t/{thread.id}/birds").body.count(SECRET) == 2
    writer.get(f"/p/{post_id}/withdraw")
    writer.post(f"/p/{post_id}/withdraw", {})
    assert SECRET not in client.get(f"/t/{thread.id}/birds").body


def test_a_withdrawn_first_post_takes_its_title_with_it(
    app: Flask, client: CheckingClient, people: tuple[Member, Member, Thread, str]
) -> None:
    author, reader, _thread, slug = people
    writer = CheckingClient(app)
    writer.sign_in(author)
    writer.get(f"/g/{slug}/new")
    page = writer.post(
        f"/g/{slug}/new", {"title": "Kingfisher", "text": "It is blue.", "submission": "a-title-submission"}
    )
    address = page.path.split("?")[0]
    client.sign_in(reader)
    assert client.get(f"/g/{slug}").has("Kingfisher")
    writer.post(f"/p/{post_id_of(writer)}/withdraw", {})
    assert "Kingfisher" not in client.get(f"/g/{slug}").body
    assert "Kingfisher" not in client.get(address).body


def test_a_title_that_software_folds_waits_with_its_post(
    app: Flask, client: CheckingClient, people: tuple[Member, Member, Thread, str]
) -> None:
    author, reader, _thread, slug = people
    title = "Kingfisher [graphic detail?]"
    writer = CheckingClient(app)
    writer.sign_in(author)
    writer.get(f"/g/{slug}/new")
    page = writer.post(
        f"/g/{slug}/new", {"title": title, "text": "It is blue.", "submission": "a-folded-title"}
    )
    address = page.path.split("?")[0]
    answer = CheckingClient(app)
    answer.sign_in(reader)
    answer.get(address)
    answer.post(f"/t/{address.split('/')[2]}/reply", {"text": "I see.", "submission": "an-answer-here"})
    client.sign_in(reader)
    for surface in (f"/g/{slug}", address, f"/t/{address.split('/')[2]}/reply", "/notices"):
        found = client.get(surface)
        assert "ingfisher" not in found.body, surface
        assert "ingfisher" not in found.path, surface
    assert client.get(address).follow("Show this post").h1 == title
    assert "ingfisher" not in writer.get("/notices").body


def test_a_quote_folds_when_its_source_is_labelled_later(
    app: Flask, client: CheckingClient, database: Database, people: tuple[Member, Member, Thread, str]
) -> None:
    author, reader, thread, _slug = people
    post_id = post_id_of(write(app, author, thread, text=SECRET))
    client.sign_in(reader)
    client.get(f"/t/{thread.id}/reply?quotes={post_id}")
    client.post(
        f"/t/{thread.id}/reply",
        {"text": "I saw it too.", "quotes": post_id, "submission": "quoting-submission"},
    )
    with database.transaction() as session:
        post = session.get_one(Post, int(post_id))
        revision = session.get_one(Revision, post.shown_revision_id)
        publishing.show(session, post, revision, collapsed=True, at=clock.now())
    page = client.get(f"/t/{thread.id}/birds")
    assert page.has("I saw it too.")
    assert SECRET not in page.body

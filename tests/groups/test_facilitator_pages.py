"""A facilitator's pages, through the checking client."""

from __future__ import annotations

from datetime import timedelta

from forum import clock
from forum.db import Database
from forum.models import Group, Member, Post, PostState, Role, Thread
from tests.groups.conftest import send
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_post, a_thread
from tests.support.statements import counted


def a_room(database: Database) -> tuple[Member, Group, Thread, Post]:
    with database.transaction() as session:
        holder, author = a_member(session, role=Role.FACILITATOR), a_member(session)
        group = a_group(session, facilitator=holder, members=(author,))
        thread = a_thread(session, group, author, title="Quiet evening")
        post = session.query(Post).filter_by(thread_id=thread.id).one()
    return holder, group, thread, post


def test_the_tools_are_under_each_post_for_those_who_hold_the_group(
    client: CheckingClient, database: Database
) -> None:
    holder, _group, thread, post = a_room(database)
    client.sign_in(holder)
    page = client.get(f"/t/{thread.id}/{thread.slug}")
    assert page.link("Facilitate").href == f"/facilitate/post/{post.id}"
    assert page.follow("Facilitate").has("Call a moderator")


def test_pin_and_close_and_open_again(client: CheckingClient, database: Database) -> None:
    holder, group, thread, _post = a_room(database)
    client.sign_in(holder)
    page = client.get(f"/facilitate/thread/{thread.id}")
    page = page.submit(page.form("Pin"), status=200)
    assert client.get(f"/g/{group.slug}").has("Pinned")
    page = client.get(f"/facilitate/thread/{thread.id}")
    assert page.submit(page.form("Close the thread"), status=422).errors() == ["Please choose a reason."]
    page = client.get(f"/facilitate/thread/{thread.id}")
    page = page.submit(page.form("Close the thread").fill(reason="thread_heated"), status=200)
    assert page.has("It was closed because: The thread needs a pause")
    assert client.get(f"/g/{group.slug}").has("Closed to replies")
    page = client.get(f"/facilitate/thread/{thread.id}")
    page = page.submit(page.form("Open the thread").fill(reason="calmer"), status=200)
    assert page.has("open to replies again")
    page = page.submit(page.form("Unpin"), status=200)
    assert not client.get(f"/g/{group.slug}").has("Pinned")


def test_label_ask_and_call(client: CheckingClient, database: Database) -> None:
    holder, group, _thread, post = a_room(database)
    path = f"/facilitate/post/{post.id}"
    client.sign_in(holder)
    for button, errors in (
        ("Add the label", "Please choose at least one label from the list."),
        ("Ask the author", "Please choose a reason."),
        ("Call a moderator", "Please choose a reason."),
    ):
        page = client.get(path)
        assert page.submit(page.form(button), status=422).errors() == [errors]
    page = client.get(path)
    page = page.submit(page.form("Add the label").fill(labels=["scars_body"]), status=200)
    assert page.has("behind a label now")
    assert client.get(f"/g/{group.slug}").has("mentions scars")
    page = client.get(path)
    assert page.has("On it now: mentions scars")
    page = page.submit(page.form("Ask the author").fill(change="graphic"), status=200)
    assert page.has("The author has been asked.")
    page = client.get(path)
    assert page.has("has been asked to change this post")
    page = page.submit(page.form("Call a moderator").fill(call="in_danger"), status=200)
    assert page.has("A moderator will look at it.")


def test_asking_again_from_an_old_tab_asks_for_what_is_missing(
    client: CheckingClient, database: Database
) -> None:
    holder, _group, _thread, post = a_room(database)
    path = f"/facilitate/post/{post.id}"
    client.sign_in(holder)
    page = client.get(path)
    page.submit(page.form("Ask the author").fill(change="graphic"), status=200)
    page = send(client, f"{path}/ask", {"change": ""}, status=422)
    assert page.errors() == ["Please choose a reason."]


def test_the_author_reads_what_the_facilitator_did(
    client: CheckingClient, another_client: CheckingClient, database: Database
) -> None:
    holder, _group, _thread, post = a_room(database)
    with database.reading() as session:
        author = session.get_one(Member, post.author_id)
    client.sign_in(holder)
    page = client.get(f"/facilitate/post/{post.id}")
    page.submit(page.form("Add the label").fill(labels=["scars_body"]))
    another_client.sign_in(author)
    page = another_client.get("/notices")
    assert page.has("Your facilitator has put a label on your post")


def test_the_longest_wait_for_an_answer_comes_first(client: CheckingClient, database: Database) -> None:
    holder, group, _thread, _post = a_room(database)
    with database.transaction() as session:
        author = a_member(session)
        hour = timedelta(hours=1)
        for number, title in enumerate(("Newest", "Middle", "Oldest")):
            a_thread(session, group, author, title=title, at=clock.now() - (number + 2) * hour)
        answered = a_thread(session, group, author, title="Answered")
        a_post(session, answered, author)
        a_thread(session, group, author, title="Held one", state=PostState.HELD)
    client.sign_in(holder)
    page = client.get(f"/g/{group.slug}").follow("Threads nobody has answered yet")
    shown = [link.words for link in page.links if link.href.startswith("/t/")]
    assert shown == ["Oldest", "Middle", "Newest", "Quiet evening"]


def test_what_is_not_theirs_is_not_there(client: CheckingClient, database: Database) -> None:
    holder, _group, _thread, _post = a_room(database)
    _other, group, thread, post = a_room(database)
    client.sign_in(holder)
    for path in (
        f"/facilitate/thread/{thread.id}",
        f"/facilitate/post/{post.id}",
        f"/g/{group.slug}/unanswered",
    ):
        client.get(path, status=404)
    reason = {"reason": "thread_heated"}
    for path in (f"/facilitate/thread/{thread.id}/pin", f"/facilitate/thread/{thread.id}/lock"):
        send(client, path, reason, status=404)


def test_numbers_of_nothing_are_not_found(client: CheckingClient, database: Database) -> None:
    holder, _group, _thread, _post = a_room(database)
    client.sign_in(holder)
    sent = {"labels": "scars_body", "change": "graphic", "call": "graphic", "reason": "thread_heated"}
    for number in ("0", "99999999999999999999", "9223372036854775807", "x", "-1"):
        for path in (f"/facilitate/thread/{number}", f"/facilitate/post/{number}"):
            client.get(path, status=404)
            for verb in ("pin", "lock", "unlock") if "thread" in path else ("labels", "ask", "call"):
                reason = {"reason": "calmer"} if verb == "unlock" else {}
                send(client, f"{path}/{verb}", {**sent, **reason}, status=404)


def test_other_roles_do_not_facilitate(client: CheckingClient, database: Database) -> None:
    _holder, group, thread, post = a_room(database)
    with database.transaction() as session:
        people = [a_member(session, role=role) for role in Role if role is not Role.FACILITATOR]
    for person in people:
        client.sign_in(person)
        for path in (
            f"/facilitate/thread/{thread.id}",
            f"/facilitate/post/{post.id}",
            f"/g/{group.slug}/unanswered",
        ):
            client.get(path, status=403)


def test_the_pages_write_nothing_and_cost_little(client: CheckingClient, database: Database) -> None:
    holder, group, thread, post = a_room(database)
    client.sign_in(holder)
    client.get("/groups")
    for path in (
        f"/facilitate/thread/{thread.id}",
        f"/facilitate/post/{post.id}",
        f"/g/{group.slug}/unanswered",
    ):
        with counted(database) as statements:
            client.get(path)
        assert statements.count <= 12, statements.sent
        assert not statements.writes

"""A group's page: pinned first, then newest activity, in few statements, and no word that should wait."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from forum import clock
from forum.db import Database
from forum.models import Group, Member, Post, PostState, Role, Thread
from moderation import labels
from moderation.models import AssessmentRow, LabelSource
from moderation.subject import SubjectKind
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_post, a_thread
from tests.support.page import Page
from tests.support.statements import counted

CANARY = "xylophone-canary"


def titles(page: Page) -> list[str]:
    return [link.words for link in page.links if link.href.startswith("/t/")]


def first_post(session: Session, thread: Thread) -> Post:
    return session.query(Post).filter_by(thread_id=thread.id, position=1).one()


def a_community(session: Session, threads: int) -> tuple[Member, Group]:
    """A group with so many threads, a third of them labelled, some pinned; thread 0 is the oldest."""
    member = a_member(session)
    authors = [a_member(session) for _ in range(4)]
    group = a_group(session, members=(member, *authors))
    start = clock.now() - timedelta(days=20)
    for number in range(threads):
        thread = a_thread(
            session,
            group,
            authors[number % 4],
            title=f"Thread {number:03}",
            collapsed=number % 3 == 0,
            at=start + timedelta(minutes=number),
        )
        thread.pinned = number in (2, 5)
        if number % 3 == 0:
            post = first_post(session, thread)
            assert post.shown_revision_id is not None
            labels.apply(
                session,
                post.id,
                post.shown_revision_id,
                ["scars_body"],
                LabelSource.AUTHOR,
                start,
                list_version=1,
            )
    session.flush()
    return member, group


def test_pinned_first_then_newest_and_every_thread_once(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        member, group = a_community(session, 45)
    client.sign_in(member)
    page, seen = client.get(f"/g/{group.slug}"), []
    while True:
        seen.append(titles(page))
        if not any("Older threads" in link.words for link in page.links):
            break
        page = page.follow("Older threads")
    expected = ["Thread 005", "Thread 002"]
    expected += [f"Thread {number:03}" for number in reversed(range(45)) if number not in (2, 5)]
    assert [title for listed in seen for title in listed] == expected
    assert titles(page.follow("Newer threads")) == seen[1]
    assert titles(page.follow("Newer threads").follow("Newer threads")) == seen[0]
    assert titles(page.follow("First")) == seen[0]


@pytest.mark.parametrize("threads", [1, 20, 60])
def test_the_page_costs_the_same_few_statements_however_many_threads(
    client: CheckingClient, database: Database, threads: int
) -> None:
    with database.transaction() as session:
        member, group = a_community(session, threads)
    client.sign_in(member)
    client.get(f"/g/{group.slug}")
    for path in (f"/g/{group.slug}", f"/g/{group.slug}?after=0.1.1"):
        with counted(database) as statements:
            client.get(path)
        assert statements.count <= 6, statements.sent
        assert not statements.writes


def test_other_group_pages_stay_within_twelve_and_write_nothing(
    client: CheckingClient, database: Database
) -> None:
    with database.transaction() as session:
        member, group = a_community(session, 3)
        for _ in range(25):
            a_group(session, members=(member,))
    client.sign_in(member)
    client.get("/groups")
    for path in ("/groups", f"/g/{group.slug}/about", "/"):
        with counted(database) as statements:
            client.get(path)
        assert statements.count <= 12, statements.sent
        assert not statements.writes


def test_a_labelled_thread_says_what_it_mentions_beside_its_title(
    client: CheckingClient, database: Database
) -> None:
    with database.transaction() as session:
        member, group = a_community(session, 1)
    client.sign_in(member)
    page = client.get(f"/g/{group.slug}")
    assert page.has("Thread 000")
    assert page.has("mentions scars")


def test_a_title_that_software_collapsed_waits_until_asked_for(
    client: CheckingClient, database: Database
) -> None:
    """Promise 4 for lists: the words of a title are part of the collapsed post."""
    finding = {"detector": "classifier", "name": "graphic", "label": "graphic_injury", "strength": "band"}
    with database.transaction() as session:
        member, author = a_member(session), a_member(session)
        group = a_group(session, members=(member, author))
        for part, words in (("title", CANARY), ("body", "Plain title")):
            thread = a_thread(session, group, author, title=words, collapsed=True)
            post = first_post(session, thread)
            session.add(
                AssessmentRow(
                    subject_kind=SubjectKind.POST,
                    subject_id=post.id,
                    revision_id=post.shown_revision_id,
                    author_ref=author.id,
                    commitment="0" * 64,
                    policy_version=1,
                    language="en",
                    findings=[{**finding, "part": part}],
                    display="collapse",
                    urgency="amber",
                    support="offer",
                    reasons=["graphic.band"],
                    milliseconds=1,
                    assessed_at=clock.now(),
                )
            )
    client.sign_in(member)
    page = client.get(f"/g/{group.slug}")
    assert CANARY not in page.body
    assert page.has("A thread behind a label")
    assert page.has("Plain title")
    client.sign_in(author)
    assert client.get(f"/g/{group.slug}").has(CANARY)


@pytest.mark.parametrize("state", [PostState.HELD, PostState.REMOVED, PostState.WITHDRAWN])
def test_the_title_of_a_first_post_that_is_not_shown_is_in_no_list(
    client: CheckingClient, database: Database, state: PostState
) -> None:
    """The thread lives on through its replies; its first words do not."""
    with database.transaction() as session:
        member, author = a_member(session), a_member(session)
        group = a_group(session, members=(member, author))
        thread = a_thread(session, group, author, title=CANARY)
        a_post(session, thread, member)
        first_post(session, thread).state = state
        thread.post_count -= 1
    client.sign_in(member)
    page = client.get(f"/g/{group.slug}")
    assert CANARY not in page.body
    assert page.has("A thread whose first post is not here just now")


def test_a_thread_of_ones_own_that_waits_is_listed_for_its_author_alone(
    client: CheckingClient, another_client: CheckingClient, database: Database
) -> None:
    with database.transaction() as session:
        member, author = a_member(session), a_member(session)
        group = a_group(session, members=(member, author))
        a_thread(session, group, author, title=CANARY, state=PostState.HELD)
    client.sign_in(author)
    page = client.get(f"/g/{group.slug}")
    assert page.has("Yours, waiting")
    assert page.has(CANARY)
    another_client.sign_in(member)
    assert CANARY not in another_client.get(f"/g/{group.slug}").body


def test_replies_are_counted_in_words_that_nobody_can_chase(
    client: CheckingClient, database: Database
) -> None:
    with database.transaction() as session:
        member = a_member(session)
        group = a_group(session, members=(member,))
        for number, replies in enumerate((0, 1, 5, 4000)):
            thread = a_thread(session, group, member, title=f"Thread {number}")
            thread.post_count = 1 + replies
    client.sign_in(member)
    page = client.get(f"/g/{group.slug}")
    for words in ("No reply yet", "One reply", "A few replies", "Several replies"):
        assert page.has(words)
    assert "400" not in page.main_text


def test_only_members_its_facilitators_and_review_staff_read_a_group(
    client: CheckingClient, database: Database
) -> None:
    with database.transaction() as session:
        author, holder = a_member(session), a_member(session, role=Role.FACILITATOR)
        own, other = (
            a_group(session, facilitator=holder, members=(author,)),
            a_group(session, members=(author,)),
        )
        for group in (own, other):
            a_thread(session, group, author, title=CANARY)
        people: dict[Role, Member] = {Role.FACILITATOR: holder}
        people |= {role: a_member(session, role=role) for role in Role if role is not Role.FACILITATOR}
    for role, person in people.items():
        client.sign_in(person)
        reviews = role in {Role.MODERATOR, Role.LEAD, Role.CLINICIAN}
        for group, reads in ((own, reviews or role is Role.FACILITATOR), (other, reviews)):
            page = client.get(f"/g/{group.slug}", status=None)
            assert (CANARY in page.body) is reads, (role, group.name)
            assert page.status == (404 if role in {Role.AUDITOR, Role.ADMIN} else 200)


def test_a_broken_cursor_is_no_fault(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        member, group = a_community(session, 2)
    client.sign_in(member)
    far = "9" * 24
    for cursor in (
        "1.2",
        "2.1.1",
        "0.x.1",
        "0.1.x",
        "0.1.-5",
        f"0.1.{far}",
        f"0.{far}.1",
        "%00",
        "0.-99999999999.1",
    ):
        client.get(f"/g/{group.slug}?after={cursor}")
        client.get(f"/g/{group.slug}?before={cursor}")


def test_an_empty_group_invites(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        member = a_member(session)
        group = a_group(session, members=(member,))
    client.sign_in(member)
    assert client.get(f"/g/{group.slug}").has("A first thread can be as short as hello.")

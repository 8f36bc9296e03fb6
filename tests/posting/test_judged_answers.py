"""What the policy's answer does to a post: shown, folded or held, with help beside it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from forum.db import Database
from forum.models import Group, HelpPanel, Member, Notice, Post, PostState, Role
from moderation.models import AuditEvent, ReviewItem
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_place, a_thread


@pytest.fixture
def author(database: Database) -> Member:
    with database.transaction() as session:
        return a_member(session)


@pytest.fixture
def thread_id(database: Database, author: Member) -> int:
    with database.transaction() as session:
        other = a_member(session)
        return a_thread(session, a_group(session, members=(author, other)), other).id


def reply(client: CheckingClient, thread_id: int, text: str, **more: str) -> None:
    client.get(f"/t/{thread_id}")
    client.post(f"/t/{thread_id}/reply", {"text": text, "submission": f"reply-{abs(hash(text))}", **more})


def only_post(database: Database, author: Member) -> Post:
    with database.reading() as session:
        return session.scalars(select(Post).where(Post.author_id == author.id)).one()


@pytest.mark.parametrize(
    ("text", "state", "collapsed"),
    [
        ("A plain reply.", PostState.SHOWN, False),
        ("I hurt myself last night and I am safe now. [topic]", PostState.SHOWN, False),
        ("Something. [graphic detail?]", PostState.SHOWN, True),
        ("Something. [graphic detail]", PostState.HELD, False),
        ("Something. [method detail?]", PostState.HELD, False),
        ("Something. [encouragement]", PostState.HELD, False),
        ("Something. [crisis?]", PostState.SHOWN, False),
        ("Something. [crisis]", PostState.HELD, False),
    ],
)
def test_the_answer_becomes_the_state(
    client: CheckingClient,
    database: Database,
    author: Member,
    thread_id: int,
    text: str,
    state: PostState,
    collapsed: bool,
) -> None:
    client.sign_in(author)
    reply(client, thread_id, text)
    post = only_post(database, author)
    assert (post.state, post.collapsed) == (state, collapsed)


def test_a_crisis_pages_staff_and_offers_help_at_once(
    client: CheckingClient, database: Database, author: Member, thread_id: int
) -> None:
    with database.transaction() as session:
        lead = a_member(session, role=Role.LEAD)
    client.sign_in(author)
    client.get(f"/t/{thread_id}")
    page = client.post(
        f"/t/{thread_id}/reply", {"text": "Words. [crisis]", "submission": "crisis-submission"}
    )
    assert page.has("That sounds like a lot to carry")
    with database.reading() as session:
        assert session.scalars(select(ReviewItem)).one().urgency == 3
        assert session.scalars(select(Notice).where(Notice.member_id == lead.id)).one().kind == "crisis_page"
        verbs = session.scalars(select(AuditEvent.verb).order_by(AuditEvent.seq)).all()
    assert list(verbs) == ["post.held", "item.opened", "staff.paged"]
    page.submit(page.form("Skip for now"))
    assert not client.get(f"/t/{thread_id}").has("That sounds like a lot to carry")


def test_help_is_offered_beside_a_post_that_is_shown(
    client: CheckingClient, database: Database, author: Member, thread_id: int
) -> None:
    client.sign_in(author)
    reply(client, thread_id, "It is very hard tonight. [crisis?]")
    assert client.get("/groups").has("That sounds like a lot to carry")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(HelpPanel)) == 1


def test_a_newcomers_first_post_waits_near_the_front(
    client: CheckingClient, database: Database, thread_id: int
) -> None:
    with database.transaction() as session:
        newcomer = a_member(session, approved_posts=0)
        place = session.scalars(select(Post)).first()
        assert place is not None
        a_place(session, session.get_one(Group, place.group_id), newcomer)
    client.sign_in(newcomer)
    client.get(f"/t/{thread_id}")
    page = client.post(f"/t/{thread_id}/reply", {"text": "Hello all.", "submission": "newcomer-first-one"})
    assert page.has("A person reads everyone")
    assert only_post(database, newcomer).state is PostState.HELD
    with database.reading() as session:
        assert session.scalars(select(ReviewItem)).one().urgency == 2


def test_help_that_nobody_took_up_does_not_wait_for_days(
    client: CheckingClient, database: Database, author: Member, thread_id: int
) -> None:
    client.sign_in(author)
    reply(client, thread_id, "It is very hard tonight. [crisis?]")
    assert client.get("/groups").has("That sounds like a lot to carry")
    with database.transaction() as session:
        session.scalars(select(HelpPanel)).one().made_at -= timedelta(days=2)
    assert not client.get("/groups").has("That sounds like a lot to carry")


@pytest.mark.parametrize("text", ["Hello all. [crisis?]", "Hello all. [graphic detail?]"])
def test_a_held_post_is_not_said_to_be_up(
    client: CheckingClient, database: Database, thread_id: int, text: str
) -> None:
    """A newcomer's post is held whatever else is noticed; what is said must be true of a held post."""
    with database.transaction() as session:
        newcomer = a_member(session, approved_posts=0)
        place = session.scalars(select(Post)).first()
        assert place is not None
        a_place(session, session.get_one(Group, place.group_id), newcomer)
    client.sign_in(newcomer)
    client.get(f"/t/{thread_id}")
    page = client.post(f"/t/{thread_id}/reply", {"text": text, "submission": "newcomer-and-more"})
    assert page.has("A person reads everyone")
    assert not page.has("Your post is up")
    assert not page.has("so it is shown behind a label")


def test_contact_details_are_asked_about_before_posting(
    client: CheckingClient, database: Database, author: Member, thread_id: int
) -> None:
    client.sign_in(author)
    client.get(f"/t/{thread_id}")
    words = "Write to me at heron@mail.example please"
    page = client.post(f"/t/{thread_id}/reply", {"text": words, "submission": "contact-first"}, status=422)
    assert page.has("Could someone find you")
    assert words in page.body
    form = page.form("Post reply")
    form.fill(anyway="yes")
    page.submit(form)
    assert only_post(database, author).state is PostState.HELD


def test_the_same_form_twice_makes_one_post(
    client: CheckingClient, database: Database, author: Member, thread_id: int
) -> None:
    client.sign_in(author)
    for _ in range(2):
        client.get(f"/t/{thread_id}")
        client.post(f"/t/{thread_id}/reply", {"text": "Only once.", "submission": "the-same-submission"})
    assert only_post(database, author).position == 2

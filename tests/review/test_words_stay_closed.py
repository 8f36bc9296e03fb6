"""What the desk keeps to itself: about one's own words, in old notes, and where no mask reaches."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.console import marking
from forum.db import Database
from forum.models import Member, Post, PostState
from moderation.models import Decision, ReviewItem
from moderation.workflow import DecisionAction
from tests.review.desk import Desk, a_desk, an_item, claim, decide
from tests.review.test_reports import report
from tests.support.client import CheckingClient
from tests.support.making import a_place, a_post, a_thread
from tests.support.page import Page

NOTE = "[a note with words]"
SECRET = "[graphic detail]"


@pytest.fixture
def desk(database: Database) -> Desk:
    with database.transaction() as session:
        return a_desk(session)


def opened(client: CheckingClient, item: ReviewItem, who: Member) -> Page:
    """The item's page inside one's own claim with the words open."""
    client.sign_in(who)
    page = client.get(f"/review/{item.id}")
    page = page.submit(page.form("Take this one"))
    return page.submit(page.form("Open the words"), status=200)


def decided_with_note(session: Session, desk: Desk) -> None:
    version = claim(session, desk.item, desk.other)
    decide(session, desk.item, desk.other, DecisionAction.REMOVE, "graphic", version=version, note=NOTE)


def test_staff_are_not_told_who_said_what_about_their_own_words(
    client: CheckingClient, another_client: CheckingClient, database: Database, desk: Desk
) -> None:
    with database.transaction() as session:
        writer = desk.moderator
        a_place(session, desk.group, writer)
        thread = a_thread(session, desk.group, desk.peer)
        before = a_post(session, thread, writer)
        item = an_item(session, before)
        version = claim(session, item, desk.other)
        decide(session, item, desk.other, DecisionAction.SHOW, "within_rules", version=version, note=NOTE)
        post = a_post(session, thread, writer)
        report(session, post, desk.peer)
        now = session.scalars(select(ReviewItem).where(ReviewItem.subject_id == post.id)).one()
    client.sign_in(writer)
    another_client.sign_in(desk.other)
    told = "A member reported"

    for address in (f"/review/{now.id}", f"/review/{item.id}", "/review"):
        mine, theirs = client.get(address), another_client.get(address)
        assert not mine.has(told)
        assert not mine.has("What members said")
        assert not mine.has("Within the rules")
        assert not mine.has("A note was left.")
        assert not mine.has(NOTE)
        assert theirs.has(told) == (address != f"/review/{item.id}")
    assert another_client.get(f"/review/{now.id}").has("Within the rules")


def test_old_notes_open_only_with_the_words(
    client: CheckingClient, another_client: CheckingClient, database: Database, desk: Desk
) -> None:
    with database.transaction() as session:
        decided_with_note(session, desk)
        second = a_post(session, desk.thread, desk.author, state=PostState.HELD)
        item = an_item(session, second)
    another_client.sign_in(desk.lead)

    page = opened(client, item, desk.moderator)
    assert page.has(NOTE)
    for address in (f"/review/{item.id}", f"/review/{desk.item.id}"):
        theirs = another_client.get(address)
        assert not theirs.has(NOTE)
        assert theirs.has("A note was left.")
    assert not client.get(f"/review/{desk.item.id}").has(NOTE)
    page.submit(page.form("Hand it back"))
    assert not client.get(f"/review/{item.id}").has(NOTE)


def held(session: Session, desk: Desk, *, title: str | None = None, note: str | None = None) -> ReviewItem:
    words = f"It was a hard night. {SECRET} stood here."
    post = a_post(
        session, desk.thread, desk.author, words=words, title=title, note=note, state=PostState.HELD
    )
    return an_item(session, post)


@pytest.mark.parametrize("where", ["title", "note"])
@pytest.mark.parametrize("pasted", [True, False], ids=["pasted", "picked"])
def test_a_mask_is_refused_where_the_words_stand_beside_the_text(
    client: CheckingClient, database: Database, desk: Desk, where: str, pasted: bool
) -> None:
    beside = "About [Graphic  detail]" if pasted else f"{SECRET} stood here."
    with database.transaction() as session:
        item = held(session, desk, **{where: beside})
    page = opened(client, item, desk.moderator)
    assert page.has("Only the text can be hidden in part.")
    form = page.form("decide")
    picked = {"words": SECRET} if pasted else {"sentence": form.fields["sentence"].choices[-1]}

    page = page.submit(form.fill(action="mask", reason="graphic", **picked), status=422)

    [error] = page.errors()
    assert error.startswith("These words also stand in the title or the author’s note")
    with database.reading() as session:
        assert session.get_one(Post, item.subject_id).state is PostState.HELD
    page.submit(page.form("decide").fill(action="ask_edit", reason="graphic"), status=200)
    with database.reading() as session:
        assert session.get_one(Post, item.subject_id).state is PostState.ASKED_TO_EDIT


def test_a_mask_of_other_words_is_taken(client: CheckingClient, database: Database, desk: Desk) -> None:
    with database.transaction() as session:
        item = held(session, desk, title="A hard week")
    page = opened(client, item, desk.moderator)
    page.submit(page.form("decide").fill(action="mask", reason="graphic", words=SECRET), status=200)
    with database.reading() as session:
        assert len(session.scalars(select(Decision)).one().masked_spans) == 1


def test_a_text_alone_needs_no_warning(client: CheckingClient, desk: Desk) -> None:
    assert not opened(client, desk.item, desk.moderator).has("Only the text can be hidden in part.")


@pytest.mark.parametrize(
    "words",
    ["\n".join(f"passage {number}" for number in range(51)), "x" * 301],
    ids=["many", "long"],
)
def test_passages_are_few_and_short(
    client: CheckingClient, database: Database, desk: Desk, words: str
) -> None:
    page = opened(client, desk.item, desk.moderator)
    form = page.form("decide").fill(action="mask", reason="graphic", words=words)

    page = page.submit(form, status=422)

    assert page.errors() == [
        "Please give at most 50 passages of up to 300 characters each. Whole sentences can be picked above."
    ]
    assert page.form("decide")["words"] == words


def test_as_many_passages_as_are_allowed_are_taken() -> None:
    lines = [f"{number}".rjust(marking.LONGEST_PASSAGE, "x") for number in range(marking.MOST_PASSAGES)]
    assert marking.passages("\n".join([*lines, "", *lines])) == lines

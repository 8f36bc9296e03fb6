"""The form with which a moderator decides: what it needs, keeps and gives back; pressing twice does no harm."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from forum import clock
from forum.db import Database
from forum.models import Post, PostState
from moderation.answers import Urgency
from moderation.models import Decision
from tests.review.desk import Desk, a_desk, an_item, claimed
from tests.support.client import CheckingClient

SECRET = "[graphic detail]"
ACROSS = "company"


@pytest.fixture
def desk(database: Database) -> Desk:
    with database.transaction() as session:
        return a_desk(session)


def sees_no_words(body: str) -> bool:
    return SECRET not in body and ACROSS not in body


def test_masking_by_sentence_and_by_words(client: CheckingClient, database: Database, desk: Desk) -> None:
    claimed(client, desk)
    page = client.get(f"/review/{desk.item.id}")
    form = page.form("decide")
    sentence = form.fields["sentence"].choices[0]

    page = page.submit(form.fill(action="mask", reason="graphic", sentence=[sentence], words=SECRET))

    assert page.has("Done: Hide some words, show the rest.")
    with database.reading() as session:
        decision = session.scalars(select(Decision)).one()
        assert len(decision.masked_spans) == 2
        assert session.get_one(Post, desk.post.id).state is PostState.SHOWN


def test_a_form_that_lacks_something_keeps_everything(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    claimed(client, desk)
    page = client.get(f"/review/{desk.item.id}")

    page = page.submit(
        page.form("decide").fill(
            action="remove", reason="encouragement", note="[a note]", facts="[facts]", words=SECRET
        ),
        status=422,
    )

    assert page.errors() == ["For this reason, say whether it could be illegal."]
    form = page.form("decide")
    assert (form["action"], form["reason"], form["note"]) == ("remove", "encouragement", "[a note]")
    assert (form["facts"], form["words"]) == ("[facts]", SECRET)
    page = page.submit(form.fill(illegal="yes"), status=422)
    assert len(page.errors()) == 2
    page = page.submit(
        page.form("decide").fill(offence="encouraging_self_harm", intention="some"), status=200
    )
    assert page.has("Done: Take it out.")
    with database.reading() as session:
        decision = session.scalars(select(Decision)).one()
        assert decision.illegality is not None
        assert decision.illegality["facts"] == "[facts]"


def test_an_empty_form_says_what_to_choose(client: CheckingClient, desk: Desk) -> None:
    claimed(client, desk)
    page = client.get(f"/review/{desk.item.id}")
    page = page.submit(page.form("decide"), status=422)
    assert page.errors() == ["Choose what to do.", "Choose a reason."]


def test_a_late_form_shows_the_other_decision_and_keeps_the_words(
    client: CheckingClient, another_client: CheckingClient, desk: Desk
) -> None:
    began = clock.now()
    with time_machine.travel(began, tick=False):
        claimed(client, desk)
        mine = client.get(f"/review/{desk.item.id}")
    with time_machine.travel(began + timedelta(minutes=21), tick=False):
        another_client.sign_in(desk.other)
        theirs = another_client.get(f"/review/{desk.item.id}")
        theirs = theirs.submit(theirs.form("Take this one"))
        late = mine.submit(
            mine.form("decide").fill(action="show", reason="within_rules", note="[my note]"), status=409
        )
        assert late.has("a colleague has this one now")
        assert late.has("[my note]")
        theirs.submit(theirs.form("decide").fill(action="remove", reason="graphic"))

        later = mine.submit(
            mine.form("decide").fill(action="show", reason="within_rules", note="[my note]"), status=409
        )

    assert later.has("A colleague decided this before you.")
    assert later.has("Take it out – Injury described closely")
    assert later.has("[my note]")
    assert later.has("You had chosen: Show it, Within the rules")


@pytest.mark.parametrize("path", ["decisions", "check-in", "appeal"])
def test_a_form_that_is_late_and_lacks_something_keeps_the_words(
    client: CheckingClient, another_client: CheckingClient, desk: Desk, path: str
) -> None:
    began = clock.now()
    with time_machine.travel(began, tick=False):
        claimed(client, desk)
    with time_machine.travel(began + timedelta(minutes=21), tick=False):
        another_client.sign_in(desk.other)
        theirs = another_client.get(f"/review/{desk.item.id}")
        theirs.submit(theirs.form("Take this one"))
        client.get("/account")
        words = {"note": "[my note]", "care_note": "[my note]", "answer": "[my note]"}
        late = client.post(f"/review/{desk.item.id}/{path}", words, status=409)
    assert late.has("This one is not with you any more.")
    assert late.has("[my note]")


def test_an_answer_to_no_appeal_keeps_the_words(client: CheckingClient, desk: Desk) -> None:
    claimed(client, desk)
    client.get(f"/review/{desk.item.id}")
    page = client.post(f"/review/{desk.item.id}/appeal", {"answer": "[my words]"}, status=409)
    assert page.has("[my words]")


def test_pressing_twice_decides_once(client: CheckingClient, database: Database, desk: Desk) -> None:
    claimed(client, desk)
    page = client.get(f"/review/{desk.item.id}")
    form = page.form("decide").fill(action="show", reason="within_rules")
    page.submit(form, status=303)
    page.submit(form, status=303)
    with database.reading() as session:
        assert len(session.scalars(select(Decision)).all()) == 1


def test_pressing_twice_with_another_note_gives_the_note_back(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    claimed(client, desk)
    page = client.get(f"/review/{desk.item.id}")
    care = page.form("care").fill(care_reason="worried", care_note="[a note]")
    page.submit(care, status=303)
    page.submit(care, status=303)
    again = page.submit(care.fill(care_note="[another note]"), status=409)
    assert again.has("You have sent this once already")
    assert again.form("care")["care_note"] == "[another note]"
    page = client.get(f"/review/{desk.item.id}")
    form = page.form("decide").fill(action="show", reason="within_rules", note="[a note]")
    page.submit(form, status=303)
    page.submit(form.fill(note=""), status=303)
    again = page.submit(form.fill(note="[another note]"), status=409)
    assert again.has("[another note]")


def test_facts_that_the_reason_does_not_ask_for_are_not_dropped(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    claimed(client, desk)
    page = client.get(f"/review/{desk.item.id}")
    form = page.form("decide").fill(action="show", reason="within_rules", facts="[facts]")
    page = page.submit(form, status=422)
    assert page.errors() == ["The reason you chose does not ask for them. Please put them into the note."]
    assert page.form("decide")["facts"] == "[facts]"


def test_pressing_twice_hides_words_once(client: CheckingClient, database: Database, desk: Desk) -> None:
    """The second time the words are closed again, so the passage is not found: that is no mistake."""
    claimed(client, desk)
    page = client.post(f"/review/{desk.item.id}/open")
    form = page.form("decide").fill(action="mask", reason="graphic", words=SECRET)
    page.submit(form)

    again = page.submit(form, status=200)

    assert again.h1 == "Waiting for a person"
    with database.reading() as session:
        assert len(session.scalars(select(Decision)).all()) == 1


def test_a_screen_that_went_stale_comes_back_ready_to_send(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    claimed(client, desk)
    page = client.get(f"/review/{desk.item.id}")
    with database.transaction() as session:
        an_item(session, session.get_one(Post, desk.post.id), urgency=Urgency.CRISIS, code="crisis.sure")

    page = page.submit(
        page.form("decide").fill(action="keep_held", reason="crisis", note="[a note]"), status=409
    )

    assert page.has("This item changed while you had it open.")
    assert page.form("decide")["note"] == "[a note]"
    page.submit(page.form("decide"), status=303)

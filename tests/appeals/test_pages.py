"""Appeals as both sides meet them: from the notice to the form, to the desk, and back to the author."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum import clock
from forum.db import Database
from forum.models import Member, Post, PostState, Role, Thread
from moderation.answers import Urgency
from moderation.models import Appeal, Decision, Restriction, ReviewItem
from moderation.workflow import DecisionAction, ItemState
from tests.appeals.cases import OUR_WORDS, THEIR_WORDS, UPHELD, appeal, decided, item_of, settle
from tests.review.desk import Desk, a_desk
from tests.support.client import CheckingClient
from tests.support.making import a_member

ASK = "Ask another person to look at it"


@pytest.fixture
def desk(database: Database) -> Desk:
    with database.transaction() as session:
        return a_desk(session, state=PostState.SHOWN)


def removed(database: Database, desk: Desk) -> Decision:
    with database.transaction() as session:
        return decided(session, desk)


def restored(session: Session, desk: Desk) -> Post:
    return session.get_one(Post, desk.post.id)


def claim_and_open(client: CheckingClient, item_id: int) -> None:
    page = client.get(f"/review/{item_id}")
    page = page.submit(page.form("Take this one"))
    page.submit(page.form("Open the words"))


def test_from_the_notice_to_the_form_to_the_desk_and_back(
    client: CheckingClient, another_client: CheckingClient, database: Database, desk: Desk
) -> None:
    removed(database, desk)
    client.sign_in(desk.author)
    page = client.get("/notices").follow(ASK)
    assert page.has("We took your post out.")
    assert page.has("we say how it felt")
    page = page.submit(page.form("Send it").fill(text=THEIR_WORDS))
    assert page.has("Another person will look at this")
    assert page.has(THEIR_WORDS)
    assert client.get("/notices").has("You asked for another look. See how it stands")

    another_client.sign_in(desk.other)
    queue = another_client.get("/review", query={"state": "appeals"})
    assert queue.has("Appeal")
    item_id = desk.item.id
    page = another_client.get(f"/review/{item_id}")
    assert page.has(f"Not for: {desk.moderator.pseudonym}")
    assert not page.has(THEIR_WORDS)
    claim_and_open(another_client, item_id)
    page = another_client.get(f"/review/{item_id}")
    assert page.has(THEIR_WORDS)
    assert not page.has("Decide and tell the author")
    form = page.form("Settle it and tell the author")
    page = page.submit(
        form.fill(appeal_outcome="appeal_overturned", appeal_reason="appeal_too_strict", answer=OUR_WORDS)
    )
    assert page.has("Done: Put it back as it was. The author has been told.")

    page = client.get("/notices")
    assert page.has("You were right to ask. Another person took that decision back.")
    assert page.has(OUR_WORDS)
    page = page.follow("See all of it")
    assert page.has("Your post is up, as it was before.")
    assert desk.other.pseudonym not in page.body
    with database.reading() as session:
        assert restored(session, desk).state is PostState.SHOWN
        assert restored(session, desk).shown_revision_id == desk.post.current_revision_id
    client.get("/appeals").follow("We took your post out.")


def test_a_decision_that_stays_is_told_with_its_reason_and_words(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    with database.transaction() as session:
        made = appeal(session, decided(session, desk), desk.author)
        settle(session, made, desk.other, UPHELD)
    client.sign_in(desk.author)
    page = client.get("/notices")
    assert page.has("What was decided stays.")
    assert page.has("The rule fits here, and it was used fairly.")
    assert page.has(OUR_WORDS)
    page = client.get(f"/appeals/{made.id}")
    assert page.has("We have looked again")
    with database.reading() as session:
        assert restored(session, desk).state is PostState.REMOVED


def test_sent_twice_it_is_one_appeal(client: CheckingClient, database: Database, desk: Desk) -> None:
    decision = removed(database, desk)
    client.sign_in(desk.author)
    form = client.get(f"/decisions/{decision.id}/appeal").form("Send it").fill(text=THEIR_WORDS)
    assert client.page is not None
    first = client.page.submit(form)
    client.get("/account")
    again = client.post(f"/decisions/{decision.id}/appeal", {"text": THEIR_WORDS})
    assert again.path == first.path
    client.get("/account")
    other = client.post(f"/decisions/{decision.id}/appeal", {"text": "something else"}, status=409)
    assert "something else" in other.body
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Appeal)) == 1
        assert session.scalars(select(Appeal.words)).one() == THEIR_WORDS


@pytest.mark.parametrize(
    ("words", "said"), [("  \n ", "One line is enough"), ("x" * 2001, "2,000 characters")]
)
def test_words_are_kept_when_something_is_wrong(
    client: CheckingClient, database: Database, desk: Desk, words: str, said: str
) -> None:
    decision = removed(database, desk)
    client.sign_in(desk.author)
    client.get(f"/decisions/{decision.id}/appeal")
    page = client.post(f"/decisions/{decision.id}/appeal", {"text": words}, status=422)
    assert page.has(said)
    assert page.form("Send it")["text"].strip() == words.strip()


def test_words_are_kept_when_the_decision_was_taken_back_meanwhile(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    decision = removed(database, desk)
    client.sign_in(desk.author)
    client.get(f"/decisions/{decision.id}/appeal")
    with database.transaction() as session:
        earlier = session.get_one(Decision, decision.id)
        earlier.author_told_at = clock.now() - timedelta(days=29)
    page = client.post(f"/decisions/{decision.id}/appeal", {"text": THEIR_WORDS}, status=409)
    assert page.has("The time to ask is over.")
    assert THEIR_WORDS in page.body


def test_another_persons_decision_is_not_there(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    decision = removed(database, desk)
    client.sign_in(desk.peer)
    client.get(f"/decisions/{decision.id}/appeal", status=404)
    client.get(f"/p/{desk.post.id}/appeal", status=404)
    client.get("/account")
    client.post(f"/decisions/{decision.id}/appeal", {"text": THEIR_WORDS}, status=404)
    with database.transaction() as session:
        made = appeal(session, session.get_one(Decision, decision.id), desk.author)
    client.get(f"/appeals/{made.id}", status=404)


def test_the_way_from_ones_own_post(client: CheckingClient, database: Database, desk: Desk) -> None:
    client.sign_in(desk.author)
    assert client.get(f"/p/{desk.post.id}/appeal").has("Nothing has been decided yet")
    removed(database, desk)
    page = client.get(f"/p/{desk.post.id}").follow(ASK)
    assert page.has("Ask for another look")


def test_a_post_that_a_person_kept_back_says_so_and_shows_the_way(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    with database.transaction() as session:
        decided(session, desk, DecisionAction.KEEP_HELD)
    client.sign_in(desk.author)
    page = client.get(f"/p/{desk.post.id}")
    assert page.has("A moderator has read this and keeps it back for now.")
    assert not page.has("will read it first")
    page.follow(ASK)


def test_somebody_whose_posting_is_paused_can_appeal_and_complain(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    with database.transaction() as session:
        decision = decided(session, desk, DecisionAction.RESTRICT, "advert", days=7)
    client.sign_in(desk.author)
    assert client.get(f"/t/{desk.thread.id}").has("Your posting is paused")
    page = client.get("/notices").follow(ASK)
    page = page.submit(page.form("Send it").fill(text=THEIR_WORDS))
    assert page.has("We paused your posting for a time.")
    page = client.get("/complaints/new")
    page.submit(page.form("Send it").fill(kind="restricted_or_warned", text="It felt unfair."))
    with database.transaction() as session:
        made = session.scalars(select(Appeal).where(Appeal.decision_id == decision.id)).one()
        settle(session, made, desk.other)
        assert session.scalars(select(Restriction)).one().lifted_at is not None
    assert client.get(f"/appeals/{made.id}").has("You can post again.")
    assert not client.get(f"/t/{desk.thread.id}").has("Your posting is paused")


def test_the_desk_keeps_the_words_and_says_what_is_missing(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    with database.transaction() as session:
        made = appeal(session, decided(session, desk), desk.author)
    client.sign_in(desk.other)
    claim_and_open(client, made.item_id)
    page = client.get(f"/review/{made.item_id}")
    form = page.form("Settle it and tell the author").fill(answer=OUR_WORDS)
    page = page.submit(form, status=422)
    assert page.has("Choose how the appeal ends.")
    form = page.form("Settle it and tell the author")
    assert form["answer"].strip() == OUR_WORDS
    page = page.submit(form.fill(appeal_outcome="appeal_upheld", appeal_reason="appeal_mistake"), status=422)
    assert page.has("This reason does not fit the step.")
    form = page.form("Settle it and tell the author")
    page = page.submit(form.fill(appeal_reason="appeal_rule_fits", answer=""), status=422)
    assert page.has("Tell the author in a few words why the decision stays.")


def test_a_decider_finds_no_button_and_a_forged_form_is_refused(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    with database.transaction() as session:
        made = appeal(session, decided(session, desk), desk.author)
    client.sign_in(desk.moderator)
    page = client.get(f"/review/{made.item_id}")
    assert page.has("You had a part in what this appeal is about, so another person takes it.")
    assert not page.has("Take this one")
    client.get("/account")
    page = client.post(f"/review/{made.item_id}/claim", status=409)
    client.get("/account")
    assert page.has("so another person takes it")
    sent = {
        "version": str(made.id),
        "appeal_outcome": "appeal_upheld",
        "appeal_reason": "appeal_rule_fits",
        "answer": OUR_WORDS,
    }
    with database.reading() as session:
        sent["version"] = str(item_of(session, made).version)
    page = client.post(f"/review/{made.item_id}/appeal", sent, status=409)
    assert OUR_WORDS in page.body
    with database.reading() as session:
        assert session.get_one(Appeal, made.id).outcome is None


def test_settled_twice_at_the_desk_is_once(client: CheckingClient, database: Database, desk: Desk) -> None:
    with database.transaction() as session:
        made = appeal(session, decided(session, desk), desk.author)
    client.sign_in(desk.other)
    claim_and_open(client, made.item_id)
    form = client.get(f"/review/{made.item_id}").form("Settle it and tell the author")
    form.fill(appeal_outcome="appeal_upheld", appeal_reason="appeal_rule_fits", answer=OUR_WORDS)
    assert client.page is not None
    served = client.page
    served.submit(form)
    assert served.submit(form).path == "/review"
    other = served.submit(form.fill(answer="[other words]"), status=409)
    assert other.has("[other words]")
    assert other.has("You have sent this once already")
    with database.reading() as session:
        done = select(func.count()).where(Decision.action == DecisionAction.APPEAL_UPHELD)
        assert session.scalar(done) == 1


def test_an_appeal_goes_to_a_lead_with_one_button(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    with database.transaction() as session:
        made = appeal(session, decided(session, desk), desk.author)
    client.sign_in(desk.other)
    claim_and_open(client, made.item_id)
    page = client.get(f"/review/{made.item_id}")
    page.submit(page.form("Hand the appeal to a lead"))
    with database.reading() as session:
        item = item_of(session, made)
        assert (item.state, item.for_lead) == (ItemState.APPEALED, True)


def test_an_appeal_that_nobody_may_settle_says_so_everywhere(
    client: CheckingClient, another_client: CheckingClient, database: Database, desk: Desk
) -> None:
    with database.transaction() as session:
        made = appeal(session, decided(session, desk), desk.author)
        for who in (desk.other, desk.lead):
            session.get_one(Member, who.id).role = Role.CLINICIAN
        admin = a_member(session, role=Role.ADMIN)
    client.sign_in(desk.author)
    assert client.get(f"/appeals/{made.id}").has("there is nobody else on our team who could do this")
    another_client.sign_in(desk.moderator)
    assert another_client.get(f"/review/{made.item_id}").has("Nobody else on the team may settle this.")
    assert another_client.get("/review").has("nobody here fits")
    another_client.sign_in(admin)
    assert another_client.get("/admin").has("nobody on the team may settle")
    with database.transaction() as session:
        session.get_one(Member, desk.other.id).role = Role.MODERATOR
    assert not another_client.get("/admin").has("nobody on the team may settle")
    assert not client.get(f"/appeals/{made.id}").has("there is nobody else on our team")


def test_a_lock_can_be_appealed_by_whoever_started_the_thread(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    with database.transaction() as session:
        decision = decided(session, desk, DecisionAction.LOCK_THREAD, "thread_heated")
    client.sign_in(desk.author)
    assert not client.get("/notices").has(ASK)
    client.get(f"/decisions/{decision.id}/appeal", status=404)
    with database.transaction() as session:
        session.get_one(Thread, desk.thread.id).author_id = desk.author.id
        session.flush()
    client.get("/notices").follow(ASK)
    with database.transaction() as session:
        made = appeal(session, session.get_one(Decision, decision.id), desk.author)
        settle(session, made, desk.other)
        assert session.get_one(Thread, desk.thread.id).locked_at is None


def test_words_of_danger_make_it_a_crisis_and_offer_help(
    client: CheckingClient, another_client: CheckingClient, database: Database, desk: Desk
) -> None:
    decision = removed(database, desk)
    client.sign_in(desk.author)
    page = client.get(f"/decisions/{decision.id}/appeal")
    page = page.submit(page.form("Send it").fill(text="[crisis]"))
    assert page.has("You matter") or page.has("Skip for now")
    with database.reading() as session:
        item = session.scalars(select(ReviewItem)).one()
        assert (item.urgency, item.state) == (Urgency.CRISIS, ItemState.APPEALED)
    # Even the person it is about may take it: somebody may be in danger.
    another_client.sign_in(desk.moderator)
    claim_and_open(another_client, item.id)
    page = another_client.get(f"/review/{item.id}")
    assert "[crisis]" in page.body
    assert page.has("In what the author wrote to us:")
    assert not page.has("Settle the appeal")


def test_how_long_it_takes_is_said_once_enough_were_answered(
    client: CheckingClient, database: Database, desk: Desk
) -> None:
    with database.transaction() as session:
        made = appeal(session, decided(session, desk), desk.author)
    client.sign_in(desk.author)
    assert client.get(f"/appeals/{made.id}").has("It can take a day or two.")
    with database.transaction() as session:
        for number in range(10):
            earlier = a_desk(session, state=PostState.SHOWN)
            hours = timedelta(hours=5 if number < 6 else 90)
            done = appeal(session, decided(session, earlier), earlier.author, at=clock.now() - hours)
            settle(session, done, earlier.other, UPHELD)
    assert client.get(f"/appeals/{made.id}").has("Lately it took about 5 hours.")

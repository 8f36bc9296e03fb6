"""The register of complaints: made by members, answered by a lead or an admin, never by whoever complained."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from forum import clock
from forum.actions import complaining
from forum.actions.complaining import OwnComplaint
from forum.db import Database
from forum.models import HelpPanel, Member, Notice, Role
from moderation.answers import Support
from moderation.models import Complaint, ComplaintKind, ComplaintOutcome
from moderation.verbs import Verb
from tests.review.desk import RULES, actor_of, events
from tests.support.client import CheckingClient
from tests.support.making import a_member

THEIRS = "canary-complaint: Nobody answered what I reported."
OURS = "canary-reply: You are right. We have changed who is on duty at night."


@pytest.fixture
def people(database: Database) -> tuple[Member, Member, Member]:
    """A member, a lead and an admin."""
    with database.transaction() as session:
        return (
            a_member(session),
            a_member(session, role=Role.LEAD),
            a_member(session, role=Role.ADMIN),
        )


def complain(database: Database, who: Member, words: str = THEIRS) -> int:
    with database.transaction() as session:
        made, _new = complaining.complain(
            session,
            kind=ComplaintKind.DUTY_NOT_MET,
            words=words,
            submission=f"{who.id}-{words}"[:40],
            support=Support.NONE,
            actor=actor_of(who),
            policy=RULES,
            at=clock.now(),
        )
        return made.id


def test_a_complaint_is_made_seen_and_answered(
    client: CheckingClient,
    another_client: CheckingClient,
    database: Database,
    people: tuple[Member, Member, Member],
) -> None:
    member, lead, _admin = people
    client.sign_in(member)
    page = client.get("/account").follow("See or send one").follow("Send a complaint")
    page = page.submit(page.form("Send it").fill(kind="duty_not_met", text=THEIRS))
    assert page.has("We have it. A person will read this.")
    assert page.has(THEIRS)

    another_client.sign_in(lead)
    assert another_client.get("/notices").has("A member sent a complaint.")
    page = another_client.get("/review").follow("Complaints").follow("Complaint 1")
    assert page.has(THEIRS)
    assert member.pseudonym not in page.body
    page = page.submit(page.form("Tell them that you are looking at it"))
    assert client.get("/complaints").has("A person is looking at it.")
    page = page.submit(page.form("Send the answer"), status=422)
    assert page.has("Choose how it ends.")
    page = page.submit(page.form("Send the answer").fill(outcome="agreed", answer=OURS))
    assert page.has("The member has your answer.")

    page = client.get("/notices").follow("Read it")
    assert page.has("You were right. We say below what we do about it.")
    assert page.has(OURS)
    assert lead.pseudonym not in page.body
    with database.reading() as session:
        verbs = (Verb.COMPLAINT_MADE, Verb.COMPLAINT_ACKNOWLEDGED, Verb.COMPLAINT_ANSWERED)
        assert [len(events(session, verb)) for verb in verbs] == [1, 1, 1]
        (answered,) = events(session, Verb.COMPLAINT_ANSWERED)
        assert (answered.fields["outcome"], answered.fields["kind"]) == ("agreed", "duty_not_met")


def test_an_admin_can_answer_where_there_is_no_lead(
    client: CheckingClient, database: Database, people: tuple[Member, Member, Member]
) -> None:
    number = complain(database, people[0])
    client.sign_in(people[2])
    page = client.get("/admin").follow("Complaints")
    page = page.follow(f"Complaint {number}")
    page.submit(page.form("Send the answer").fill(outcome="not_agreed", answer=OURS))
    assert client.get("/review/complaints").has("Nothing here.")
    assert client.get("/review/complaints", query={"state": "answered"}).has(f"Complaint {number}")
    assert client.get("/review/complaints", query={"state": "all", "kind": "other"}).has("Nothing here.")


def test_the_same_form_sent_twice_is_one_complaint(
    client: CheckingClient, database: Database, people: tuple[Member, Member, Member]
) -> None:
    client.sign_in(people[0])
    page = client.get("/complaints/new")
    form = page.form("Send it").fill(kind="other", text=THEIRS)
    assert page.submit(form).path == page.submit(form).path
    changed = page.submit(form.fill(text=f"{THEIRS} And more."), status=409)
    assert changed.form("Send it again")["text"].strip() == f"{THEIRS} And more."
    with database.reading() as session:
        assert session.scalar(select(func.count(Complaint.id))) == 1
        assert session.scalar(select(func.count(Notice.id)).where(Notice.kind == "complaint_waits")) == 2


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"kind": "", "text": THEIRS}, "Choose what comes nearest."),
        ({"kind": "no such kind", "text": THEIRS}, "Choose what comes nearest."),
        ({"kind": "other", "text": " "}, "Tell us what went wrong."),
        ({"kind": "other", "text": "x" * 4001}, "4,000 characters"),
    ],
)
def test_words_are_kept(
    client: CheckingClient, people: tuple[Member, Member, Member], sent: dict[str, str], said: str
) -> None:
    client.sign_in(people[0])
    client.get("/complaints/new")
    page = client.post("/complaints/new", sent, status=422)
    assert page.has(said)
    assert page.form("Send it")["text"].strip() == sent["text"].strip()


def test_two_answers_at_the_desk_are_one_and_the_later_words_are_given_back(
    client: CheckingClient, database: Database, people: tuple[Member, Member, Member]
) -> None:
    _member, lead, admin = people
    number = complain(database, people[0])
    client.sign_in(lead)
    page = client.get(f"/review/complaints/{number}")
    form = page.form("Send the answer").fill(outcome="agreed", answer=OURS)
    page.submit(form)
    assert page.submit(form).path == "/review/complaints"
    client.sign_in(admin)
    client.get("/account")
    late = client.post(
        f"/review/complaints/{number}/answer", {"outcome": "partly", "answer": "Mine."}, status=409
    )
    assert "Mine." in late.body
    client.get("/account")
    late = client.post(f"/review/complaints/{number}/answer", {"outcome": "", "answer": "Mine."}, status=409)
    assert "Mine." in late.body
    client.get("/account")
    late = client.post(f"/review/complaints/{number}/answer", {}, status=409)
    assert late.has("A colleague answered this before you.")
    with database.reading() as session:
        kept = session.get_one(Complaint, number)
        assert (kept.outcome, kept.handled_by_ref) == (ComplaintOutcome.AGREED, lead.id)
        assert len(events(session, Verb.COMPLAINT_ANSWERED)) == 1


def test_nobody_answers_their_own(
    client: CheckingClient, database: Database, people: tuple[Member, Member, Member]
) -> None:
    number = complain(database, people[0])
    with database.transaction() as session:
        member = session.get_one(Member, people[0].id)
        member.role = Role.LEAD
        member.totp_secret, member.totp_confirmed_at = "sealed", clock.now()
        with pytest.raises(OwnComplaint):
            complaining.answer(
                session,
                number,
                outcome=ComplaintOutcome.AGREED,
                words=OURS,
                actor=actor_of(member),
                at=clock.now(),
            )
    client.sign_in(people[0])
    assert client.get(f"/review/complaints/{number}").has("This is your own complaint")
    client.get("/account")
    client.post(f"/review/complaints/{number}/acknowledge", status=409)
    statement = text("UPDATE complaints SET handled_by_ref = made_by_ref WHERE id = :id")
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(statement, {"id": number})


def test_another_members_complaint_is_not_there(
    client: CheckingClient, database: Database, people: tuple[Member, Member, Member]
) -> None:
    number = complain(database, people[0])
    with database.transaction() as session:
        other = a_member(session)
    client.sign_in(other)
    client.get(f"/complaints/{number}", status=404)
    assert client.get("/complaints").has("You have not sent one.")


def test_words_of_danger_offer_help(
    client: CheckingClient, database: Database, people: tuple[Member, Member, Member]
) -> None:
    client.sign_in(people[0])
    page = client.get("/complaints/new")
    page.submit(page.form("Send it").fill(kind="other", text="[crisis]"))
    with database.reading() as session:
        assert session.scalars(select(HelpPanel.level)).all() == ["now"]

"""A plainly shown post that chance picked: people look at it, and for its author and readers nothing is different."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum import clock, worker
from forum.app import create_app
from forum.config import Environment, Settings
from forum.db import Database
from forum.models import HelpPanel, Member, Notice, Post, PostState, Role, Thread
from forum.queries import review
from forum.queries.review import Filters
from forum.web.parts import KEY
from moderation.answers import Urgency
from moderation.detectors import Detector
from moderation.detectors.classifier import ClassifierDetector
from moderation.detectors.fixed import fixed_detector
from moderation.detectors.holder import ModelHolder
from moderation.hours import Hours
from moderation.models import AssessmentRow, AuditEvent, ReviewItem, ReviewReason
from moderation.sampling import by_chance
from moderation.verbs import Verb
from moderation.workflow import DecisionAction, ItemState
from tests.faults.writes import form_of
from tests.review.desk import RULES, claim, decide, events
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_thread

CALM = "The heron stood in the river this morning."


@dataclass
class Chance:
    """Says which posts are drawn, and remembers what it was asked."""

    draws: bool = True
    asked: list[float] = field(default_factory=list)

    def __call__(self, chance: float) -> bool:
        self.asked.append(chance)
        return self.draws


@dataclass
class Place:
    """Somebody who writes, somebody who reads, and where."""

    author: Member
    reader: Member
    thread: Thread


@pytest.fixture
def draw() -> Chance:
    return Chance()


@pytest.fixture
def place(client: CheckingClient, database: Database) -> Place:
    with database.transaction() as session:
        author, reader = a_member(session), a_member(session)
        thread = a_thread(session, a_group(session, members=(author, reader)), reader)
    client.sign_in(author)
    return Place(author, reader, thread)


def write(client: CheckingClient, place: Place, text: str = CALM, **more: str) -> str:
    client.get(f"/t/{place.thread.id}")
    sent = {"text": text, "submission": f"sample-{abs(hash(text))}", **more}
    return client.post(f"/t/{place.thread.id}/reply", sent).text


def judged(database: Database) -> list[AssessmentRow]:
    with database.reading() as session:
        return list(session.scalars(select(AssessmentRow).order_by(AssessmentRow.id)))


def the_item(database: Database) -> ReviewItem:
    with database.reading() as session:
        return session.scalars(select(ReviewItem)).one()


def the_post(database: Database, place: Place) -> Post:
    with database.reading() as session:
        return session.scalars(select(Post).where(Post.author_id == place.author.id)).one()


def test_a_drawn_post_waits_for_a_look_and_is_up_all_the_same(
    app: Flask, client: CheckingClient, database: Database, place: Place, draw: Chance
) -> None:
    said = write(client, place)

    post, item = the_post(database, place), the_item(database)
    assert post.state is PostState.SHOWN
    assert not post.collapsed
    assert (item.subject_id, item.revision_id) == (post.id, post.current_revision_id)
    assert (item.state, item.urgency, item.for_lead) == (ItemState.OPEN, Urgency.GREEN, False)
    assert draw.asked == [0.02]
    with database.reading() as session:
        reason = session.scalars(select(ReviewReason)).one()
        opened, sampled = (events(session, verb)[0] for verb in (Verb.ITEM_OPENED, Verb.POST_SAMPLED))
        told = session.scalar(select(func.count()).select_from(Notice)) or 0
        panels = session.scalar(select(func.count()).select_from(HelpPanel))
        about_it = set(session.scalars(select(Notice.member_id)))
    assert (reason.source, reason.code) == ("sample", "sample")
    assert opened.fields["source"] == "sample"
    assert sampled.fields == {
        "item": item.id,
        "item_version": 1,
        "revision": post.current_revision_id,
        "assessment": judged(database)[0].id,
        "chance": 20_000,
        "model": "fixed",
    }
    assert sampled.commitment == judged(database)[0].commitment
    assert (told, about_it, panels) == (1, {place.reader.id}, 0)  # the one who started the thread has a reply
    reader = CheckingClient(app)
    reader.sign_in(place.reader)
    assert CALM in reader.get(f"/t/{place.thread.id}").text
    for page in (said, client.get(f"/p/{post.id}").text, client.get("/notices").text):
        assert not any(word in page.casefold() for word in ("random", "sample", "moderator will", "waits"))


def test_the_page_is_the_same_drawn_or_not(
    client: CheckingClient, database: Database, place: Place, draw: Chance
) -> None:
    pages = []
    for drawn in (True, False):
        draw.draws = drawn
        write(client, place, f"A calm line{' ' if drawn else ''}.")
        pages.append(client.get("/notices").text)
    assert pages[0] == pages[1]
    with database.reading() as session:
        assert len(session.scalars(select(ReviewItem.id)).all()) == 1


def test_the_chance_of_what_was_not_drawn_is_recorded_too(
    client: CheckingClient, database: Database, place: Place, draw: Chance
) -> None:
    draw.draws = False
    write(client, place)

    assert [row.sample_chance for row in judged(database)] == [0.02]
    with database.reading() as session:
        assert session.scalars(select(ReviewItem)).all() == []
        assert session.scalars(select(AuditEvent)).all() == []


@pytest.mark.parametrize(
    "text",
    ["Words. [graphic detail]", "Words. [graphic detail?]", "Words. [crisis?]", "Words. [not english]"],
)
def test_what_a_person_looks_at_anyway_has_no_chance(
    client: CheckingClient, database: Database, place: Place, draw: Chance, text: str
) -> None:
    write(client, place, text)

    assert [row.sample_chance for row in judged(database)] == [None]
    assert draw.asked == []
    with database.reading() as session:
        assert events(session, Verb.POST_SAMPLED) == []
        assert "sample" not in session.scalars(select(ReviewReason.source)).all()


def test_being_about_self_harm_changes_nothing_about_the_chance(
    client: CheckingClient, database: Database, place: Place
) -> None:
    write(client, place, "Words. [topic]")

    assert [row.sample_chance for row in judged(database)] == [0.02]


def edit(client: CheckingClient, post: Post, text: str) -> None:
    client.get(f"/p/{post.id}/edit")
    client.post(f"/p/{post.id}/edit", {"text": text, "submission": f"edit-{abs(hash(text))}"})


def test_an_edit_is_drawn_anew(
    client: CheckingClient, database: Database, place: Place, draw: Chance
) -> None:
    draw.draws = False
    write(client, place)
    draw.draws = True
    edit(client, the_post(database, place), f"{CALM} And again.")

    post, item = the_post(database, place), the_item(database)
    assert [row.sample_chance for row in judged(database)] == [0.02, 0.02]
    assert len(draw.asked) == 2
    assert item.revision_id == post.current_revision_id
    with database.reading() as session:
        assert [event.fields["revision"] for event in events(session, Verb.POST_SAMPLED)] == [
            post.current_revision_id
        ]
    assert post.state is PostState.SHOWN


def test_an_edit_of_a_drawn_post_counts_as_drawn_only_where_it_was(
    client: CheckingClient, database: Database, place: Place, draw: Chance
) -> None:
    write(client, place)
    first = the_post(database, place).current_revision_id
    draw.draws = False
    edit(client, the_post(database, place), f"{CALM} And again.")

    post, item = the_post(database, place), the_item(database)
    assert item.revision_id == post.current_revision_id != first
    with database.reading() as session:
        assert [event.fields["revision"] for event in events(session, Verb.POST_SAMPLED)] == [first]


def test_a_drawn_post_grows_old_like_any_other_and_pages_nobody(
    client: CheckingClient, database: Database, place: Place
) -> None:
    write(client, place)
    with database.transaction() as session:
        moderator = a_member(session, role=Role.MODERATOR)
    for waited, aged in (
        (timedelta(minutes=1), False),
        (timedelta(hours=23), False),
        (timedelta(days=2), True),
    ):
        at = clock.now() + waited
        with database.reading() as session:
            (row,), _further = review.queue(session, moderator.id, RULES, Hours.always(), at, Filters(), None)
        assert (row.urgency, row.aged) == (Urgency.GREEN, aged)
        assert RULES.aged(Urgency.GREEN, timedelta(days=60)) is Urgency.AMBER
    with database.reading() as session:
        assert session.scalars(select(Notice).where(Notice.member_id == moderator.id)).all() == []
        assert events(session, Verb.STAFF_PAGED) == []


@pytest.mark.parametrize(
    ("action", "agreed"),
    [
        (DecisionAction.SHOW, True),
        (DecisionAction.SHOW_WITH_LABEL, False),
        (DecisionAction.ASK_EDIT, False),
        (DecisionAction.REMOVE, False),
    ],
)
def test_a_decision_says_whether_software_was_right_to_let_it_pass(
    client: CheckingClient,
    database: Database,
    place: Place,
    action: DecisionAction,
    agreed: bool,
) -> None:
    write(client, place)
    code = next(one.code for one in RULES.reasons_for(action) if not one.needs_note and not one.ask_illegal)
    with database.transaction() as session:
        item, moderator = session.scalars(select(ReviewItem)).one(), a_member(session, role=Role.MODERATOR)
        version = claim(session, item, moderator)
        labels = ("graphic_injury",) if action is DecisionAction.SHOW_WITH_LABEL else ()
        made = decide(session, item, moderator, action, code, version=version, labels=labels)
        assert made.agreed_with_software is agreed
        assert made.suggested_display == "show"
    with database.reading() as session:
        (event,) = events(session, Verb.DECISION_MADE)
    assert event.fields["agreed_with_software"] is agreed
    assert event.fields["triggers"] == ["sample"]
    assert event.fields["revision"] == the_post(database, place).current_revision_id


def test_the_desk_says_that_chance_chose_it(
    app: Flask, client: CheckingClient, database: Database, place: Place
) -> None:
    write(client, place, "Words. [crisis?]")
    write(client, place)
    with database.transaction() as session:
        moderator = a_member(session, role=Role.MODERATOR)
        drawn = session.scalars(select(ReviewReason.item_id).where(ReviewReason.source == "sample")).one()
    desk = CheckingClient(app)
    desk.sign_in(moderator)

    assert desk.get("/review").has("Chosen at random. Nothing flagged it.")
    only = desk.get("/review?state=drawn")
    assert [link.words for link in only.links if link.words.startswith("Item ")] == [f"Item {drawn}"]
    assert desk.get(f"/review/{drawn}").has("Chosen at random. Nothing flagged it.")


class TestALateVerdict:
    """No model at first: the post waits, and its first real verdict comes from the worker."""

    @pytest.fixture
    def detectors(self) -> tuple[Detector, ...]:
        return (ClassifierDetector(ModelHolder(), budget_seconds=0.05),)

    def the_model_is_back(self, app: Flask) -> None:
        app.extensions[KEY] = replace(app.extensions[KEY], detectors=(fixed_detector(),))
        assert worker.work_once(app.extensions[KEY], now=clock.now() + timedelta(minutes=5)) == 1

    def test_is_drawn_like_one_in_time_and_does_not_stay_amber(
        self, app: Flask, client: CheckingClient, database: Database, place: Place
    ) -> None:
        write(client, place)
        self.the_model_is_back(app)

        assert [row.sample_chance for row in judged(database)] == [None, 0.02]
        with database.reading() as session:
            items = session.scalars(select(ReviewItem).order_by(ReviewItem.id)).all()
            assert [(item.state, item.urgency) for item in items] == [
                (ItemState.DECIDED, Urgency.AMBER),
                (ItemState.OPEN, Urgency.GREEN),
            ]
            assert [event.fields["item"] for event in events(session, Verb.POST_SAMPLED)] == [items[1].id]
        assert the_post(database, place).state is PostState.SHOWN

    def test_has_no_chance_where_a_person_has_it(
        self, app: Flask, client: CheckingClient, database: Database, place: Place
    ) -> None:
        write(client, place)
        with database.transaction() as session:
            claim(session, session.scalars(select(ReviewItem)).one(), a_member(session, role=Role.MODERATOR))
        self.the_model_is_back(app)

        assert [row.sample_chance for row in judged(database)] == [None, None]
        assert the_post(database, place).state is PostState.HELD


def test_the_real_site_draws_by_chance(tmp_path: Path) -> None:
    settings = Settings(
        env=Environment.TEST, instance=tmp_path, database_url=f"sqlite:///{tmp_path / 'one.db'}"
    )

    assert create_app(settings, detectors=(fixed_detector(),)).extensions[KEY].draw is by_chance


def told(database: Database, member: Member) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Notice.kind).where(Notice.member_id == member.id)))


@pytest.mark.parametrize(
    ("action", "notices"),
    [
        (DecisionAction.SHOW, []),
        (DecisionAction.SHOW_WITH_LABEL, ["decision"]),
        (DecisionAction.ASK_EDIT, ["decision"]),
        (DecisionAction.CHECK_IN, ["check_in"]),
    ],
)
def test_who_was_only_drawn_and_left_alone_never_hears_of_it(
    client: CheckingClient, database: Database, place: Place, action: DecisionAction, notices: list[str]
) -> None:
    write(client, place)
    with database.transaction() as session:
        item, moderator = session.scalars(select(ReviewItem)).one(), a_member(session, role=Role.MODERATOR)
        code = next(one.code for one in RULES.reasons_for(action) if not one.needs_note)
        labels = ("graphic_injury",) if action is DecisionAction.SHOW_WITH_LABEL else ()
        version = claim(session, item, moderator)
        made = decide(session, item, moderator, action, code, version=version, labels=labels)
        assert (made.author_told_at is None) is (not notices)
    assert told(database, place.author) == notices


def test_who_was_reported_too_is_told(client: CheckingClient, database: Database, place: Place) -> None:
    write(client, place)
    other = CheckingClient(client.app)
    other.sign_in(place.reader)
    post = the_post(database, place)
    page = other.get(f"/p/{post.id}/report")
    page.submit(form_of(page, "/report").fill(reason="unkind"))
    with database.transaction() as session:
        item, moderator = session.scalars(select(ReviewItem)).one(), a_member(session, role=Role.MODERATOR)
        version = claim(session, item, moderator)
        code = RULES.reasons_for(DecisionAction.SHOW)[0].code
        decide(session, item, moderator, DecisionAction.SHOW, code, version=version)
    assert told(database, place.author) == ["decision"]

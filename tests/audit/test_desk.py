"""The auditors' desk: it finds, explains and hands out the record, and shows nobody's words or name."""

from __future__ import annotations

import io
import time
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event as sqlalchemy_event

from forum import clock
from forum.actions import auditing
from forum.db import Database
from forum.models import Member, Role
from forum.web.parts import KEY
from moderation import audit
from moderation.audit.actors import Actor
from moderation.audit.checkpoints import checkpoint
from moderation.audit.search import Filters
from moderation.keys import Keyring
from moderation.proof.check import check, tail_of
from moderation.proof.formats import Format
from moderation.subject import Subject, SubjectKind
from moderation.verbs import Verb
from tests.audit.conftest import MODERATOR, NOON, write_one
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_thread
from tests.support.page import Page

MOST_STATEMENTS = 12


@pytest.fixture
def auditor(database: Database) -> Member:
    with database.transaction() as session:
        return a_member(session, "Canary Auditor", role=Role.AUDITOR)


@pytest.fixture
def desk(client: CheckingClient, auditor: Member) -> CheckingClient:
    client.sign_in(auditor)
    return client


def write(database: Database, count: int) -> None:
    with database.transaction() as session:
        for number in range(count):
            write_one(session, number)


def numbers(page: Page) -> list[int]:
    return [int(link.words) for link in page.links if link.words.isdigit()]


def keys(app: Flask) -> Keyring:
    keyring: Keyring = app.extensions[KEY].keyring
    return keyring


def test_an_empty_log_says_so(desk: CheckingClient) -> None:
    page = desk.get("/audit")
    assert page.has("Nothing has happened yet")
    assert page.has("not yet")


def test_events_stand_newest_first_and_pages_lead_both_ways(desk: CheckingClient, database: Database) -> None:
    write(database, 120)
    first = desk.get("/audit")
    assert numbers(first) == list(range(120, 70, -1))
    second = first.follow("Older")
    assert numbers(second) == list(range(70, 20, -1))
    third = second.follow("Older")
    assert numbers(third) == list(range(20, 0, -1))
    assert not [link for link in third.links if "Older" in link.words]
    assert numbers(third.follow("Newer")) == list(range(70, 20, -1))
    assert numbers(third.follow("First")) == list(range(120, 70, -1))


def test_filters_stay_in_the_address_and_on_the_pages_that_follow(
    desk: CheckingClient, database: Database
) -> None:
    write(database, 180)
    form = desk.get("/audit").form("Show")
    form.fill(verb="group.joined")
    page = desk.page.submit(form) if desk.page else None
    assert page is not None
    assert "verb=group.joined" in page.path or page.form("Show").data["verb"] == ["group.joined"]
    assert numbers(page) == list(range(180, 30, -3))
    assert numbers(page.follow("Older")) == list(range(30, 0, -3))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"subject": "post 2"}, [5, 4]),
        ({"subject": "post:2"}, [5, 4]),
        ({"group": "5"}, [6, 3]),
        ({"reason": "crisis.sure"}, [7]),
        ({"since": "2026-03-03"}, [7]),
        ({"until": "2026-03-02"}, [6, 5, 4, 3, 2, 1]),
        ({"since": "2026-03-02", "until": "2026-03-03", "verb": "thread.unlocked"}, [7]),
        ({"actor": "software"}, []),
    ],
)
def test_each_filter_finds_its_events(
    desk: CheckingClient, database: Database, query: dict[str, str], expected: list[int]
) -> None:
    write(database, 6)
    with database.transaction() as session:
        later = NOON + timedelta(days=1)
        audit.append(session, Verb.THREAD_UNLOCKED, actor=MODERATOR, at=later, reason="crisis.sure")
    page = desk.get("/audit", query=query)
    assert numbers(page) == expected
    assert expected or page.has("No event fits these filters")


def test_the_actor_filter_takes_a_pseudonym(app: Flask, desk: CheckingClient, database: Database) -> None:
    write(database, 6)
    assert numbers(desk.get("/audit", query={"actor": keys(app).pseudonym(3, "member")})) == [6, 3]


@pytest.mark.parametrize(
    "query",
    [
        {"verb": "no.such"},
        {"actor": "Bluebird"},
        {"subject": "<b>post</b>"},
        {"group": "twelve"},
        {"reason": "because I say so"},
        {"since": "2026-13-01"},
        {"until": "9999-12-31"},
        {"since": "2026-03-05", "until": "2026-03-01"},
        {"group": "9" * 400},
    ],
)
def test_a_filter_that_cannot_be_read_is_explained_and_kept(
    desk: CheckingClient, database: Database, query: dict[str, str]
) -> None:
    write(database, 3)
    page = desk.get("/audit", query=query, status=422)
    assert numbers(page) == []
    assert page.has("Some of this could not be read")
    name, typed = list(query.items())[-1]
    assert page.form("Show").data[name] == [typed] or name == "verb"


@pytest.mark.parametrize("cursor", ["x", "-1", "9" * 30, "0"])
def test_a_broken_cursor_is_a_first_or_an_empty_page(
    desk: CheckingClient, database: Database, cursor: str
) -> None:
    write(database, 3)
    desk.get("/audit", query={"before": cursor})
    desk.get("/audit", query={"after": cursor})


def test_an_event_is_explained_with_the_story_of_its_subject(
    desk: CheckingClient, database: Database
) -> None:
    post = Subject(SubjectKind.POST, 12)
    item: dict[str, Any] = {"item": 40, "item_version": 1}
    with database.transaction() as session:
        audit.append(
            session,
            Verb.ITEM_OPENED,
            actor=audit.SOFTWARE,
            at=NOON,
            subject=post,
            group=2,
            reason="crisis.sure",
            policy=3,
            urgency="crisis",
            source="software",
            **item,
        )
        audit.append(
            session, Verb.HELD_TEXT_READ, actor=MODERATOR, at=NOON, subject=post, group=2, revision=9, **item
        )
    page = desk.get("/audit/1")
    assert page.has("A review item was opened.")
    assert page.has("software, newcomer, report, facilitator, escalation, appeal, no_verdict or sample")
    assert page.has("review item 40")
    assert page.has("version 3")
    assert page.follow("Staff opened text").has("id of the revision")


def test_an_event_that_is_not_there_is_not_found(desk: CheckingClient) -> None:
    desk.get("/audit/1", status=404)
    desk.get("/audit/99999999999999999999999", status=404)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize("scope", ["whole", "shown"])
def test_an_export_leaves_as_a_file_that_proves_itself(
    app: Flask, desk: CheckingClient, database: Database, form: str, scope: str
) -> None:
    write(database, 1500)
    desk.get("/audit", query={"verb": "group.joined"})
    page = desk.post("/audit/export", {"format": form, "scope": scope, "verb": "group.joined"})

    assert page.response.headers["Content-Disposition"].startswith("attachment")
    file = io.BytesIO(page.response.get_data())
    outcome = check(file, keys(app).signing.public_key(), last_line=tail_of(file))
    assert outcome.problems == []
    assert outcome.events == (1500 if scope == "whole" else 500)
    event = desk.get("/audit").link("1501")
    assert desk.get(event.href).has("The audit, or a part of it, was exported.")


def test_an_export_without_a_form_is_explained(desk: CheckingClient, database: Database) -> None:
    write(database, 1)
    desk.get("/audit")
    page = desk.post("/audit/export", {"format": "exe"}, status=422)
    assert page.has("Please choose a form for the file")


def test_exports_are_limited_by_the_hour(
    desk: CheckingClient, auditor: Member, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing, "HOURLY", 2)
    desk.get("/audit")
    token = desk.token()
    for _ in range(2):
        desk.post("/audit/export", {"format": "csv", "csrf_token": token})
    desk.post("/audit/export", {"format": "csv", "csrf_token": token}, status=429)
    with database.transaction() as session:
        someone = Actor(auditor.id + 1, "auditor")
        auditing.start_export(session, actor=someone, form=Format.CSV, filters=Filters(), at=clock.now())


def test_the_dictionary_and_the_key_can_be_taken_along(app: Flask, desk: CheckingClient) -> None:
    assert "### `decision.made`" in desk.get("/audit/dictionary").body
    assert desk.get("/audit/public-key").body == keys(app).public_pem


def test_the_page_says_when_the_record_was_signed_and_checked(
    desk: CheckingClient, database: Database
) -> None:
    write(database, 3)
    with database.transaction() as session:
        checkpoint(session, NOON)
        audit.append(
            session, Verb.AUDIT_VERIFIED, actor=audit.SOFTWARE, at=NOON, events=3, head="a" * 64, problems=2
        )
    page = desk.get("/audit")
    assert page.has("up to event 3")
    assert page.has("The last check found problems: 2.")


def test_auditors_see_no_words_and_no_names(desk: CheckingClient, database: Database) -> None:
    """c18: everything about decisions, nothing about people."""
    with database.transaction() as session:
        member = a_member(session, "Canary Bluebird")
        group = a_group(session, "Canary group", members=(member,))
        thread = a_thread(session, group, member, title="Canary title", words="Canary words")
        at: dict[str, Any] = {"actor": Actor(member.id, "member"), "at": clock.now(), "group": group.id}
        audit.append(session, Verb.GROUP_JOINED, live=1, offers=0, capacity=24, **at)
        post = Subject(SubjectKind.POST, thread.id)
        audit.append(session, Verb.POST_WITHDRAWN, subject=post, was_state="shown", **at)
        profile = Subject(SubjectKind.PROFILE, member.id)
        audit.append(session, Verb.POST_WITHDRAWN, subject=profile, was_state="held", **at)
    for path in ("/audit", "/audit/1", "/audit/2", "/audit/3"):
        assert "anary" not in desk.get(path).body.replace("Canary Auditor", "")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
def test_nobody_else_comes_in(client: CheckingClient, database: Database, role: Role) -> None:
    with database.transaction() as session:
        someone = a_member(session, role=role)
    client.sign_in(someone)
    for path in ("/audit", "/audit/1", "/audit/dictionary", "/audit/public-key"):
        assert client.get(path, status=None).status in {403, 404}
    assert client.post("/audit/export", {"format": "csv"}, status=None, forge=True).status in {400, 403, 404}


def test_ten_thousand_events_cost_few_statements_and_little_time(
    desk: CheckingClient, database: Database
) -> None:
    for _ in range(4):
        write(database, 2500)
    statements: list[str] = []
    sqlalchemy_event.listen(
        database.engine, "before_cursor_execute", lambda *call: statements.append(call[2])
    )
    for query in (
        {},
        {"verb": "group.joined", "group": "5"},
        {"subject": "post 700"},
        {"since": "2026-03-01"},
    ):
        statements.clear()
        began = time.perf_counter()
        desk.get("/audit", query=query)
        assert len(statements) <= MOST_STATEMENTS
        assert time.perf_counter() - began < 2
    statements.clear()
    desk.get("/audit/5000")
    assert len(statements) <= MOST_STATEMENTS

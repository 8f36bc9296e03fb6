"""Events are checked at once, sealed at the commit, and gone with a rollback."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from moderation import audit
from moderation.audit.sealing import Unsealed
from moderation.proof.canonical import GENESIS, event_hash
from moderation.subject import Subject, SubjectKind
from moderation.verbs import Verb
from tests.audit.conftest import MEMBER, MODERATOR, NOON, Record, write_one


def columns(event: object) -> dict[str, object]:
    return {name: value for name, value in vars(event).items() if not name.startswith("_")}


def test_the_chain_starts_at_the_genesis_hash_and_each_event_names_the_one_before(record: Record) -> None:
    record.write(7)
    record.write(5)

    events = record.events()
    assert [event.seq for event in events] == list(range(1, 13))
    assert [event.prev_hash for event in events] == [GENESIS, *(event.hash for event in events[:-1])]
    assert all(event.hash == event_hash(columns(event)) for event in events)


def test_the_actor_is_a_pseudonym_with_a_role(record: Record) -> None:
    record.write(3)
    with record.writing() as session:
        audit.append(session, Verb.BACKUP_MADE, actor=audit.COMMAND, at=NOON, with_keys=False)
        audit.append(
            session, Verb.ITEM_RELEASED, actor=audit.SOFTWARE, at=NOON, item=1, item_version=3, why="lapsed"
        )

    actors = [(event.actor, event.actor_role, event.actor_kind) for event in record.events()]
    assert actors[0] == (record.keyring.pseudonym(7, "staff"), "moderator", "human")
    assert actors[2] == (record.keyring.pseudonym(3, "member"), "member", "human")
    assert actors[3:] == [("command", "command", "human"), ("software", "software", "software")]


def test_a_profile_is_named_by_its_pseudonym_not_by_its_account(record: Record) -> None:
    with record.writing() as session:
        profile = Subject(SubjectKind.PROFILE, 3)
        audit.append(session, Verb.POST_WITHDRAWN, actor=MEMBER, at=NOON, subject=profile, was_state="held")

    assert record.events()[0].subject_ref == record.keyring.pseudonym(3, "member")


def test_a_rollback_drops_the_event_and_a_commit_keeps_change_and_event(record: Record) -> None:
    with pytest.raises(LookupError), record.writing() as session:
        session.execute(text("INSERT INTO person_keys (member_ref, secret) VALUES (1, 'x')"))
        write_one(session, 0)
        raise LookupError
    with record.writing() as session:
        session.execute(text("INSERT INTO person_keys (member_ref, secret) VALUES (2, 'x')"))
        write_one(session, 1)

    with record.reading() as session:
        assert session.execute(text("SELECT member_ref FROM person_keys")).scalars().all() == [2]
    assert [(event.seq, event.verb) for event in record.events()] == [(1, "held_text.read")]


def test_a_savepoint_taken_back_takes_its_events_along(record: Record) -> None:
    with record.writing() as session:
        write_one(session, 0)
        with pytest.raises(LookupError), session.begin_nested():
            write_one(session, 1)
            with session.begin_nested():
                write_one(session, 1)
            raise LookupError
        with session.begin_nested():
            write_one(session, 2)

    assert [event.verb for event in record.events()] == ["item.claimed", "group.joined"]


def test_a_savepoint_left_open_is_an_alarm(record: Record) -> None:
    with pytest.raises(Unsealed), record.writing() as session:
        session.begin_nested()
        write_one(session, 0)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"invitation": 1, "more": 2},
        {"invitation": 0.5},
        {"invitation": "two words"},
        {"invitation": "someone@example.org"},
        {"invitation": "x" * 65},
        {"invitation": ""},
        {"invitation": ["fine", {"deep": "not fine"}]},
        {"invitation": {"two words": 1}},
        {"invitation": 2**63},
        {"invitation": b"bytes"},
        {"invitation": "caf\u00e9"},
        {"invitation": "line\n"},
        {"invitation": datetime(2026, 1, 1)},  # noqa: DTZ001  (that is what is refused)
    ],
)
def test_a_wrong_shape_is_refused_at_once(record: Record, fields: dict[str, Any]) -> None:
    with pytest.raises(audit.BadEvent), record.writing() as session:
        audit.append(session, Verb.INVITATION_REVOKED, actor=MODERATOR, at=NOON, **fields)
    assert record.events() == []


def test_the_refusal_does_not_repeat_the_words(record: Record) -> None:
    with record.writing() as session, pytest.raises(audit.BadEvent) as refusal:
        audit.append(session, Verb.INVITATION_REVOKED, actor=MODERATOR, at=NOON, invitation="canary words")
    assert "canary" not in str(refusal.value)


def test_a_person_field_takes_only_a_pseudonym(record: Record) -> None:
    with record.writing() as session:
        with pytest.raises(audit.BadEvent):
            audit.append(session, Verb.ACCOUNT_CLOSED, actor=MODERATOR, at=NOON, person="Bluebird")
        audit.append(
            session, Verb.ACCOUNT_CLOSED, actor=MODERATOR, at=NOON, person=audit.person(session, 3, "member")
        )


@pytest.mark.parametrize("column", ["reason", "commitment"])
def test_reason_and_commitment_are_codes(record: Record, column: str) -> None:
    wrong: dict[str, Any] = {column: "because I say so"}
    with record.writing() as session, pytest.raises(audit.BadEvent):
        audit.append(session, Verb.THREAD_UNLOCKED, actor=MODERATOR, at=NOON, **wrong)


def test_eight_writers_make_one_chain_without_gaps(record: Record) -> None:
    def write_many(worker: int) -> None:
        for number in range(25):
            with record.writing() as session:
                write_one(session, worker * 25 + number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write_many, range(8)))

    events = record.events()
    assert [event.seq for event in events] == list(range(1, 201))
    assert [event.prev_hash for event in events[1:]] == [event.hash for event in events[:-1]]

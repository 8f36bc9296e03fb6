"""The check against the database finds what somebody with every right to the database did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from moderation import audit
from moderation.audit.checkpoints import checkpoint
from moderation.audit.digests import digest_hour, hours_due
from moderation.audit.verify import Outcome, verify
from moderation.audit.verify import record as put_on_record
from moderation.models.judgement import AssessmentRow
from moderation.subject import SubjectKind
from tests.audit.conftest import NOON, Record


@pytest.fixture
def unguarded(record: Record) -> Iterator[Record]:
    """The database after an owner took the triggers away: the last line is the proof itself."""
    postgres = record.database.engine.dialect.name == "postgresql"
    for table in ("audit_events", "audit_checkpoints"):
        names = ["permanent"] if postgres else ["no_update", "no_delete"]
        for name in names:
            with record.writing() as session:
                session.execute(text(f"DROP TRIGGER {table}_{name}" + (f" ON {table}" if postgres else "")))
    yield record


def outcome(record: Record) -> Outcome:
    with record.reading() as session:
        return verify(session, record.keyring.signing.public_key())


def sign(record: Record) -> None:
    with record.writing() as session:
        checkpoint(session, NOON)


def tamper(record: Record, *statements: str) -> list[str]:
    for statement in statements:
        with record.writing() as session:
            session.execute(text(statement))
    return outcome(record).problems


def an_assessment(number: int, minutes: int) -> AssessmentRow:
    return AssessmentRow(
        subject_kind=SubjectKind.POST,
        subject_id=number,
        revision_id=number,
        author_ref=3,
        commitment="0" * 64,
        policy_version=1,
        model_id="model",
        engine="engine",
        normaliser="1",
        language="en",
        findings=[{"score": 0.1, "small": 1e-07, "whole": 1.0, "span": [0, 4]}],
        display="show",
        urgency="green",
        support="none",
        reasons=[],
        milliseconds=3,
        assessed_at=NOON.replace(minute=0) + timedelta(minutes=minutes),
    )


def test_an_untouched_record_is_good(record: Record) -> None:
    assert outcome(record).problems == []
    record.write(9)
    sign(record)
    record.write(3)
    found = outcome(record)
    assert (found.events, found.checkpoints, found.problems) == (12, 1, [])
    assert found.head == record.events()[-1].hash


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE audit_events SET reason_code = 'other' WHERE seq = 4", "event 4 was changed"),
        (
            "UPDATE audit_events SET occurred_at = '2026-03-02 12:00:09.000001' WHERE seq = 4",
            "event 4 was changed",
        ),
        ("UPDATE audit_events SET fields = '{}' WHERE seq = 4", "event 4 was changed"),
        ("UPDATE audit_events SET fields = '{\"a\": 0.5}' WHERE seq = 4", "event 4 was changed"),
        ("DELETE FROM audit_events WHERE seq = 1", "event 1 is missing"),
        ("DELETE FROM audit_events WHERE seq IN (4, 5)", "events 4 to 5 are missing"),
        ("DELETE FROM audit_events WHERE seq > 4", "was cut off"),
        ("DELETE FROM audit_events", "was cut off"),
        ("UPDATE audit_checkpoints SET made_at = '2027-03-02 12:00:09'", "is forged"),
        (
            "UPDATE audit_checkpoints SET head = prev_hash FROM audit_events WHERE audit_events.seq = 9",
            "was rewritten",
        ),
        ("UPDATE audit_checkpoints SET key_id = 'another'", "another key"),
    ],
)
def test_what_an_owner_of_the_database_does_is_found(unguarded: Record, statement: str, words: str) -> None:
    unguarded.write(9)
    sign(unguarded)
    assert any(words in problem for problem in tamper(unguarded, statement))


def test_swapped_events_are_found(unguarded: Record) -> None:
    unguarded.write(9)
    swap = "UPDATE audit_events SET seq = {} WHERE seq = {}"
    assert "event 3" in tamper(unguarded, swap.format(99, 3), swap.format(3, 4), swap.format(4, 99))[0]


def test_an_unreadable_event_is_found_and_stops_nothing(sqlite_record: Record) -> None:
    sqlite_record.write(3)
    problems = tamper(
        sqlite_record,
        "DROP TRIGGER audit_events_no_update",
        "UPDATE audit_events SET fields = 'not JSON' WHERE seq = 2",
    )
    assert problems == ["The chain is broken: an event after 0 cannot be read."]


def test_a_checkpoint_is_made_once_for_a_length(record: Record) -> None:
    sign(record)
    record.write(2)
    sign(record)
    sign(record)
    assert outcome(record).checkpoints == 1


def test_hours_with_assessments_are_digested_once_even_after_an_outage(record: Record) -> None:
    with record.writing() as session:
        session.add_all(
            [an_assessment(1, 5), an_assessment(2, 59), an_assessment(3, 61), an_assessment(4, 60 * 30)]
        )
    with record.writing() as session:
        for hour in list(hours_due(session, NOON + timedelta(days=2))):
            digest_hour(session, hour, at=NOON)
    with record.writing() as session:
        assert list(hours_due(session, NOON + timedelta(days=2))) == []

    assert [event.fields["count"] for event in record.events()] == [2, 1, 1]
    assert outcome(record).problems == []


def test_an_hour_is_left_to_settle(record: Record) -> None:
    with record.writing() as session:
        session.add(an_assessment(1, 5))
    end = NOON.replace(minute=0, microsecond=0, second=0) + timedelta(hours=1)
    with record.writing() as session:
        assert list(hours_due(session, end + timedelta(minutes=9))) == []
        assert len(list(hours_due(session, end + timedelta(minutes=10)))) == 1


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE assessments SET display = 'hold' WHERE id = 1", "it counted 2, there are 2"),
        ("DELETE FROM assessments WHERE id = 2", "it counted 2, there are 1"),
        (
            "UPDATE assessments SET assessed_at = '2026-03-02 10:30:00' WHERE id = 1",
            "in hours that no digest stands for",
        ),
    ],
)
def test_an_assessment_that_does_not_fit_its_digest_is_found(
    record: Record, statement: str, words: str
) -> None:
    with record.writing() as session:
        session.add_all([an_assessment(1, 5), an_assessment(2, 6)])
    with record.writing() as session:
        for hour in list(hours_due(session, NOON + timedelta(days=2))):
            digest_hour(session, hour, at=NOON)
    assert any(words in problem for problem in tamper(record, statement))


def test_blanking_who_wrote_leaves_the_digest_good(record: Record) -> None:
    with record.writing() as session:
        session.add(an_assessment(1, 5))
    with record.writing() as session:
        digest_hour(session, NOON.replace(minute=0, second=0, microsecond=0), at=NOON)
    assert tamper(record, "UPDATE assessments SET author_ref = 0", "DELETE FROM person_keys") == []


def test_a_check_is_on_record(record: Record) -> None:
    record.write(4)
    found = outcome(record)
    with record.writing() as session:
        put_on_record(session, found, actor=audit.SOFTWARE, at=NOON)
    assert record.events()[-1].fields == {"events": 4, "head": found.head, "problems": 0}

"""One written form for each value, on any machine and through either database."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum, StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.audit.search import one
from moderation.models.record import AuditEvent
from moderation.proof.canonical import COLUMNS, NotCanonical, canonical, event_hash, moment
from tests.audit.conftest import Record

WHOLE = st.integers(-(2**63) + 1, 2**63 - 1)
PLAIN = st.recursive(
    st.none() | st.booleans() | WHOLE | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


class Colour(StrEnum):
    RED = "red"


class Grade(IntEnum):
    LOW = 1


@given(st.dictionaries(st.text(), PLAIN))
def test_the_order_of_keys_does_not_matter_and_reading_gives_the_value_back(value: dict[str, Any]) -> None:
    turned = dict(reversed(value.items()))
    assert canonical(turned) == canonical(value)
    assert json.loads(canonical(value)) == value
    assert canonical(json.loads(canonical(value))) == canonical(value)
    assert b"\n" not in canonical(value)
    assert canonical(value).isascii()


@given(PLAIN, PLAIN)
def test_different_values_are_written_differently(one_value: Any, another: Any) -> None:
    same = json.dumps(one_value, sort_keys=True) == json.dumps(another, sort_keys=True)
    assert (canonical(one_value) == canonical(another)) == same


@pytest.mark.parametrize(
    "value", [0.5, float("nan"), [1.0], {"a": {"b": 2.5}}, {1: "a"}, b"x", {1, 2}, Grade.LOW, 2**63]
)
def test_what_has_no_single_form_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


def test_codes_and_pairs_are_written_as_what_they_stand_for() -> None:
    assert canonical({Colour.RED: (Colour.RED, True)}) == b'{"red":["red",true]}'


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-12, 12))
def test_a_moment_is_written_in_utc_whatever_its_zone(at: datetime, hours: int) -> None:
    try:
        elsewhere = at.astimezone(timezone(timedelta(hours=hours)))
    except OverflowError:
        return
    assert moment(elsewhere) == moment(at)
    assert datetime.fromisoformat(moment(at)) == at


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(NotCanonical):
        moment(datetime(2026, 1, 1))  # noqa: DTZ001  (that is what is refused)


def test_each_column_is_in_the_hash(record: Record) -> None:
    record.write(1)
    with record.reading() as session:
        event = one(session, 1)
        assert event is not None
        row = {name: getattr(event, name) for name in COLUMNS}
    assert set(COLUMNS) == {column.name for column in AuditEvent.__table__.columns}
    assert event_hash(row) == row["hash"]
    for name in set(COLUMNS) - {"hash"}:
        assert event_hash({**row, name: "another"}) != row["hash"]

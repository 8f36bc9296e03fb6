"""Promise 8: the database refuses change; a changed, removed, moved or cut-off event is found offline."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from moderation.audit import COMMAND
from moderation.audit.export import announce, lines
from moderation.audit.search import Filters
from moderation.keys import Keyring
from moderation.proof.canonical import event_hash
from moderation.proof.check import Outcome, check, in_words, tail_of
from moderation.proof.formats import Format, guard, unguard
from moderation.proof.trailer import Kind, Trailer
from moderation.verbs import Verb
from tests.audit.conftest import NOON, Record

FORMATS = list(Format)


def export(record: Record, form: Format, filters: Filters | None = None) -> list[bytes]:
    with record.writing() as session:
        plan = announce(session, form, filters or Filters(), actor=COMMAND, at=NOON)
    with record.reading() as session:
        return list(lines(session, plan))


def checked(file: list[bytes], keyring: Keyring) -> Outcome:
    opened = io.BytesIO(b"".join(file))
    return check(opened, keyring.signing.public_key(), last_line=tail_of(opened))


def first_event(form: Format) -> int:
    """Where in the list of lines the first event stands."""
    return 1 if form is Format.CSV else 0


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
@pytest.mark.parametrize(("table", "column"), [("audit_events", "seq"), ("audit_checkpoints", "seq")])
def test_audit_holds(record: Record, table: str, column: str, statement: str) -> None:
    """The database itself refuses to change or remove what was recorded."""
    record.write(6)
    export(record, Format.JSONL)  # makes a checkpoint

    with pytest.raises(DBAPIError, match="append-only"), record.writing() as session:
        session.execute(text(statement.format(table, column, column)))
    assert len(record.events()) == 7


@pytest.mark.parametrize("form", FORMATS)
def test_audit_holds_in_an_exported_file(record: Record, form: Format) -> None:
    """Every kind of change to a file is found without the database, and the first bad line is named."""
    record.write(12)
    file = export(record, form)
    start = first_event(form)
    assert checked(file, record.keyring).problems == []
    assert checked(file, record.keyring).events == 12

    def named(changed: list[bytes], *words: str) -> None:
        outcome = checked(changed, record.keyring)
        assert not outcome.good
        for word in words:
            assert word in outcome.problems[0], outcome.problems

    line = file[start + 4]
    named(
        [*file[: start + 4], line.replace(b'"item":', b'"Item":', 1).replace(b"moderator", b"lead", 1)],
        f"Line {start + 5} ",
    )
    named([*file[: start + 4], *file[start + 5 :]], f"Line {start + 5} ", "event 5 is missing")
    named([*file[: start + 4], *file[start + 6 :]], f"Line {start + 5} ", "events 5 to 6 are missing")
    named([*file[: start + 4], file[start + 5], line, *file[start + 6 :]], f"Line {start + 5} ")
    named(
        [*file[: start + 4], line, line, *file[start + 5 :]], f"Line {start + 6} ", "event 5 is there twice"
    )
    named([*file[:start], *file[start + 1 :]], f"Line {start + 1} ", "event 1 is missing")
    named([*file[:-2], file[-1]], "Events are missing")
    named(file[:-1], "trailer is missing")
    named(file[:-3], "trailer is missing")
    named([], "trailer is missing")
    named([*file, file[-2]], "after the trailer")
    named([*file, file[-1]], "after the trailer")
    named(
        [
            *file[:-1],
            file[-1].replace(b'"count":12', b'"count":11').replace(b'""count"":12', b'""count"":11'),
        ],
        "forged",
    )


@pytest.mark.parametrize("form", FORMATS)
def test_another_keys_trailer_is_refused(
    record: Record, form: Format, tmp_path_factory: pytest.TempPathFactory
) -> None:
    record.write(3)
    stranger = Keyring.open(tmp_path_factory.mktemp("stranger"))
    file = export(record, form)
    _, content = form.read(file[-1])
    assert content is not None
    content.pop("signature")
    trailer = Trailer(**{**content, "kind": Kind(content["kind"])})
    resigned = form.trailer_line({**trailer.content(), "signature": stranger.sign(trailer.signed_part())})

    assert "forged" in checked([*file[:-1], resigned], record.keyring).problems[0]
    assert "another key" in checked(file, stranger).problems[0]


@pytest.mark.parametrize("form", FORMATS)
def test_a_chain_computed_anew_does_not_pass(record: Record, form: Format) -> None:
    """Without the signing key, whoever rewrites history and all its hashes is still found."""
    record.write(4)
    file = export(record, form)
    start, head, rewritten = first_event(form), "0" * 64, []
    for line in file[start:-1]:
        event, _ = form.read(line)
        assert event is not None
        event |= {"reason_code": "other", "prev_hash": head}
        head = event["hash"] = event_hash(event)
        rewritten.append(form.event_line(event))

    assert not checked([*file[:start], *rewritten, file[-1]], record.keyring).good


@pytest.mark.parametrize("form", FORMATS)
def test_any_byte_that_changes_is_found(form: Format, sqlite_record: Record) -> None:
    sqlite_record.write(5)
    whole = b"".join(export(sqlite_record, form))

    @settings(max_examples=150)
    @given(st.integers(0, len(whole) - 1), st.integers(1, 255))
    def flip(at: int, by: int) -> None:
        changed = whole[:at] + bytes([whole[at] ^ by]) + whole[at + 1 :]
        assert not checked([changed], sqlite_record.keyring).good

    @settings(max_examples=60)
    @given(st.integers(0, len(whole) - 1))
    def cut(at: int) -> None:
        assert not checked([whole[:at]], sqlite_record.keyring).good

    flip()
    cut()
    trailer = whole.rindex(b"\n", 0, len(whole) - 1) + 1
    for at in range(trailer, len(whole)):  # a capital letter in a number in hex is a changed byte too
        if whole[at : at + 1].isalpha():
            assert not checked(
                [whole[:at] + whole[at : at + 1].swapcase() + whole[at + 1 :]], sqlite_record.keyring
            ).good


def test_a_contiguous_part_says_where_it_joins(record: Record) -> None:
    record.write(9)
    outcome = checked(export(record, Format.JSONL, Filters(first=4, last=6)), record.keyring)

    assert outcome.good
    assert outcome.trailer is not None
    assert (outcome.trailer.kind, outcome.trailer.first, outcome.trailer.last) == (Kind.CONTIGUOUS, 4, 6)
    assert outcome.trailer.prev_hash == record.events()[2].hash
    assert "went on to 9" in in_words(outcome)


@pytest.mark.parametrize("form", FORMATS)
def test_a_filtered_file_is_signed_and_says_that_it_cannot_show_the_chain(
    record: Record, form: Format
) -> None:
    record.write(9)
    file = export(record, form, Filters(verb=Verb.GROUP_JOINED))
    outcome = checked(file, record.keyring)

    assert outcome.good
    assert outcome.events == 3
    assert "cannot show the chain" in in_words(outcome)
    start = first_event(form)
    for changed in (
        [*file[:start], *file[start + 1 :]],
        [*file[:-2], file[-1]],
        [*file[:start], *file[start:-1][::-1], file[-1]],
    ):
        assert not checked(changed, record.keyring).good


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_log_can_be_exported_and_checked(record: Record, form: Format) -> None:
    outcome = checked(export(record, form), record.keyring)
    assert outcome.good
    assert outcome.events == 0


def test_an_export_is_recorded_and_the_next_one_shows_it(record: Record) -> None:
    record.write(2)
    export(record, Format.CSV, Filters(verb=Verb.GROUP_JOINED))
    file = export(record, Format.JSONL)

    last = json.loads(file[-2])
    assert (last["seq"], last["verb"], last["actor"]) == (3, "audit.exported", "command")
    assert last["fields"] == {
        "format": "csv",
        "events": 0,
        "first": None,
        "last": None,
        "filtered": True,
        "filters": {"verb": "group.joined"},
    }
    assert record.events()[-1].fields["events"] == 3


@given(st.text())
def test_the_formula_guard_is_exact_and_keeps_formulas_out(cell: str) -> None:
    assert unguard(guard(cell)) == cell
    assert not guard(cell).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize("form", FORMATS)
def test_both_forms_give_back_the_same_events(record: Record, form: Format) -> None:
    record.write(6)
    file = export(record, form)[first_event(form) : -1]
    read = [event["hash"] for line in file if (event := form.read(line)[0])]
    assert read == [event.hash for event in record.events()[:6]]

"""Promise 11: no log line holds the text of a post, a name or an address. Canary words are looked for."""

from __future__ import annotations

import json
import logging as standard
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from forum import logging
from forum.config import Environment, Settings
from forum.db import Database

WORDS = "canary words of a post"
NAME = "CanaryBluebird"
ADDRESS = "canary@example.org 192.0.2.44"


@pytest.fixture(autouse=True)
def configured() -> Iterator[None]:
    logging.configure(Settings(env=Environment.TEST, log_level="DEBUG"))
    yield
    root = standard.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, logging.Gate)]:
        root.removeHandler(handler)
    standard.captureWarnings(capture=False)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    written = capsys.readouterr()
    assert written.out == ""
    for canary in (WORDS, NAME, ADDRESS, "canary", "Canary", "192.0.2"):
        assert canary not in written.err
    return [json.loads(line) for line in written.err.splitlines()]


def test_logs_hold_ids(capsys: pytest.CaptureFixture[str]) -> None:
    log = structlog.get_logger()
    log.info("post_held", post=12, member="member-0123456789ab", reason="crisis.sure", text=WORDS, name=NAME)
    log.info("post_held", member=NAME, kind=WORDS, reason=[WORDS], route=ADDRESS, post={"words": WORDS})
    log.warning(WORDS)
    log.info("request", route="/t/<int:thread_id>/<slug>", status=200, milliseconds=3)

    first, second, third, fourth = lines(capsys)
    assert first.pop("time")
    assert first == {
        "level": "info",
        "event": "post_held",
        "post": 12,
        "member": "member-0123456789ab",
        "reason": "crisis.sure",
    }
    assert {second[key] for key in ("member", "kind", "reason", "route", "post")} == {logging.WITHHELD}
    assert third["event"] == logging.WITHHELD
    assert (fourth["route"], fourth["status"], fourth["milliseconds"]) == (
        "/t/<int:thread_id>/<slug>",
        200,
        3,
    )


def fail() -> None:
    try:
        raise LookupError(NAME)
    except LookupError:
        raise ValueError(f"{WORDS} {ADDRESS}") from None


def test_an_exception_is_its_class_and_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        fail()
    except ValueError as error:
        structlog.get_logger().exception("view_failed")
        structlog.get_logger().error("view_failed", exc_info=error)
        standard.getLogger("library").exception(WORDS)
        logging._uncaught(type(error), error, error.__traceback__)

    for line in lines(capsys):
        assert line["error"] == "ValueError"
        assert [frame.split(":")[0] for frame in line["trace"]] == ["tests/house/test_logs_hold_ids.py"] * 2
        assert line["trace"][-1].endswith(" fail")


def test_a_librarys_message_is_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    library = standard.getLogger("library.part")
    library.warning("for %s at %s: " + WORDS, NAME, ADDRESS)
    library.error(WORDS)
    standard.getLogger("moderation").info("detector_failed", extra={"detector": "phrases", "error": WORDS})
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(WORDS, stacklevel=1)

    first, second, third, fourth = lines(capsys)
    assert first["event"] == second["event"] == fourth["event"] == "library_message"
    assert first["logger"] == "library.part"
    assert first["place"].startswith("tests/house/test_logs_hold_ids.py:")
    assert (third["event"], third["detector"], third["error"]) == (
        "detector_failed",
        "phrases",
        logging.WITHHELD,
    )


def test_the_databases_complaints_are_not_repeated(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    database = Database(database_url)
    statement = text("INSERT INTO policy_versions (version, toml) VALUES (1, :words)")
    with pytest.raises(IntegrityError) as fault, database.transaction() as session:
        session.execute(statement, {"words": WORDS})
    database.dispose()
    structlog.get_logger().error("database_fault", exc_info=fault.value)

    assert [line["error"] for line in lines(capsys) if line["event"] == "database_fault"] == [
        "IntegrityError"
    ]


def test_configuring_twice_does_not_double_the_lines(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure(Settings(env=Environment.TEST))
    standard.getLogger("library").warning("x")
    assert len(lines(capsys)) == 1


def test_a_program_that_fails_says_so_without_its_message(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, module in (("excepthook", sys), ("unraisablehook", sys), ("excepthook", threading)):
        monkeypatch.setattr(module, name, getattr(module, name))
    logging.configure(Settings(env=Environment.DEMO))
    assert sys.excepthook is logging._uncaught

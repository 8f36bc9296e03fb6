"""The copy of the help page that survives the app, and the command that checks what both say."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import time_machine
from flask import Flask

from forum.cli.resources import STATIC_COPY, static_help
from tests.support.client import CheckingClient
from tests.support.markup import elements, parse
from tests.support.page_rules import RULES, way_rule

CHECKED = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def test_the_copy_is_current(app: Flask) -> None:
    with app.app_context():
        assert STATIC_COPY.read_text(encoding="utf-8") == static_help(), "run: flask resources build-help"


def test_the_copy_needs_neither_app_nor_network(app: Flask) -> None:
    root, complaints = parse(STATIC_COPY.read_text(encoding="utf-8"))
    broken = [complaint for rule in RULES if rule is not way_rule for complaint in rule(root)]
    loaded = [found.get("src") or found.get("href") or "" for found in elements(root, "script", "link")]

    assert complaints == []
    assert broken == []
    assert loaded
    assert all((STATIC_COPY.parent / path).is_file() for path in loaded)


def test_the_copy_is_served_and_shows_every_country(client: CheckingClient) -> None:
    with client.http.get("/static/help.html") as answer:
        words = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert all(f'href="tel:{number}"' in words for number in ("999", "112", "911", "000", "111"))


def test_build_help_writes_the_copy(app: Flask, tmp_path: Path) -> None:
    result = app.test_cli_runner().invoke(
        args=["resources", "build-help", "--output", str(tmp_path / "help.html")]
    )

    assert result.exit_code == 0, result.output
    assert (tmp_path / "help.html").read_bytes() == STATIC_COPY.read_bytes()


def test_check_is_content_when_every_line_was_checked_lately(app: Flask) -> None:
    with time_machine.travel(CHECKED, tick=False):
        result = app.test_cli_runner().invoke(args=["resources", "check"])

    assert result.exit_code == 0, result.output
    assert "in 6 countries" in result.output


def test_check_names_what_is_old_and_what_hides_and_exits_1(app: Flask) -> None:
    with time_machine.travel(CHECKED.replace(year=2027), tick=False):
        result = app.test_cli_runner().invoke(args=["resources", "check"])

    assert result.exit_code == 1
    assert "gb-samaritans: last checked 2026-11-24, still shown, with its date." in result.output
    assert "gb-papyrus: last checked 2026-11-24, hidden until it is checked." in result.output

"""Every address says who may use it, and none changes anything on a GET by its shape."""

from __future__ import annotations

import pytest
from flask import Flask

from forum.permissions import MAY, Action
from forum.web.guards import declared


@pytest.fixture(params=["sqlite"])
def database_url(sqlite_copies: object) -> str:
    """Routes are the same on every database, and none is opened here."""
    return "sqlite://"


def test_every_view_declares_its_action(app: Flask) -> None:
    undeclared = sorted(
        {rule.endpoint for rule in app.url_map.iter_rules() if declared(app, rule.endpoint) is None}
    )

    assert not undeclared


def test_every_action_is_in_the_table(app: Flask) -> None:
    assert set(Action) == set(MAY)


def test_every_action_is_used_by_a_view_or_a_rule(app: Flask) -> None:
    used = {declared(app, rule.endpoint) for rule in app.url_map.iter_rules()}

    assert not {action for action in Action if action not in used} - NOT_BY_A_VIEW


NOT_BY_A_VIEW: set[Action] = set()
"""Actions that a predicate asks for, not a view."""


def test_addresses_are_plain(app: Flask) -> None:
    """Lower case, no trailing slash but the root, and ids typed as numbers."""
    odd = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule != "/"
        and (rule.rule.endswith("/") or "//" in rule.rule or rule.rule.lower() != rule.rule)
    ]
    untyped = [
        rule.rule
        for rule in app.url_map.iter_rules()
        for name in rule.arguments
        if f"<{name}>" in rule.rule and name.endswith("_id")
    ]

    assert not odd
    assert not untyped

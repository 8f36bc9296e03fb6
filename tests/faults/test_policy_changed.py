"""A policy that was changed under its number stops the start with a sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from forum import clock
from forum.actions import policies
from forum.db import Database
from forum.web.parts import KEY


@pytest.mark.parametrize("command", [["serve"], ["db", "upgrade"], ["db", "check"]], ids=" ".join)
def test_a_policy_changed_under_its_number_is_refused_in_a_sentence(
    app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    made = app.extensions[KEY]
    with database.transaction() as session:
        policies.activate(session, made.policy, at=clock.now())
    changed = replace(made.policy, digest="0" * 64)
    monkeypatch.setitem(app.extensions, KEY, replace(made, policy=changed))

    outcome = app.test_cli_runner().invoke(args=command)

    assert outcome.exit_code == 1
    assert "Give the changed policy a new version number." in outcome.output

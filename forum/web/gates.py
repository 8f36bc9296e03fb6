"""What a signed-in person settles before going on: second step, own pass-phrase, ground rules. In this order.

Help, leaving, reading the rules and signing out stay open behind every gate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from forum import rules
from forum.config import Environment
from forum.permissions import needs_second_factor
from forum.queries.viewer import Viewer
from forum.web import errors
from forum.web.guards import SAFE
from forum.web.login import current_viewer
from forum.web.parts import settings
from forum.web.sentences import Sentence

ALWAYS_OPEN = frozenset({"help", "leave", "rules"})
"""Blueprints."""
SIGN_OUT = "account.sign_out"


@dataclass(frozen=True, slots=True)
class Gate:
    """Closed for some people; `endpoint` is where they settle it, with the other views in `beside`."""

    closed: Callable[[Viewer], bool]
    endpoint: str
    sentence: object
    beside: frozenset[str] = frozenset()


def second_factor_due(person: Viewer) -> bool:
    """Staff must have a second step; the invented staff of a demo may do without."""
    return (
        needs_second_factor(person.role)
        and not person.second_factor_set
        and settings().env is not Environment.DEMO
    )


GATES = (
    Gate(
        lambda person: person.second_factor_set and not person.second_factor_passed,
        "account.code",
        _l("First type the code from your app."),
        frozenset({"account.code_lost"}),
    ),
    Gate(
        lambda person: person.change_pass_phrase,
        "account.pass_phrase",
        _l("First choose a pass-phrase of your own."),
    ),
    Gate(
        second_factor_due,
        "account.second_factor",
        _l("First set up your second step. Staff need one."),
        frozenset({"account.second_factor_begin", "account.second_factor_picture"}),
    ),
    Gate(
        lambda person: not rules.still_agreed(person.rules_version),
        "rules.agree",
        _l("Our ground rules have changed. Please read them first."),
    ),
)


def install(app: Flask) -> None:
    """Check before the view runs, after the guard has let the person in."""

    @app.before_request
    def check() -> ResponseReturnValue | None:
        endpoint = request.endpoint
        if endpoint in (None, "static", SIGN_OUT) or request.blueprint in ALWAYS_OPEN:
            return None
        person = current_viewer()
        gate = next((gate for gate in GATES if person is not None and gate.closed(person)), None)
        if gate is None or endpoint == gate.endpoint or endpoint in gate.beside:
            return None
        if request.method in SAFE:
            return redirect(url_for(gate.endpoint, next=request.full_path.rstrip("?")), code=303)
        stop = Sentence(403, _l("One thing first"), gate.sentence)
        return errors.page(stop, retry=True, way=(url_for(gate.endpoint), gate.sentence))

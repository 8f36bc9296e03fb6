"""Promise 12: every view declares who may use it, every role × route pair is tried, unknown means refused.

The table below is written by hand, from the requirements and not from `forum.permissions`: the two must agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import wraps
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from forum.db import Database
from forum.models import Role
from tests.support.client import HEADERS, CheckingClient
from tests.support.making import a_member

REACHED = "the view was reached"
NOBODY = None
Who = frozenset[Role | None]

SIGNED_IN: Who = frozenset(Role)
EVERYONE: Who = SIGNED_IN | {NOBODY}
PEERS: Who = frozenset({Role.MEMBER, Role.FACILITATOR})
REVIEWERS: Who = frozenset({Role.MODERATOR, Role.LEAD, Role.CLINICIAN})
DECIDERS: Who = frozenset({Role.MODERATOR, Role.LEAD})
MANAGERS: Who = frozenset({Role.ADMIN, Role.LEAD})

EXPECTED: tuple[tuple[str, Who], ...] = (
    (r"/review/complaints", MANAGERS),
    (r"/review/<[^/]*>/appeal$", DECIDERS),
    (r"/review/<[^/]*>/(decisions|pauses/<[^/]*>/lift)$", DECIDERS),
    (r"/review", REVIEWERS),
    (r"/audit", frozenset({Role.AUDITOR})),
    (r"/admin/(staff|accounts)", frozenset({Role.ADMIN})),
    (r"/admin", MANAGERS),
    (r"/facilitate|/g/<slug>/unanswered$", frozenset({Role.FACILITATOR})),
    (r"/account|/notices|/help/panel|/sign-in/code|/rules/agree", SIGNED_IN),
    (r"/appeals|/decisions/<[^/]*>/appeal$|/p/<[^/]*>/appeal$", PEERS | DECIDERS),
    (r"/complaints", PEERS),
    (r"/reports|/m/<[^/]*>/report$|/p/<[^/]*>/report$", PEERS),
    (
        r"/g/<slug>/(join|leave|rest|return|wait|wait/leave|offer/take|offer/decline)$",
        frozenset({Role.MEMBER}),
    ),
    (r"/g/<slug>/new$|/t/<[^/]*>/reply$|/p/<[^/]*>/(edit|withdraw)$", PEERS | DECIDERS),
    (r"/groups$|/g/<slug>/about$", SIGNED_IN),
    (r"/g/<slug>$|/t/<|/p/<[^/]*>$", PEERS | REVIEWERS),
    (r"/$|/help$|/leave|/rules|/join|/sign-in$|/sign-out$|/recover$|/static/", EVERYONE),
)
"""The first that fits an address from its start. An address that fits none fails the test: decide who it is for."""


@pytest.fixture
def guarded(app: Flask) -> Flask:
    """The site with every view replaced by one that says it was reached; what stands before views is real."""
    app.config["WTF_CSRF_ENABLED"] = False
    for endpoint, view in list(app.view_functions.items()):
        app.view_functions[endpoint] = _stand_in(view)
    return app


def _stand_in(view: Any) -> Any:
    @wraps(view)
    def reached(**_names: object) -> str:
        return REACHED

    return reached


def expected(rule: Rule) -> Who:
    for pattern, who in EXPECTED:
        if re.match(pattern, rule.rule):
            return who
    raise AssertionError(f"nobody has said who {rule.rule} is for")


def _addresses(app: Flask) -> Iterator[tuple[str, str, Rule]]:
    """A method and an address for every route."""
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:int|int\([^)]*\)):\w+>", "1", rule.rule)
        path = re.sub(r"<(?:\w+:)?\w+>", "something", path)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, path, rule


@pytest.mark.parametrize("role", [NOBODY, *Role], ids=str)
def test_closed_by_default(guarded: Flask, database: Database, role: Role | None) -> None:
    client = CheckingClient(guarded)
    if role is not None:
        with database.transaction() as session:
            member = a_member(session, role=role)
        client.sign_in(member)
    wrong = []
    for method, path, rule in _addresses(guarded):
        answer = client.http.open(path, method=method, headers=HEADERS)
        reached = answer.get_data(as_text=True) == REACHED
        if reached != (role in expected(rule)):
            wrong.append(
                f"{method} {rule.rule}: {'reached' if reached else f'refused ({answer.status_code})'}"
            )
        if not reached:
            assert answer.status_code in (303, 401, 403, 404), f"{method} {path}: {answer.status_code}"

    assert not wrong


@pytest.mark.parametrize("role", [NOBODY, *Role], ids=str)
def test_a_view_that_declares_nothing_is_refused(
    app: Flask, database: Database, client: CheckingClient, role: Role | None
) -> None:
    app.add_url_rule("/undeclared", view_func=lambda: REACHED, endpoint="undeclared")
    if role is not None:
        with database.transaction() as session:
            member = a_member(session, role=role)
        client.sign_in(member)

    assert not client.get("/undeclared", status=403).has(REACHED)


def test_an_unknown_address_says_nothing(client: CheckingClient) -> None:
    client.get("/no/such/page", status=404)

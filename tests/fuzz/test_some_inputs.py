"""Some hundred of the ten thousand inputs, for every check; and that nothing is asked for without being met."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from forum.config import ROOT
from forum.models import Role
from tests.fuzz.campaign import Campaign
from tests.fuzz.people import KINDS
from tests.fuzz.test_ten_thousand_inputs import INPUTS, SHARE

SOME = 50
ONE_IN = 25
WHO = tuple(
    kind for kind in KINDS if kind.name in ("anonymous", "member", "facilitator", "lead", "auditor", "admin")
)
"""Between them they may use every view."""
READERS = frozenset({"get", "getlist"})


@pytest.fixture(params=["sqlite"])
def database_url(sqlite_copies: object, request: pytest.FixtureRequest) -> Iterator[str]:
    """PostgreSQL has its pass among the proofs."""
    with request.getfixturevalue("sqlite_copies").fresh() as url:
        yield url


def test_every_role_sends() -> None:
    assert {kind.role for kind in KINDS} == {None, *Role}
    assert SHARE * len(KINDS) >= INPUTS >= 10_000


@pytest.mark.slow
def test_some_inputs(campaign: Callable[..., Campaign]) -> None:
    sent, known = 0, set()
    for kind in WHO:
        run = campaign(kind, share=SOME, one_in=ONE_IN)
        run.run()
        assert not run.sender.tally.faults, run.sender.tally.report()
        sent += run.sender.tally.sent
        known |= {asked.name for asked in run.heard.names}

    assert sent >= SOME * len(WHO)
    assert not set(named_in_the_source()) - known


def named_in_the_source() -> Iterator[str]:
    """Parameters that the site's own code asks for by name: none may be one that no page of anybody's reached."""
    for room in ("pages", "console", "web"):
        for path in sorted((ROOT / "forum" / room).rglob("*.py")):
            yield from _named_in(path)


def _named_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READERS:
            asked, wanted = node.func.value, node.args[:1]
        elif isinstance(node, ast.Subscript):
            asked, wanted = node.value, [node.slice]
        else:
            continue
        if ast.unparse(asked) == "request.args":
            yield from (
                one.value for one in wanted if isinstance(one, ast.Constant) and isinstance(one.value, str)
            )

"""Whatever is written, at whichever statement the database gives up: a clear page, the words kept, all or nothing."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import delete

from forum import clock
from forum.actions import recovery
from forum.db import Database
from forum.models import SignInAttempt
from tests.faults.failing import everything, failing
from tests.faults.writes import KINDS, form_of
from tests.people.people import NAMES, PHRASE, to_account_page, with_phrase
from tests.support.client import CheckingClient

SAYS = {
    "database or disk is full": "Our server has run out of room",
    "database is locked": "busy",
}
"""What drivers say, and what people read then."""
MOST_STATEMENTS = 60


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_any_statement_leaves_nothing_half_done(
    client: CheckingClient, database: Database, kind: str
) -> None:
    with database.transaction() as session:
        write = KINDS[kind](session)
    client.sign_in(write.who)
    page = client.get(write.page)
    form = form_of(page, write.action).fill(**write.fields)
    data, address = form.data, form.action or page.path
    before = everything(database)
    for number in itertools.count(1):
        assert number < MOST_STATEMENTS
        says = list(SAYS)[number % len(SAYS)]
        with failing(database, number, says) as hit:
            page = client.post(address, data, status=None)
        if not hit.reached:
            break
        assert page.status == 503, f"change {number}: {page.status}\n{page.text}"
        assert everything(database) == before, f"change {number} left something behind"
        assert page.has(SAYS[says])
        for typed in write.typed:
            assert typed in page.body, f"change {number}: the words are gone"
    assert number > 1, "nothing was written at all"
    assert page.status == 200, page.text
    assert everything(database) != before
    done = everything(database)
    client.post(address, data, status=None)
    if write.typed and kind not in {"edit", "new group"}:
        again = everything(database)
        for table in ("posts", "reports", "decisions", "appeals", "complaints"):
            assert again[table] == done[table], f"sent twice, written twice in {table}"


def test_joining_is_all_or_nothing_too(client: CheckingClient, database: Database) -> None:
    page = to_account_page(client)
    values = {**NAMES, "how": "own", "new_pass_phrase": PHRASE, "new_pass_phrase_again": PHRASE}
    form = page.form("Make my account").fill(**values)
    data, address, before = form.data, form.action or page.path, everything(database)
    for number in itertools.count(1):
        with failing(database, number, "database is locked") as hit:
            page = client.post(address, data, status=None)
        if not hit.reached:
            break
        assert page.status == 503
        assert everything(database) == before, f"change {number} left something behind"
        assert NAMES["pseudonym"] in page.body
        assert PHRASE not in page.body
    client.signed_in = True
    assert number > 1
    assert page.status == 200
    assert len(everything(database)["members"]) == len(before["members"]) + 1


def test_a_recovery_code_is_used_up_only_where_it_lets_somebody_in(
    client: CheckingClient, database: Database
) -> None:
    with database.transaction() as session:
        member = with_phrase(session)
        code = recovery.make_codes(session, member.id, at=clock.now())[0]
    page = client.get("/recover")
    fields = {"sign_in_name": member.sign_in_name, "recovery_code": code, "how": "own"}
    form = form_of(page, "/recover").fill(
        **fields, new_pass_phrase="another calm river today", new_pass_phrase_again="another calm river today"
    )
    data, before = form.data, everything(database)
    for number in itertools.count(1):
        with failing(database, number, "database is locked") as hit:
            page = client.post("/recover", data, status=None)
        if not hit.reached:
            break
        assert page.status == 503
        after = everything(database)
        changed = {name for name in before if after[name] != before[name]}
        assert changed <= {"sign_in_attempts"}, (
            f"change {number} left something behind"
        )  # tries are counted apart
        with database.transaction() as session:
            session.execute(delete(SignInAttempt))
    client.signed_in = True
    assert number > 1
    assert page.status == 200
    assert page.has("The code is used up.")

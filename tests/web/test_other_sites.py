"""What another site can make a browser send: nothing is done, nothing is offered again, nobody is led away."""

from __future__ import annotations

import pytest
from flask import Flask

from forum import clock
from forum.db import Database
from forum.models import HelpPanel, Member
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_thread

PLANTED = "words that nobody here typed"


@pytest.fixture
def member(database: Database) -> Member:
    with database.transaction() as session:
        return a_member(session)


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_another_site_is_refused_and_not_offered_again(
    app: Flask, client: CheckingClient, database: Database, member: Member, site: str, signed_in: bool
) -> None:
    with database.transaction() as session:
        thread = a_thread(session, a_group(session, members=(member,)), member)
    if signed_in:
        client.sign_in(member)
    answer = client.http.post(
        f"/t/{thread.id}/reply", data={"text": PLANTED, "labels": "x"}, headers={"Sec-Fetch-Site": site}
    )
    assert answer.status_code == 403
    assert PLANTED not in answer.get_data(as_text=True)


def test_an_address_that_looks_like_another_host_is_no_target_for_kept_words(
    client: CheckingClient, member: Member
) -> None:
    client.sign_in(member)
    client.get("/account")
    page = client.post("//elsewhere.example/t", {"text": "my words"}, status=None)
    assert page.status in (404, 405)
    assert all(form.action == "/" or not form.action.startswith("//") for form in page.forms)


@pytest.mark.parametrize("path", ["//elsewhere.example/", "/\\elsewhere.example", "http://["])
def test_putting_help_away_leads_to_a_page_of_this_site(
    client: CheckingClient, database: Database, member: Member, path: str
) -> None:
    with database.transaction() as session:
        panel = HelpPanel(member_id=member.id, level="offer", made_at=clock.now())
        session.add(panel)
    client.sign_in(member)
    client.get("/account")
    came_from = path if path.startswith("http:") else f"http://localhost{path}"
    answer = client.http.post(
        f"/help/panel/{panel.id}/dismiss",
        data={"csrf_token": client.token()},
        headers={"Sec-Fetch-Site": "same-origin", "Referer": came_from},
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")

"""Rate limits: a calm page, the words kept, and no address anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from forum.config import Environment, Settings
from forum.db import Database
from tests.support.client import CheckingClient
from tests.support.making import a_member


@pytest.fixture
def settings(database_url: str, run_folder: Path) -> Settings:
    return Settings(
        env=Environment.TEST,
        instance=run_folder / "instance",
        database_url=database_url,
        keys_dir=run_folder / "keys",
        sign_up="open",
        embedded_worker=False,
        rate_limits=True,
    )


def test_too_many_posts_meet_a_calm_page_with_the_words(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        member = a_member(session)
    client.sign_in(member)
    client.get("/account/name")
    data = {"pseudonym": "", "csrf_token": client.token()}
    headers = {"Sec-Fetch-Site": "same-origin"}
    answers = [client.http.post("/account/name", data=data, headers=headers).status_code for _ in range(125)]
    assert set(answers[:120]) == {422}
    assert set(answers[120:]) == {429}
    page = client.post(
        "/account/name", {"pseudonym": "my typed name", "csrf_token": data["csrf_token"]}, status=429
    )
    assert page.h1 == "Please wait a little"
    assert page.form("/account/name")["pseudonym"] == "my typed name"
    assert client.get("/account").path == "/account"


def test_the_door_has_a_limit_of_its_own(client: CheckingClient) -> None:
    client.get("/recover")
    data = {"csrf_token": client.token()}
    headers = {"Sec-Fetch-Site": "same-origin"}
    answers = [client.http.post("/recover", data=data, headers=headers).status_code for _ in range(61)]
    assert answers[59:] == [422, 429]

"""The help page: open to everybody, for the country they choose, on any day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from forum import signposts
from forum.db import Database
from tests.support.client import CheckingClient
from tests.support.making import a_member
from tests.support.markup import elements

LATER = datetime(2027, 12, 1, 12, 0, tzinfo=UTC)
"""More than 180 days after every check."""


def links(client: CheckingClient) -> list[str]:
    assert client.page is not None
    return [found.get("href") or "" for found in elements(client.page.root, "a")]


def test_it_opens_without_an_account_in_the_service_s_country(client: CheckingClient) -> None:
    client.get("/help")

    assert {"tel:999", "tel:116123", "sms:85258"} <= set(links(client))


def test_a_member_sees_their_own_country_first_and_in_the_foot(
    client: CheckingClient, database: Database
) -> None:
    with database.transaction() as session:
        member = a_member(session, country="US")
    client.sign_in(member)

    client.get("/help")

    assert {"tel:911", "tel:988", "sms:988"} <= set(links(client))
    assert "tel:999" not in links(client)


@pytest.mark.parametrize("code", ["AU", "ca", "IE", "NZ"])
def test_any_country_can_be_chosen_with_a_plain_form(client: CheckingClient, code: str) -> None:
    client.get("/help", query={"country": code})

    first = signposts.emergency(code.upper())[0].resource
    assert first.channels[0].href in links(client)
    assert "tel:999" not in links(client) or code == "IE"


@pytest.mark.parametrize("code", ["ZZ", "", "<b>", "G" * 500])
def test_an_unknown_country_gets_every_country_s_main_numbers(client: CheckingClient, code: str) -> None:
    page = client.get("/help", query={"country": code})

    assert "your local emergency number" in page.text
    assert {"tel:999", "tel:911", "tel:000", "tel:112"} <= set(links(client))


def test_lines_that_nobody_has_checked_lately_are_gone_and_the_others_say_when(
    client: CheckingClient,
) -> None:
    with time_machine.travel(LATER, tick=False):
        page = client.get("/help")

    assert "Papyrus" not in page.text
    assert "Samaritans" in page.text
    assert "24 November 2026" in page.text


def test_numbers_are_dialled_and_loaded_from_nowhere(client: CheckingClient) -> None:
    client.get("/help")

    assert all(href.startswith(("/", "#", "tel:", "sms:", "https://")) for href in links(client))


def test_the_title_says_nothing_about_what_the_site_is_for(client: CheckingClient) -> None:
    page = client.get("/help")

    (title,) = elements(page.root, "title")
    assert title.text == "Help – Haven"

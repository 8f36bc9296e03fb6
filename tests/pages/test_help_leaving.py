"""Leaving: a plain link that always works; with a script, nothing is left on the screen or behind Back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route

from forum.config import Settings
from tests.support.client import CheckingClient
from tests.support.visitor import Look, Visitor

AWAY = "<!doctype html><title>Weather</title><h1>Weather</h1>"


def test_leaving_needs_no_account_and_no_script(client: CheckingClient, settings: Settings) -> None:
    page = client.get("/leave", status=303)

    assert page.location == settings.leave_url
    assert "no-store" in page.response.headers["Cache-Control"]
    assert "Clear-Site-Data" not in page.response.headers


def test_a_page_says_what_leaving_cannot_hide(client: CheckingClient) -> None:
    page = client.get("/leave/about")

    for trace in ("history", "signed in", "phone or your bill"):
        assert trace in page.text


@contextmanager
def weather(page: Page, settings: Settings) -> Iterator[None]:
    """The place that people leave to, without a network."""

    def answer(route: Route) -> None:
        route.fulfill(body=AWAY, content_type="text/html")

    page.route(f"{settings.leave_url}*", answer)
    yield
    page.unroute(f"{settings.leave_url}*")


def press_the_button(page: Page) -> None:
    page.get_by_role("link", name="Leave this site", exact=True).click()


def press_shift_three_times(page: Page) -> None:
    for _ in range(3):
        page.keyboard.press("Shift")


def go_back(page: Page) -> None:
    """Playwright waits for a load that a page from the back-forward cache never has."""
    page.go_back(wait_until="commit")
    page.wait_for_timeout(500)


@pytest.mark.browser
@pytest.mark.parametrize("leave", [press_the_button, press_shift_three_times])
def test_after_leaving_back_does_not_return_to_the_page(
    visit: Callable[..., Visitor], settings: Settings, leave: Callable[[Page], None]
) -> None:
    page = visit(Look()).page
    with weather(page, settings):
        page.goto("/help")
        page.goto("/leave/about")
        leave(page)
        page.wait_for_url(f"{settings.leave_url}*")
        go_back(page)

        assert page.url.startswith(settings.leave_url)


@pytest.mark.browser
def test_back_between_our_own_pages_shows_them_again(visit: Callable[..., Visitor]) -> None:
    page = visit(Look()).page
    page.goto("/help")
    page.goto("/leave/about")
    go_back(page)

    assert page.get_by_role("heading", level=1).inner_text() == "Get help now"


@pytest.mark.browser
def test_coming_back_on_purpose_works(visit: Callable[..., Visitor], settings: Settings) -> None:
    page = visit(Look()).page
    with weather(page, settings):
        page.goto("/help")
        press_the_button(page)
        page.wait_for_url(f"{settings.leave_url}*")
        page.goto("/help")

        assert page.get_by_role("heading", level=1).is_visible()


@pytest.mark.browser
def test_capital_letters_and_escape_do_not_leave(visit: Callable[..., Visitor]) -> None:
    page = visit(Look()).page
    page.goto("/help")
    for key in (
        "Shift+A",
        "Shift+B",
        "Shift+C",
        "Shift",
        "a",
        "Shift",
        "Shift",
        "Escape",
        "Escape",
        "Escape",
    ):
        page.keyboard.press(key)

    assert page.url.endswith("/help")
    assert page.get_by_role("heading", level=1).is_visible()


@pytest.mark.browser
def test_presses_of_shift_are_counted_aloud(visit: Callable[..., Visitor]) -> None:
    page = visit(Look()).page
    page.goto("/help")
    page.keyboard.press("Shift")

    assert page.get_by_role("status").inner_text() == "Press Shift two more times to leave."


@pytest.mark.browser
def test_without_scripts_the_link_leaves(visit: Callable[..., Visitor], settings: Settings) -> None:
    page = visit(Look(javascript=False)).page
    with weather(page, settings):
        page.goto("/help")
        press_the_button(page)
        page.wait_for_url(f"{settings.leave_url}*")

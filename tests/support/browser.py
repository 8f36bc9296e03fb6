"""A real browser on the live site. Tests that use these fixtures carry the mark `browser`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from tests.support.live import serving
from tests.support.machine import chromium
from tests.support.visitor import LOOKS, Look, Visitor

# Without these Chromium calls out by itself, which a closed network answers slowly.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator[Browser]:
    """One Chromium. Its back-forward cache stays on, or "leave this site" would look safer than it is."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=SWITCHES,
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield browser
        browser.close()


@pytest.fixture
def live_site(app: Flask) -> Iterator[str]:
    """The address of the site, served from this test's database."""
    with serving(app) as address:
        yield address


@pytest.fixture(params=LOOKS, ids=str)
def look(request: pytest.FixtureRequest) -> Look:
    """Each way to meet the site: scripts on and off, phone and desk, light and dark."""
    found: Look = request.param
    return found


@pytest.fixture
def visit(chromium_browser: Browser, live_site: str) -> Iterator[Callable[..., Visitor]]:
    """`visit(look)` opens a private window; several stand for several people. All are checked at the end."""
    opened: list[Visitor] = []

    def begin(look: Look | None = None) -> Visitor:
        visitor = Visitor(chromium_browser, live_site, look or Look())
        opened.append(visitor)
        return visitor

    yield begin
    for visitor in opened:
        visitor.close()

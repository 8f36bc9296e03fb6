"""A person with a browser: one look (scripts, width, colours), one cookie jar, an eye on what is loaded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urldefrag, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, Route

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SCRIPTS = re.compile(r"<script\b.*?</script>", re.DOTALL | re.IGNORECASE)
NOT_STATIC = re.compile(r"^(?!.*/static/)")
NOSCRIPT = re.compile(r"</?noscript\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True)
class Look:
    """How a visitor meets the site."""

    javascript: bool = True
    width: int = 1280
    scheme: str = "light"

    def __str__(self) -> str:
        return f"{'scripts' if self.javascript else 'plain'}-{self.width}-{self.scheme}"


LOOKS = tuple(
    Look(javascript, width, scheme)
    for javascript in (True, False)
    for width in (390, 1280)
    for scheme in ("light", "dark")
)


class Visitor:
    """Opens pages at one site. What a page must not do is kept in `problems`; `close` insists on none."""

    def __init__(self, browser: Browser, site: str, look: Look) -> None:
        self.browser = browser
        self.site = site
        self.look = look
        self.problems: list[str] = []
        self.context = self._context(javascript=look.javascript)
        self.page = self.context.new_page()
        self.double: Page | None = None
        self._watch(self.page)

    def _context(self, *, javascript: bool) -> BrowserContext:
        context = self.browser.new_context(
            base_url=self.site,
            java_script_enabled=javascript,
            viewport={"width": self.look.width, "height": 844 if self.look.width < 600 else 900},
            color_scheme="dark" if self.look.scheme == "dark" else "light",
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/London",
        )
        context.set_default_timeout(10_000)
        return context

    def _watch(self, page: Page) -> None:
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("request", self._on_request)
        page.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        # The status of a page is the test's own matter; the browser repeats it in the console.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(f"console: {message.text}")

    def _on_request(self, request: Request) -> None:
        foreign = not request.url.startswith((self.site, "data:", "blob:"))
        if foreign and not request.is_navigation_request():
            self.problems.append(f"loads from another host: {request.url}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.problems.append(f"{response.status} for {urlsplit(response.url).path}")

    def open(self, path: str, *, status: int = 200) -> Page:
        """Go to an address of the site and expect this status."""
        answer = self.page.goto(path)
        assert answer is not None and answer.status == status, f"{path} answered {answer and answer.status}"
        return self.page

    def press(self, name: str) -> None:
        """Press the button with this name and wait for the next page."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        """Open the link with this name and wait for the next page."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name, exact=True).first.click()

    def take_cookie(self, value: str) -> None:
        """Carry a session that the checking client signed in: `client.cookie()`."""
        self.context.add_cookies([{"name": "haven", "value": value, "url": self.site}])

    def check(self, *, schemes: Sequence[str] = ()) -> None:
        """axe finds nothing (WCAG 2.2 AA), and nothing is wider than the screen; in other colours too if asked."""
        wide = self.page.evaluate(OVERFLOW)
        assert wide <= 0, f"{self.page.url} is {wide} px too wide for {self.look}"
        page = self.page if self.look.javascript else self._twin()
        page.evaluate("scrollTo(0, 0)")  # what the sticky top half covers would count as too small to touch
        found = [complaint for scheme in schemes or (self.look.scheme,) for complaint in _axe(page, scheme)]
        if schemes:
            page.emulate_media(color_scheme="dark" if self.look.scheme == "dark" else "light")
        assert not found, f"{self.page.url} ({self.look}):\n- " + "\n- ".join(found)

    def _twin(self) -> Page:
        """The page as it stands, without its scripts, in a window where axe can run."""
        html = NOSCRIPT.sub("", SCRIPTS.sub("", self.page.content()))
        if self.double is None:
            self.double = self._context(javascript=True).new_page()
        context = self.double.context
        for cookie in self.context.cookies():
            context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": self.site}])

        def answer(route: Route) -> None:
            if route.request.is_navigation_request():
                route.fulfill(status=200, content_type="text/html; charset=utf-8", body=html)
            else:
                route.continue_()

        self.double.unroute_all()
        self.double.route(NOT_STATIC, answer)
        self.double.goto(urldefrag(self.page.url).url)
        return self.double

    def close(self) -> None:
        self.context.close()
        if self.double is not None:
            self.double.context.close()
        assert not self.problems, f"{self.look}:\n- " + "\n- ".join(self.problems)


def _axe(page: Page, scheme: str) -> list[str]:
    """What axe finds on the page in these colours."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    results = Axe().run(page, options=AXE)
    return [
        f"{one['id']} ({scheme}): {one['help']} at {[node['target'] for node in one['nodes']]}"
        for one in results.response["violations"]
    ]

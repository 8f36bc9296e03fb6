"""A person at a browser, told in sentences. Every page that they come to is checked on arrival."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import Download, Locator, Page

from tests.support.visitor import OVERFLOW, Visitor

PATIENCE = 30_000
"""Milliseconds: a busy machine may take its time."""
SHAPE = """[...new Set([...document.querySelectorAll("body *")].map(
    one => [one.tagName, one.className, one.getAttribute("role"), one.open].join(" ")))].sort().join()"""
"""What a page is made of, whatever its words: axe says the same of two pages of one shape."""


class Somebody:
    """What anybody can do: go, press, read. Roles add what is theirs."""

    def __init__(self, visitor: Visitor, *, careful: bool, seen: set[tuple[str, str]]) -> None:
        self.visitor = visitor
        self.careful = careful
        self.seen = seen
        """Pages that axe has looked at, whoever came to them."""
        self.visitor.context.set_default_timeout(PATIENCE)

    @property
    def page(self) -> Page:
        return self.visitor.page

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def goes_to(self, path: str) -> None:
        self.visitor.open(path)
        self.looks_around()

    def follows(self, words: str, *, within: Locator | None = None) -> None:
        """A link, by its exact words or as the only one near them."""
        with self.page.expect_navigation():
            (within or self.page).get_by_role("link", name=words, exact=True).first.click()
        self.looks_around()

    def presses(self, words: str, *, within: Locator | None = None) -> None:
        """A button that leads to a page."""
        with self.page.expect_navigation():
            (within or self.main).get_by_role("button", name=words).first.click()
        self.looks_around()

    def unfolds(self, words: str) -> None:
        self.main.locator("summary", has_text=words).click()

    def fills(self, label: str, text: str) -> None:
        self.main.get_by_label(label, exact=True).fill(text)

    def ticks(self, label: str, *, within: Locator | None = None) -> None:
        (within or self.main).get_by_label(label, exact=True).check()

    def downloads(self, button: str) -> Download:
        """A button or link that hands over a file instead of a page."""
        with self.page.expect_download() as waiting:
            self.page.locator("a, button", has_text=re.compile(f"^{re.escape(button)}$")).click()
        return waiting.value

    def looks_around(self) -> None:
        """axe finds nothing in light or dark, nothing is wider than the screen, help and the way out are there."""
        top = self.page.locator("header.top")
        assert top.get_by_role("link", name="Get help now").count() == 1, self.page.url
        assert top.get_by_role("link", name="Leave this site").count() == 1, self.page.url
        assert self.page.evaluate(OVERFLOW) <= 0, f"{self.page.url} is too wide for {self.visitor.look}"
        place = re.sub(r"\d+", "1", urlsplit(self.page.url).path), self.page.evaluate(SHAPE)
        if self.careful and place not in self.seen:
            self.seen.add(place)
            self.visitor.check(schemes=("light", "dark"))

    def reads(self, words: str) -> None:
        """These words stand on the page."""
        text = " ".join(self.main.inner_text().split())
        assert words in text, f"{self.page.url} does not say {words!r}:\n{text}"

    def cannot_read(self, words: str) -> None:
        """These words are nowhere in the page, not even hidden."""
        assert words not in self.page.content(), f"{self.page.url} holds {words!r}"

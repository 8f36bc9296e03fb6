"""One answer of the site, as a reader sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from xml.etree.ElementTree import Element

from werkzeug.test import TestResponse

from tests.support.forms import Form
from tests.support.markup import classes, elements, name_of, parse, visible_text


@dataclass(frozen=True)
class Link:
    words: str
    href: str


class Page:
    """Wraps a response. `send` is how its forms and links reach the client that fetched it."""

    def __init__(
        self,
        response: TestResponse,
        path: str,
        send: Callable[[str, str, dict[str, list[str]], int | None], Page],
    ) -> None:
        self.response = response
        self.path = path
        self.status = response.status_code
        self._send = send

    @property
    def is_html(self) -> bool:
        return self.response.mimetype == "text/html" and not 300 <= self.status < 400

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.response.headers["Location"]

    @cached_property
    def body(self) -> str:
        """The raw answer: what promise 4 searches for words that must not be there."""
        return self.response.get_data(as_text=True)

    @cached_property
    def _parsed(self) -> tuple[Element, list[str]]:
        return parse(self.body)

    @property
    def root(self) -> Element:
        return self._parsed[0]

    @property
    def complaints(self) -> list[str]:
        return self._parsed[1]

    @cached_property
    def text(self) -> str:
        """All visible words, one block a line."""
        return visible_text(self.root)

    @cached_property
    def main_text(self) -> str:
        return "\n".join(visible_text(main) for main in elements(self.root, "main"))

    @property
    def h1(self) -> str:
        return visible_text(next(elements(self.root, "h1")))

    @property
    def title(self) -> str:
        return " ".join((next(elements(self.root, "title")).text or "").split())

    def has(self, words: str) -> bool:
        """Whether a reader sees these words, however the lines break."""
        return " ".join(words.split()) in " ".join(self.text.split())

    @property
    def links(self) -> list[Link]:
        found = elements(self.root, "a")
        return [Link(name_of(one, self.root), one.get("href") or "") for one in found if one.get("href")]

    def link(self, words: str) -> Link:
        """The first link that says exactly this, or else contains it."""
        exact = [one for one in self.links if one.words == words]
        near = [one for one in self.links if words in one.words]
        assert exact or near, f"no link says {words!r}, only {[one.words for one in self.links]}"
        return (exact or near)[0]

    def follow(self, words: str, *, status: int | None = 200) -> Page:
        """Open the link with these words."""
        return self._send("get", self.link(words).href, {}, status)

    @property
    def forms(self) -> list[Form]:
        return [Form(element) for element in elements(self.root, "form")]

    def form(self, wanted: str) -> Form:
        """The form with this id, this action, or a button with these words."""
        for one in self.forms:
            said = {visible_text(button) or button.get("value") for button in one.buttons()}
            if wanted in {one.id, one.action, *said}:
                return one
        known = [(one.id, one.action) for one in self.forms]
        raise AssertionError(f"no form {wanted!r} on {self.path}, only {known}")

    def submit(self, form: Form, *, button: str | None = None, status: int | None = None) -> Page:
        """Press a button of a form of this page; redirects are followed unless `status` says otherwise."""
        pressed = form.button(button)
        data = dict(form.data)
        if name := pressed.get("name"):
            data[name] = [*data.get(name, []), pressed.get("value") or ""]
        action = pressed.get("formaction") or form.action or self.path
        return self._send(form.method, action, data, status)

    def errors(self) -> list[str]:
        """What the error summary says, one entry a link."""
        summaries = [found for found in elements(self.root) if "error-summary" in classes(found)]
        return [visible_text(link) for summary in summaries for link in elements(summary, "a")]

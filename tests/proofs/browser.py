"""A person's browser over real HTTP, small and quick: cookies, forms as they were served, and patience.

When the answer to a form is lost, the same form is sent again, as somebody does who presses the button once more.
"""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

PATIENCE_SECONDS = 90
ANSWER_SECONDS = 30
NO_ANSWER = (OSError, http.client.HTTPException)
Fields = dict[str, list[str]]


@dataclass
class Form:
    """One form of a page: where it goes and what is filled in already."""

    action: str
    fields: Fields = field(default_factory=dict)

    def filled(self, **values: str) -> Form:
        return Form(self.action, {**self.fields, **{name: [value] for name, value in values.items()}})


@dataclass
class Answer:
    """What came back. `tries`: how often it was sent until an answer came."""

    status: int
    location: str
    body: str
    path: str
    tries: int

    @property
    def forms(self) -> list[Form]:
        reader = _Forms(self.path)
        reader.feed(self.body)
        return reader.found

    def form(self, action_ends: str) -> Form | None:
        return next((one for one in self.forms if one.action.endswith(action_ends)), None)


class Browser:
    """One window of one person."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port = port
        self.cookie = cookie
        self.lost = 0
        """Answers that never came."""

    def get(self, path: str) -> Answer:
        """Open a page, and follow where it leads."""
        answer = self._ask("GET", path, None)
        for _hop in range(5):
            if answer.status not in {301, 302, 303}:
                break
            answer = self._ask("GET", _own(answer.location), None)
        return answer

    def send(self, form: Form) -> Answer:
        """Press the button, again and again until there is an answer. Redirects are not followed."""
        return self._ask("POST", form.action, urlencode(form.fields, doseq=True))

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        deadline, tries = time.monotonic() + PATIENCE_SECONDS, 0
        while time.monotonic() < deadline:
            tries += 1
            try:
                answer = self._once(method, path, body, tries)
            except NO_ANSWER as problem:
                self.lost += not isinstance(problem, ConnectionRefusedError)
            else:
                if answer.status != 503:  # busy: nothing was changed, try again
                    return answer
            time.sleep(0.05)
        raise AssertionError(f"no answer to {method} {path} in {PATIENCE_SECONDS} seconds")

    def _once(self, method: str, path: str, body: str | None, tries: int) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        headers = {"Cookie": f"haven={self.cookie}", "Sec-Fetch-Site": "same-origin"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            if name == "haven":
                self.cookie = value
        return Answer(response.status, response.headers.get("Location", ""), text, path, tries)


class _Forms(HTMLParser):
    """The forms that are sent by POST, with what stands in them."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.found: list[Form] = []
        self.inside: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and (given.get("method") or "").lower() == "post":
            self.inside = Form(given.get("action") or self.path)
            self.found.append(self.inside)
        elif tag == "input" and self.inside is not None and given.get("name"):
            chosen = given.get("type") not in {"checkbox", "radio"} or "checked" in given
            if chosen and given.get("value"):
                self.inside.fields.setdefault(str(given["name"]), []).append(str(given["value"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None


def _own(location: str) -> str:
    """The path to go on to, on this site."""
    target = urlsplit(location)
    assert not target.netloc, f"leads to another host: {location}"
    return target.path + (f"?{target.query}" if target.query else "")

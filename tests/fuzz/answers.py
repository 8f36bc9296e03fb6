"""What every answer owes, whatever was sent: no fault, no words lost, nothing shown that is not for this reader."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from forum.models import Role
from tests.fuzz.inputs import Sent
from tests.fuzz.values import MARK
from tests.house.test_closed_by_default import Who
from tests.support.markup import elements
from tests.support.page import Page
from tests.support.page_rules import header_complaints, hidden_from_search_engines, page_complaints

TOO_LARGE = 413
"""The one refusal that cannot give the words back: they were not read (ARCHITECTURE.md says so)."""
REFUSALS = frozenset({400, 401, 403, 404, 405, 413})
OWN_HOST = "localhost"
FOREIGN = ("Sec-Fetch-Site", "cross-site")
"""What another site sent was typed by nobody here, and is not given back."""
NOT_KEPT = frozenset(
    {
        ("account.sign_in", "sign_in_name"),
        ("account.recover", "sign_in_name"),
        *(("sign_up.account", name) for name in ("pseudonym", "sign_in_name", "country", "timezone")),
    }
)
"""Fields that only say which row is meant, and those that travel sealed in the cookie until one has joined."""
ASKING = frozenset({"show", "quotes", "answers"})
"""Parameters by which a reader asks for folded words."""


def faults(page: Page, *, signed_in: bool) -> Iterator[str]:
    """What is wrong whoever asked, and for whatever."""
    status = page.status
    if status >= 500:
        yield f"answered {status}"
        return
    headers = dict(page.response.headers)
    yield from header_complaints(headers, signed_in=signed_in)
    if 300 <= status < 400 and _leads_away(page.location) and page.path != "/leave":
        yield f"leads to another site: {page.location[:100]}"
    if "\x00" in page.body:
        yield "holds a NUL"
    if page.is_html and page.body:
        yield from (one for one in page.complaints)
        yield from page_complaints(page.root, page.path)
        if not hidden_from_search_engines(page.root, headers):
            yield "search engines may list it"


def _leads_away(location: str) -> bool:
    """Browsers read a backslash as a slash."""
    return urlsplit(location.replace("\\", "/")).netloc not in ("", OWN_HOST)


def let_in(page: Page, who: Who, role: Role | None) -> Iterator[str]:
    """Somebody whom the hand-written table refuses was let in."""
    if role in who or page.status in REFUSALS:
        return
    if page.status == 303 and urlsplit(page.location).path == "/sign-in":
        return
    if page.status in (301, 308):  # the address is only spelt differently
        return
    yield f"answered {page.status} to somebody whom it should refuse"


def lost_words(sent: Sent, page: Page) -> Iterator[str]:
    """Words of a refused form that no field of the answer holds."""
    if not sent.typed or FOREIGN in sent.headers or not 400 <= page.status < 500 or page.status == TOO_LARGE:
        return
    held = [_plain(value) for value in _field_values(page)] if page.is_html else []
    for name, value in sent.typed.items():
        wanted = _plain(value) if is_text(value) else value.partition(" ")[0]
        if not any(wanted in one for one in held):
            whole = value.partition(" ")[0] in "".join(held)
            yield f"{page.status}: the words of {name!r} are {'cut' if whole else 'gone'}"


def _field_values(page: Page) -> Iterator[str]:
    for element in elements(page.root, "textarea"):
        yield "".join(element.itertext())
    for element in elements(page.root, "input"):
        yield element.get("value") or ""


def _plain(text: str) -> str:
    return " ".join(text.split())


def is_text(value: str) -> bool:
    """Whether a person can have typed it: no control characters, halves of characters, or non-characters."""
    return not any(_is_untypable(char) for char in value)


def _is_untypable(char: str) -> bool:
    code = ord(char)
    return (
        (unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\r\t")
        or code & 0xFFFE == 0xFFFE
        or 0xFDD0 <= code <= 0xFDEF
    )


def asked_for_folded(sent: Sent) -> bool:
    """Whether this address asks to open words that are folded."""
    return bool(ASKING & {name for name, _value in parse_qsl(sent.query, keep_blank_values=True)})


def in_the_log(written: str, words: Iterator[str]) -> Iterator[str]:
    """Words of people that reached the log."""
    for word in (MARK, *words):
        if word in written:
            yield f"the log holds {word}"


def failures(written: str) -> Iterator[str]:
    """Where the site itself says that it failed."""
    for line in written.splitlines():
        if '"level": "error"' in line or '"level": "warning"' in line:
            said = json.loads(line)
            where = said.get("trace") or [said.get("place")]
            yield f"{said['event']}: {said.get('error', said.get('logger'))} at {where[-1]}"

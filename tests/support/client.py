"""The checking client: a browser's manners over Flask's test client; every page is checked on arrival."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from forum import clock
from forum.models import Member, SignInSession
from forum.web.login import token_hash
from forum.web.parts import KEY
from tests.support.forms import Value
from tests.support.markup import elements
from tests.support.page import Page
from tests.support.page_rules import header_complaints, hidden_from_search_engines, page_complaints

REDIRECTS = {301, 302, 303, 307, 308}
MOST_REDIRECTS = 5
HEADERS = {"Sec-Fetch-Site": "same-origin"}


class CheckingClient:
    """One browser. A page that breaks a rule of page_rules.py fails the test that fetched it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.http = app.test_client()
        self.page: Page | None = None
        self.signed_in = False

    def get(self, path: str, *, status: int | None = 200, query: Mapping[str, str] | None = None) -> Page:
        """Open a page and follow redirects, unless `status` is one. `status=None` takes any answer."""
        return self._send("get", path, {name: [value] for name, value in (query or {}).items()}, status)

    def post(
        self,
        path: str,
        data: Mapping[str, Value] | None = None,
        *,
        status: int | None = 200,
        forge: bool = False,
    ) -> Page:
        """Send what no form offers (too long, stale), with the token of the last page seen unless `forge`."""
        given = data or {}
        sent = {name: [one] if isinstance(one, str) else list(one) for name, one in given.items()}
        if not forge and "csrf_token" not in sent and (token := self.token()):
            sent["csrf_token"] = [token]
        return self._send("post", path, sent, status)

    def token(self) -> str:
        """The request token of the last page, or nothing when it had no form."""
        if self.page is None or not self.page.is_html:
            return ""
        found = [one for one in elements(self.page.root, "input") if one.get("name") == "csrf_token"]
        return (found[0].get("value") or "") if found else ""

    def sign_in(self, member: Member, *, at: datetime | None = None, second_factor: bool = True) -> None:
        """A session as signing in makes it, without the form: that has tests of its own."""
        token = secrets.token_urlsafe(32)
        moment = at or clock.now()
        with self.app.extensions[KEY].database.transaction() as session:
            session.add(
                SignInSession(
                    token_hash=token_hash(token),
                    member_id=member.id,
                    device="Test",
                    created_at=moment,
                    last_used_at=moment,
                    expires_at=moment + timedelta(days=1),
                    second_factor_at=moment if second_factor else None,
                )
            )
        with self.http.session_transaction() as cookie:
            cookie.clear()
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        self.signed_in = True
        self.page = None

    def sign_out(self) -> None:
        """Forget the cookie, as closing a private window does."""
        with self.http.session_transaction() as cookie:
            cookie.clear()
        self.signed_in = False
        self.page = None

    def cookie(self) -> str:
        """The session cookie, for `Visitor.take_cookie`."""
        found = self.http.get_cookie("haven")
        assert found is not None, "sign in first"
        return found.value

    def _send(self, method: str, path: str, data: dict[str, list[str]], status: int | None) -> Page:
        values = MultiDict([(name, value) for name, many in data.items() for value in many])
        if method == "post":
            response = self.http.post(path, data=values, headers=HEADERS)
        elif data:
            response = self.http.get(path, query_string=values, headers=HEADERS)
        else:
            response = self.http.get(path, headers=HEADERS)
        return self._arrive(response, path, status)

    def _arrive(self, response: TestResponse, path: str, status: int | None) -> Page:
        page = Page(response, path, self._send)
        hops = 0
        while page.status in REDIRECTS and status not in REDIRECTS:
            hops += 1
            assert hops <= MOST_REDIRECTS, f"{path} redirects without end"
            target = urlsplit(page.location)
            assert not target.netloc, f"{path} leads to another host: {page.location}"
            path = page.location
            page = Page(self.http.get(path, headers=HEADERS), path, self._send)
        self.page = page
        if page.is_html:
            self._check(page)
        if status is not None and page.status != status:
            said = page.text if page.is_html else page.body
            raise AssertionError(f"{path} answered {page.status}, not {status}\n{said}")
        return page

    def _check(self, page: Page) -> None:
        headers = dict(page.response.headers)
        wrong = [
            *page.complaints,
            *page_complaints(page.root, page.path),
            *header_complaints(headers, signed_in=self.signed_in),
        ]
        if not hidden_from_search_engines(page.root, headers):
            wrong.append("search engines may list it")
        assert not wrong, f"{page.path} ({page.status}):\n- " + "\n- ".join(wrong)

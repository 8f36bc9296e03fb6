"""One person at one browser, who sends inputs; every answer is looked at, and what is wrong is kept for the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

from flask import Flask
from sqlalchemy import event, select
from werkzeug.routing import MapAdapter
from werkzeug.test import TestResponse

from forum import clock
from forum.db import Database
from forum.models import Member, SignInSession
from forum.web.login import token_hash
from forum.web.parts import KEY
from moderation.audit.verify import verify
from moderation.models import AuditEvent
from tests.fuzz import answers
from tests.fuzz.canaries import let_out
from tests.fuzz.inputs import Sent
from tests.fuzz.people import Kind
from tests.fuzz.seen_forms import endpoint_of
from tests.fuzz.snapshots import Snapshot
from tests.fuzz.tally import Tally
from tests.fuzz.values import MARK
from tests.fuzz.world import World
from tests.house.test_closed_by_default import Who, expected
from tests.support.client import HEADERS, CheckingClient
from tests.support.page import Page
from tests.support.statements import WRITES

MOST_STEPS = 4
TOKENS = re.compile(r'(?<=name="csrf_token" value=")[^"]*')
READS = frozenset({"GET", "HEAD"})
NOTED = "UPDATE sessions"
"""A session's last use is written while reading, at most once in five minutes."""


class Sender:
    """`written` gives what has reached the log since it was last called. `keeps`: how many changes may stay."""

    def __init__(
        self,
        app: Flask,
        database: Database,
        kind: Kind,
        world: World,
        snapshot: Snapshot,
        written: Callable[[], str],
        *,
        keeps: int = 0,
    ) -> None:
        self.app = app
        self.database = database
        self.kind = kind
        self.person = world.person(kind)
        self.world = world
        self.snapshot = snapshot
        self.written = written
        self.keeps = keeps
        self.routes: MapAdapter = app.url_map.bind("localhost")
        self.who: dict[str, Who] = {rule.endpoint: expected(rule) for rule in app.url_map.iter_rules()}
        self.tally = Tally()
        self.client = CheckingClient(app)
        self.changes = 0
        self.statements: list[str] = []
        self.looked_at: set[int] = set()

    def begin(self) -> None:
        """Sign in as the world has it, and remember the browser: every restored world has this session."""
        event.listen(self.database.engine, "before_cursor_execute", self._note_statement)
        if self.person is not None:
            self.client.sign_in(
                self.person, second_factor=self.kind.name != "moderator before the second step"
            )
        self.client.get("/account" if self.person and not self.kind.gate else "/sign-in", status=None)
        self.token = self.client.token()
        assert self.token, "no page gave this browser a token"
        cookie = self.client.http.get_cookie("haven")
        self.cookie = cookie.value if cookie else ""
        with self.client.http.session_transaction() as session:
            self.own_token = session.get("_user_id", "")
        self.snapshot.take()

    def end(self) -> None:
        event.remove(self.database.engine, "before_cursor_execute", self._note_statement)

    def _note_statement(self, _connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.lstrip().upper().startswith(WRITES):
            self.statements.append(statement)

    def may(self, endpoint: str) -> bool:
        """Whether this person gets as far as the view."""
        return self.kind.role in self.who[endpoint] and not self.kind.gate

    def start_over(self) -> None:
        """The world as it was built, if inputs have changed it since, and this browser as it was."""
        self.client.http.set_cookie("haven", self.cookie, httponly=True)
        if self.changes > self.keeps or (self.changes and not self._still_in()):
            self._look_at_the_record()
            self.snapshot.restore()
            self.changes = 0

    def _look_at_the_record(self) -> None:
        """What all of this left in the audit: an unbroken chain, and not a word of anybody."""
        keyring = self.app.extensions[KEY].keyring
        with self.database.reading() as session:
            problems = verify(session, keyring.signing.public_key()).problems
            rows = session.execute(select(AuditEvent.verb, AuditEvent.fields, AuditEvent.reason_code)).all()
        for what in (*problems, *(f"{row.verb} holds words" for row in rows if MARK in str(row))):
            self.tally.fault(f"{self.kind}, the record: {what}", "")

    def _still_in(self) -> bool:
        return (
            self.person is None
            or self.client.http.get("/account/browsers", headers=HEADERS).status_code != 303
        )

    def send(self, sent: Sent) -> Page:
        """Send one input, look at the answer, and at the page that a redirect leads to."""
        path = unquote_to_bytes(sent.path).decode("utf-8", "replace")
        endpoint = endpoint_of(path, sent.method, self.routes) or "-"
        self.statements.clear()
        page = self._arrive(self._open(sent), sent)
        self.tally.count(sent, endpoint, page.status)
        self._note(sent, self._look_at(page, sent, endpoint), page)
        if 300 <= page.status < 400 and sent.method != "HEAD":
            page = self._follow(page, sent)
        if (
            self.who_now() or self.person
        ) is not self.person:  # through the door as somebody else: back again
            self.start_over()
        return page

    def _look_at(self, page: Page, sent: Sent, endpoint: str) -> Iterator[str]:
        log = self.written()
        yield from answers.in_the_log(log, iter(self.world.canaries))
        yield from answers.failures(log)
        yield from answers.lost_words(sent, page)
        if endpoint in self.who and page.status < 500:
            yield from answers.let_in(page, self.who[endpoint], self.kind.role)
        writes = [one for one in self.statements if not one.startswith(NOTED)]
        if sent.method in READS and writes:
            yield f"{sent.method} wrote: {writes[0][:60]}"
        if sent.method not in READS and page.status < 400:
            self.changes += 1
            yield from self._forgotten(sent, endpoint, page)

    def _forgotten(self, sent: Sent, endpoint: str, page: Page) -> Iterator[str]:
        """Words of a form that was taken and that neither the answer nor the database holds."""
        if not self.database.is_sqlite:
            return
        for name, value in sent.typed.items():
            mark = value.partition(" ")[0]
            known = (endpoint, name) in answers.NOT_KEPT or mark in page.body
            if not known and not self.snapshot.holds(mark):
                yield f"took the words of {name!r} and forgot them"

    def get(self, href: str) -> Page:
        """Open a page of the site's own; not an input. The house's sweeps look at those closely."""
        parts = urlsplit(href)
        sent = Sent("GET", parts.path or "/", parts.query)
        return self._follow(self._arrive(self._open(sent), sent, closely=False), sent, closely=False)

    def who_now(self) -> Member | None:
        """Whose session the cookie names: an input may have signed somebody out, or in."""
        cookie = self.client.http.get_cookie("haven")
        if cookie is None or cookie.value == self.cookie:
            return self.person if cookie is not None else None
        with self.client.http.session_transaction() as session:
            token = session.get("_user_id", "")
        if token == self.own_token:
            return self.person
        with self.database.reading() as session:
            return session.scalar(
                select(Member)
                .join(SignInSession, SignInSession.member_id == Member.id)
                .where(SignInSession.token_hash == token_hash(token))
            )

    def _follow(self, page: Page, sent: Sent, *, closely: bool = True) -> Page:
        for _ in range(MOST_STEPS):
            if not 300 <= page.status < 400 or urlsplit(page.location).netloc:
                return page
            parts = urlsplit(urljoin(page.path, page.location))
            step = Sent("GET", parts.path, parts.query)
            page = self._arrive(self._open(step), step, because=sent, closely=closely)
        self.tally.fault("redirects without end", str(sent))
        return page

    def _open(self, sent: Sent) -> TestResponse:
        """As a server would hand it over: bytes as they came, the path unescaped."""
        return self.client.http.open(
            "/",
            method=sent.method,
            data=sent.body or None,
            content_type=sent.content_type or None,
            headers=list(sent.headers) or list(HEADERS.items()),
            environ_overrides={
                "PATH_INFO": unquote_to_bytes(sent.path).decode("latin-1"),
                "QUERY_STRING": sent.query,
                "REQUEST_URI": sent.path,
            },
        )

    def _arrive(
        self, response: TestResponse, sent: Sent, because: Sent | None = None, *, closely: bool = True
    ) -> Page:
        page = Page(response, sent.path, lambda *_more: page)
        if closely and not self._looked_at_before(page):
            self._note(because or sent, answers.faults(page, signed_in=self.person is not None), page)
        self._note(because or sent, self._let_out(page, sent), page)
        return page

    def _looked_at_before(self, page: Page) -> bool:
        """Whether the very same page came before: many refusals are, but for the form's token."""
        same = hash((page.status, page.path.rpartition("/")[0], TOKENS.sub("", page.body)))
        if page.status >= 400 and same in self.looked_at:
            return True
        self.looked_at.add(same)
        return False

    def _let_out(self, page: Page, sent: Sent) -> Iterator[str]:
        typed = sent.path + sent.query + sent.body.decode("latin-1")
        held = self.world.canaries.items() if "zq" in page.body else ()
        found = {word: one for word, one in held if word in page.body and word not in typed}
        if found:
            asked, person = answers.asked_for_folded(sent), self.who_now()
            with self.database.reading() as session:
                yield from let_out(session, page.body, found, person, asked=asked, at=clock.now())

    def _note(self, sent: Sent, found: Iterator[str], page: Page) -> None:
        for what in found:
            name = endpoint_of(page.path, "GET", self.routes) or endpoint_of(page.path, "POST", self.routes)
            self.tally.fault(f"{self.kind}, {sent.method} {name or sent.path[:60]}: {what[:200]}", str(sent))

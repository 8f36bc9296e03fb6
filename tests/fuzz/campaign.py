"""What is sent, in which order: every address, every form, every parameter, and walks that go where forms lead.

Nothing here names a page or a field: addresses come from the app, forms from its pages, parameters from what
its views ask for while they answer. A new one is met without being listed.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import TypeVar
from urllib.parse import urlsplit

from hypothesis.strategies import SearchStrategy
from werkzeug.routing import Rule

from tests.fuzz.addresses import NOT_VIEWS, address, fitting_ids, rules_of
from tests.fuzz.drawing import drawn
from tests.fuzz.inputs import Around, Sent, addressed, filled_in, paths
from tests.fuzz.listening import Asked, Heard
from tests.fuzz.seen_forms import FormKey, SeenForm, endpoint_of, forms_on
from tests.fuzz.sending import Sender
from tests.fuzz.values import Hints
from tests.support.page import Page

T = TypeVar("T")
EACH = 3
"""At least so many inputs for every form, and made-up values for every parameter and field."""
A_WALK = 30
A_PLACE = 4
"""How many pages of one kind are opened while looking for forms."""
AWAY = frozenset({"leave.index", "account.sign_out"})
"""Where a walk would end. They get their inputs all the same."""


class Campaign:
    """All inputs of one person, at least `share` of them. `one_in` leaves all but a part of the targets out."""

    def __init__(self, sender: Sender, heard: Heard, *, share: int, one_in: int = 1) -> None:
        self.sender = sender
        self.heard = heard
        self.share = share
        self.one_in = one_in
        self.thorough = one_in == 1
        self.rules = rules_of(sender.app)
        self.fitting = fitting_ids(sender.database, self.rules)
        self.forms: dict[FormKey, SeenForm] = {}
        self.opened: Counter[str] = Counter()
        self.trodden: Counter[str] = Counter()
        self.chance = Random(zlib.crc32(str(sender.kind).encode()))

    def run(self) -> None:
        self.sender.begin()
        self.look_around()
        self.every_address()
        self.every_form()
        self.every_name()
        while self.sender.tally.sent < self.share:
            self.walk()
        self.what_walks_found()

    @property
    def around(self) -> Around:
        """What an input can be made of, as far as it is known by now."""
        ids = tuple(dict.fromkeys(one for known in self.fitting.values() for one in known))
        fields = [
            field for form in self.forms.values() for field in form.fields if field.name != "csrf_token"
        ]
        choices = {value for field in fields for value in (*field.choices[:40], *field.served)}
        names = {asked.name for asked in self.heard.names} - {"csrf_token"}
        short = sorted(value for value in choices if len(value) < 100)
        hints = Hints(ids, tuple(short) or ("yes",), tuple(sorted(names)) or ("x",))
        world = self.sender.world
        return Around(self.sender.token, hints, world.known, world.together)

    def look_around(self) -> None:
        """Open pages from the first one on, and every address with each id that exists; note every form."""
        waiting = ["/", *self._addresses()]
        while waiting:
            href = waiting.pop(0)
            endpoint = endpoint_of(href, "GET", self.sender.routes)
            kind = " ".join([str(endpoint), *sorted(re.findall(r"[?&](\w+)=", href))])
            enough = A_PLACE if self.thorough else 1
            if endpoint is None or endpoint in AWAY | NOT_VIEWS or self.opened[kind] >= enough:
                continue
            page = self.sender.get(href)
            self.opened[kind] += page.status == 200
            if page.is_html:
                self._learn(page)
            if page.is_html and self.thorough:
                waiting += [link.href for link in page.links if link.href.startswith("/")]
        self.sender.start_over()

    def _addresses(self) -> Iterator[str]:
        for rule in self.rules:
            if "GET" in (rule.methods or ()) and self.sender.may(rule.endpoint):
                for number in range((12 if self.thorough else 2) if rule.arguments else 1):
                    yield address(rule, number, self.fitting)

    def _learn(self, page: Page) -> list[SeenForm]:
        found = list(forms_on(page, self.sender.routes))
        if page.status >= 400:  # what was sent comes back, also fields that nobody asked for
            found = [form.only(self.heard.of(form.endpoint, "form")) for form in found]
        for form in found:
            self.forms.setdefault(form.key, form)
        return found

    def _part(self, everything: Sequence[T]) -> Sequence[T]:
        return everything[zlib.crc32(str(self.sender.kind).encode()) % self.one_in :: self.one_in]

    def every_address(self) -> None:
        """Each route by each method: those that this person may not use, and the others by all they ask for."""
        for rule in self._part(self.rules):
            known = rule.methods or set()
            for method in ("GET", "HEAD", "POST"):
                if method in known:
                    once = method == "HEAD" or not self.sender.may(rule.endpoint)
                    where = "form" if method == "POST" else "query"
                    self._address_inputs(rule, method, where, None, 1 if once else EACH)

    def _address_inputs(self, rule: Rule, method: str, where: str, focus: str | None, count: int) -> None:
        around = self.around
        names = self.heard.of(rule.endpoint, where)
        path = paths(rule.rule, self.fitting, around)
        made = path.flatmap(lambda found: addressed(method, found, where, names, focus, around))
        self._send(made, count, f"{method} {rule.rule} {where} {focus}")

    def every_form(self) -> None:
        """Each form with each of its fields odd in turn."""
        for form in self._part(list(self.forms.values())):
            self._form_inputs(form)

    def _form_inputs(self, form: SeenForm) -> None:
        names = [field.name for field in form.fields if field.name != "csrf_token"]
        if len(names) < EACH:
            self._send(filled_in(form, names[0] if names else None, self.around), EACH, str(form))
        for focus in names:
            self._send(filled_in(form, focus, self.around), 2, f"{form} {focus}")

    def every_name(self) -> None:
        """Whatever a view asks for and has not been given often enough, until nothing new is asked for."""
        for _round in range(4 if self.thorough else 1):
            for asked in self._part(self.lacking()):
                rule = next(rule for rule in self.rules if rule.endpoint == asked.endpoint)
                reads = asked.where == "query" and "GET" in (rule.methods or ())
                self._address_inputs(rule, "GET" if reads else "POST", asked.where, asked.name, EACH)

    def lacking(self) -> list[Asked]:
        """Names that a view asked for and that got fewer than `EACH` made-up values.

        A page that only ever reads may share its template with a form: no form reaches it.
        """
        so_far = self.sender.tally.names
        sent_to = {rule.endpoint for rule in self.rules if "POST" in (rule.methods or ())}
        reached = {rule.endpoint for rule in self.rules}
        return [
            asked
            for asked in sorted(self.heard.names)
            if asked.name != "csrf_token"
            and asked.endpoint in (sent_to if asked.where == "form" else reached)
            and so_far[asked] < EACH
        ]

    def left_out(self) -> list[SeenForm]:
        """Forms that were offered and got fewer than `EACH` inputs."""
        return [form for form in self.forms.values() if self.sender.tally.forms[form.key] < EACH]

    def what_walks_found(self) -> None:
        """Forms that only stand on pages far along a way, and what their views ask for."""
        for form in self._part(self.left_out()):
            for _ in range(EACH):
                self._send(filled_in(form, None, self.around), 1, f"{form} {self.sender.tally.sent}")
        self.every_name()

    def walk(self) -> None:
        """Go from page to page and send the forms that stand there, the least used first: states build up."""
        page = self.sender.get("/")
        for _ in range(A_WALK):
            page = self._step(page)
        self.sender.start_over()

    def _step(self, page: Page) -> Page:
        forms = self._learn(page) if page.is_html else []
        if forms and self.chance.random() < 0.75:
            form = self._least_used({str(form): form for form in forms})
            focus = self.chance.choice([field.name for field in form.fields] or [""])
            (sent,) = drawn(
                filled_in(form, focus, self.around), 1, f"{self.sender.kind} {self.sender.tally.sent}"
            )
            return self.sender.send(sent)
        ways = {self._way(link.href): link.href for link in page.links} if page.is_html else {}
        ways = {way: href for way, href in ways.items() if way and way not in AWAY | NOT_VIEWS}
        href = self._least_used(ways or {"home.index": "/"})
        if self.chance.random() < 0.2:
            href = address(self.chance.choice(self.rules), self.chance.randrange(20), self.fitting)
        parts = urlsplit(href)
        return self.sender.send(Sent("GET", parts.path or "/", parts.query))

    def _way(self, href: str) -> str:
        return endpoint_of(href, "GET", self.sender.routes) or "" if href.startswith("/") else ""

    def _least_used(self, found: Mapping[str, T]) -> T:
        chosen = min(sorted(found), key=lambda name: (self.trodden[name], self.chance.random()))
        self.trodden[chosen] += 1
        return found[chosen]

    def _send(self, made: SearchStrategy[Sent], count: int, name: str) -> None:
        for sent in drawn(made, count, f"{self.sender.kind} {name}"):
            self.sender.send(sent)
        self.sender.start_over()

"""Forms as the site offered them to somebody, apart from the page that they stood on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import MapAdapter, RequestRedirect

from tests.support.forms import Form
from tests.support.page import Page

WRITTEN = frozenset({"textarea", "text", "search"})
"""Kinds of fields in which people write words of their own."""
SECRET = ("pass_phrase", "code", "invitation")
"""What is never given back, so that nobody reads it over a shoulder; a part of the field's name."""
FormKey = tuple[str, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class SeenField:
    """One name of a form: the kind of its control, the values it was served with, and what it lets one choose."""

    name: str
    kind: str
    served: tuple[str, ...]
    choices: tuple[str, ...]

    @property
    def written(self) -> bool:
        """Whether what stands here is somebody's words, to be given back when it is refused."""
        return self.kind in WRITTEN and not any(part in self.name for part in SECRET)


@dataclass(frozen=True, slots=True)
class SeenForm:
    """Where it is sent, and with what. `buttons` are those that carry a value of their own."""

    endpoint: str
    method: str
    action: str
    fields: tuple[SeenField, ...]
    buttons: tuple[tuple[str, str], ...]

    @property
    def key(self) -> FormKey:
        """The same for the same form about another thing."""
        return self.endpoint, self.method, tuple(field.name for field in self.fields)

    def only(self, names: Sequence[str]) -> SeenForm:
        """The form without fields of other names, but with words that travel through the sign-in page."""
        known = tuple(one for one in self.fields if one.name in names or one.name.startswith("kept_"))
        return replace(self, fields=known)

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint} ({', '.join(name for name in self.key[2] if name != 'csrf_token')})"


def forms_on(page: Page, routes: MapAdapter) -> Iterator[SeenForm]:
    """Every form of a page, once for each address that one of its buttons sends it to."""
    for form in page.forms:
        actions = {form.action, *(button.get("formaction") or "" for button in form.buttons())} - {""}
        for action in sorted(actions) or [""]:
            address = urljoin(page.path, action)
            endpoint = endpoint_of(address, form.method.upper(), routes)
            if endpoint is not None:
                yield SeenForm(endpoint, form.method.upper(), address, tuple(_fields(form)), _buttons(form))


def endpoint_of(address: str, method: str, routes: MapAdapter) -> str | None:
    """Which view answers an address of this site; None for another site's, and for none."""
    parts = urlsplit(address)
    if parts.netloc or parts.scheme:
        return None
    try:
        return str(routes.match(parts.path or "/", method=method)[0])
    except (HTTPException, RequestRedirect, MethodNotAllowed):
        return None


def _fields(form: Form) -> Iterator[SeenField]:
    for field in form.fields.values():
        yield SeenField(field.name, field.kind, tuple(field.values), tuple(field.choices))


def _buttons(form: Form) -> tuple[tuple[str, str], ...]:
    return tuple((name, one.get("value") or "") for one in form.buttons() if (name := one.get("name")))

"""One input: a form filled in, or an address with its parameters, well or badly, as anybody could send it."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

from hypothesis import strategies as st

from tests.fuzz import values
from tests.fuzz.seen_forms import SeenField, SeenForm
from tests.fuzz.values import MARK, Hints

Pairs = list[tuple[str, str]]
FORM = "application/x-www-form-urlencoded"
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes over the wire. `typed` are the free texts in it, as typed, where the site can read them."""

    method: str
    path: str
    """Percent-encoded."""
    query: str = ""
    body: bytes = b""
    content_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    """Fields of the form that got a made-up value."""
    asked: frozenset[str] = frozenset()
    """Parameters that got a made-up value."""
    form: SeenForm | None = None

    def __str__(self) -> str:
        """Enough to send it again by hand."""
        about = [self.method, self.path + (f"?{self.query}" if self.query else ""), self.content_type]
        return " ".join(part[:300] for part in (*about, self.body[:600].decode("latin-1")) if part)


@dataclass(frozen=True, slots=True)
class Around:
    """What an input is made with: the browser's token, what fits, and what does not."""

    token: str
    hints: Hints
    known: Mapping[str, tuple[str, ...]]
    together: Sequence[Mapping[str, str]] = ()


MODES = ("good", "good", "one", "one", "one", "one", "wild", "broken")


@st.composite
def filled_in(draw: st.DrawFn, form: SeenForm, focus: str | None, around: Around) -> Sent:
    """A form: all as a person would, or `focus` odd, or most of it odd, or in a way that no browser sends."""
    mode = draw(st.sampled_from(MODES))
    as_served, short, fits = draw(st.booleans()), draw(st.booleans()), draw(_together(form, around))
    pairs: Pairs = []
    typed: dict[str, str] = {}
    made: set[str] = set()
    for one in form.fields:
        if one.name == "csrf_token":
            pairs += draw(_tokens(around.token, mode))
            continue
        wrong = one.name == focus if mode == "one" else mode in ("wild", "broken") and draw(st.booleans())
        if one.name in fits and not wrong:
            found = [fits[one.name]]
        else:
            found = draw(
                _wrong(one, around) if wrong else _right(one, around, as_served=as_served, short=short)
            )
        pairs += [(one.name, value) for value in found]
        if wrong or one.kind != "hidden":
            made.add(one.name)
        if one.written and len(found) == 1 and MARK in found[0]:
            typed[one.name] = found[0]
    if form.buttons:
        pairs.append(draw(st.sampled_from(form.buttons)))
    if mode == "wild":
        pairs += draw(_extra(around))
    parts = urlsplit(form.action)
    path = quote(parts.path, safe="/%")
    if form.method == "GET":
        return Sent("GET", path, query=encoded(pairs), typed=typed, asked=frozenset(made), form=form)
    query = parts.query if mode != "wild" else draw(_query(around))
    body, kind, readable = draw(_body(pairs, mode))
    return Sent(
        form.method, path, query, body, kind, draw(_headers(mode)), typed if readable else {}, frozenset(made),
        form=form,
    )  # fmt: skip


@st.composite
def addressed(
    draw: st.DrawFn,
    method: str,
    path: str,
    where: str,
    names: Sequence[str],
    focus: str | None,
    around: Around,
) -> Sent:
    """An address as given, with odd parameters (`query`) or, for a form nobody offered, odd fields (`form`)."""
    chosen = set(draw(st.lists(st.sampled_from(tuple(names)), max_size=4))) if names else set()
    chosen |= {focus} if focus else set()
    pairs: Pairs = []
    for name in sorted(chosen):
        pairs += [(name, value) for value in draw(_many(values.odd(around.hints)))]
    pairs += draw(_extra(around)) if draw(st.integers(0, 4)) == 0 else []
    if method in ("GET", "HEAD"):
        query = draw(_spoilt(encoded(pairs)))
        return Sent(method, path, query, headers=draw(_headers("wild")), asked=frozenset(chosen))
    token = draw(_tokens(around.token, "one"))
    if where == "query":
        return Sent(method, path, encoded(pairs), encoded(token).encode(), FORM, asked=frozenset(chosen))
    pairs += token
    body, kind, _readable = draw(_body(pairs, draw(st.sampled_from(("one", "one", "broken")))))
    query = draw(_query(around)) if draw(st.integers(0, 3)) == 0 else ""
    return Sent(method, path, query, body, kind, draw(_headers("wild")), names=frozenset(chosen))


@st.composite
def paths(draw: st.DrawFn, rule: str, fitting: Mapping[str, Sequence[str]], around: Around) -> str:
    """An address of this rule: mostly with ids that exist, whoever they belong to, sometimes with anything."""

    def one(found: re.Match[str]) -> str:
        known = fitting.get(found[1]) or around.hints.ids
        strange = draw(st.integers(0, 5)) == 0
        value = draw(
            st.sampled_from(values.NUMBERS) | values.ODD if strange else st.sampled_from(tuple(known))
        )
        return quote(value[:3000], safe="", errors="surrogatepass")

    return re.sub(r"<(?:[^:<>]*:)?(\w+)>", one, rule)


def encoded(pairs: Pairs) -> str:
    return urlencode(pairs, encoding="utf-8", errors="surrogatepass")


@st.composite
def _together(draw: st.DrawFn, form: SeenForm, around: Around) -> Mapping[str, str]:
    """Choices that only make sense together, such as a step and a reason for it; now and then none."""
    names = {field.name for field in form.fields}
    fitting = [one for one in around.together if set(one) <= names]
    if not fitting or draw(st.integers(0, 3)) == 0:
        return {}
    return draw(st.sampled_from(fitting))


@st.composite
def _right(draw: st.DrawFn, one: SeenField, around: Around, *, as_served: bool, short: bool) -> list[str]:
    """What a person would leave, choose or type here; `short`: mostly nothing, as far as typing goes."""
    known = around.known.get(one.name)
    if known and (not one.written or draw(st.booleans())):
        return [draw(st.sampled_from(known))]
    if one.kind == "hidden" or (as_served and one.written and draw(st.integers(0, 3))):
        return list(one.served)
    if one.kind == "checkbox":
        return draw(st.lists(st.sampled_from(one.choices), unique=True, max_size=3))
    if one.written and short and draw(st.integers(0, 3)):
        return [""]
    if one.choices:
        return [draw(st.sampled_from([choice for choice in one.choices if choice] or [""]))]
    if one.kind in ("number", "date", "time", "datetime-local", "email", "password", "url", "tel"):
        fits = {"number": ("1", "2", "7", "20"), "date": values.soon(), "time": ("09:00", "17:30", "00:00")}
        return [draw(st.sampled_from(fits.get(one.kind, values.CODES)))]
    return [f"{MARK}{next(_numbers)}x {draw(values.WORDS) if draw(st.booleans()) else ''}"]


@st.composite
def _wrong(draw: st.DrawFn, one: SeenField, around: Around) -> list[str]:
    """Missing, repeated, or with something in it that does not fit."""
    if one.written and draw(st.booleans()):
        return [f"{MARK}{next(_numbers)}x {draw(values.TEXTS)}"]
    return draw(_many(values.odd(around.hints) | st.sampled_from(one.choices or one.served or ("",))))


@st.composite
def _many(draw: st.DrawFn, value: st.SearchStrategy[str]) -> list[str]:
    """Mostly one, sometimes none or several."""
    count = draw(st.sampled_from((1, 1, 1, 1, 0, 2, 40)))
    return [draw(value)] * count if count != 2 else [draw(value), draw(value)]


@st.composite
def _tokens(draw: st.DrawFn, token: str, mode: str) -> Pairs:
    """The browser's token; now and then none, or one that somebody made up."""
    if mode != "good" and draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from(([], [("csrf_token", token[:-2])], [("csrf_token", "\ud800")])))
    return [("csrf_token", token)]


@st.composite
def _extra(draw: st.DrawFn, around: Around) -> Pairs:
    """Fields that belong elsewhere, or nowhere."""
    names = draw(st.lists(st.sampled_from(around.hints.names) | values.TEXTS, max_size=4))
    return [(name[:500], draw(values.odd(around.hints))) for name in names]


@st.composite
def _query(draw: st.DrawFn, around: Around) -> str:
    return draw(_spoilt(encoded(draw(_extra(around)))))


@st.composite
def _spoilt(draw: st.DrawFn, query: str) -> str:
    """A query string; now and then with bytes that are no text, or escapes that are none."""
    if draw(st.integers(0, 9)):
        return query
    return query + draw(
        st.sampled_from(
            ("&page=%zz", "&after=%ff%fe", "&\xff\xfe=\xe9", "&&&=&;", "&show=\xed\xa0\x80", "%", "?a")
        )
    )


@st.composite
def _headers(draw: st.DrawFn, mode: str) -> tuple[tuple[str, str], ...]:
    """As a browser of this site sends them; now and then of another site, or nonsense."""
    if mode not in ("wild", "broken") or draw(st.integers(0, 3)):
        return (("Sec-Fetch-Site", "same-origin"),)
    return draw(
        st.sampled_from(
            (
                (("Sec-Fetch-Site", "cross-site"),),
                (("Referer", "http://[half"), ("User-Agent", "\xff" * 3000)),
                (("Referer", "https://elsewhere.example/x"), ("Accept-Language", "xx;q=\xff,,;q=9,*")),
                (("Accept-Language", "de-DE-x-" + "a" * 900), ("If-None-Match", '"x'), ("Range", "bytes=-1")),
                (
                    ("X-Forwarded-For", "\x01, 1.2.3"),
                    ("X-Forwarded-Host", "elsewhere.example"),
                    ("Accept", "text/\xfe"),
                ),
                (("Cookie", "haven=.eJx; haven=\xff; =; a=b"), ("Content-Encoding", "gzip")),
            )
        )
    )


@st.composite
def _body(draw: st.DrawFn, pairs: Pairs, mode: str) -> tuple[bytes, str, bool]:
    """The form on its way: its bytes, what they claim to be, and whether the site can read every field."""
    plain = encoded(pairs).encode("ascii")
    if mode != "broken":
        if draw(st.integers(0, 9)) == 0:
            return _multipart(pairs), "multipart/form-data; boundary=zqedge", True
        return plain, FORM, True
    everything = "".join(value for _name, value in pairs)
    ways: tuple[tuple[bytes, str], ...] = (
        (plain, ""),
        (plain, "text/plain"),
        (plain, "application/json"),
        (json.dumps(dict(pairs)).encode(), "application/json"),
        (plain, "multipart/form-data; boundary=zqedge"),
        (plain, "multipart/form-data"),
        (_multipart(pairs)[:-20], "multipart/form-data; boundary=zqedge"),
        (_multipart(pairs, file=True), "multipart/form-data; boundary=zqedge"),
        (plain, f"{FORM}; charset=utf-7"),
        (plain, f"{FORM}; charset=\xff"),
        (encoded(pairs).encode("utf-16"), FORM),
        (everything.encode("utf-8", "surrogatepass"), FORM),
        (plain + b"&text=%ff%fe%&=\xff", FORM),
        (plain + b"&text=" + b"x" * values.ENORMOUS, FORM),
        (b"&".join(b"a=b" for _ in range(3000)), FORM),
    )  # fmt: skip
    body, kind = draw(st.sampled_from(ways))
    return body, kind, False


def _multipart(pairs: Pairs, *, file: bool = False) -> bytes:
    name = b'; filename="../x\xff"\r\nContent-Type: image/png' if file else b""
    parts = [
        b'--zqedge\r\nContent-Disposition: form-data; name="'
        + key.replace('"', "%22").replace("\r", "").replace("\n", "").encode("utf-8", "replace")
        + b'"'
        + name
        + b"\r\n\r\n"
        + value.encode("utf-8", "surrogatepass")
        + b"\r\n"
        for key, value in pairs
    ]
    return b"".join(parts) + b"--zqedge--\r\n"

"""What is put into fields, parameters and addresses: sensible, odd, and nothing that any keyboard makes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from forum import clock

MARK = "zqheron"
"""In every free text, followed by a number: what was typed can be looked for anywhere."""

NUMBERS = (
    "-1", "0", "1", "2", "3", "5", "25", "1.5", "1_0", "0x1", "NaN", "inf", "1e9", "+1", " 1", "1 ", "١",
    "²", "00001", str(2**31 - 1), str(2**31), str(-(2**31) - 1), str(2**53 + 1), str(2**63 - 1), str(2**63),
    str(2**64), "-" + "9" * 30, "9" * 18, "9" * 19, "9" * 30, "9" * 5000,
)  # fmt: skip
MOMENTS = (
    "2026-11-24", "9999-12-31", "0001-01-01", "2026-13-45", "2026-02-30", "10000-01-01", "-0001-01-01",
    "2026-11-24T25:61", "2026-03-29T01:30", "2026-10-25T01:30", "09:00", "24:00", "00:00", "23:60", "7:5",
    "0-5", "5-0", "1-99999999", "3-3", "Europe/London", "Europe/Nowhere", "../../etc/localtime", "UTC",
    "Factory", "GB", "gb", "XX", "ZZ",
)  # fmt: skip
CURSORS = (
    "0.1.2", "1.-99999999999999999999.1", "1.0.0", f"0.{10**17}.{2**63}", f"1.{10**15}.{2**63 - 1}", "0..",
    "..", "1.", f"{10**17}.{10**17}.{'9' * 18}.{'9' * 18}", "1.1.1.1", "0.0.0.00", f"{'9' * 18}.1.1.1",
    "0.-62135596800000000.1", f"{10**17}.1", f"-{10**17}.1", f"1.{2**63}", "1.2", "-1.-1",
    "253402300800000000.5", "1,2,3", "," * 70, "1," * 200,
)  # fmt: skip
CODES = (
    "all", "words", "none", "yes", "no", "on", "off", "true", "mine", "own", "offered", "shown", "csv",
    "jsonl", "old_enough", "younger", "open", "closed", "asynchronous", "admin", "member", "moderator",
    "post 1", "security", "post " + "9" * 18, "member-" + "a" * 12, "staff-" + "0" * 12, "software",
    "command", "post.held", "crisis", "post",
)  # fmt: skip
PATHS = (
    "/account", "//elsewhere.example", "/\\elsewhere.example", "https://elsewhere.example/",
    "javascript:alert(1)", "/a?b=c#d", "/%2f%2felsewhere.example", "/[", "http://[", "/" + "a" * 2000,
    "/\t/elsewhere.example", "\u2044\u2044x", "/sign-out", "?next=/x", "/zqö", "",
)  # fmt: skip
FRAGMENTS = (
    "", " ", "\x00", "\ud800", "\udfff", "\x1b[0m\x7f", "\ufffe\uffff", "\u202e", "\u2066\u2069", "\r\n",
    "\r", "\n\n", "\x85\u2028\u2029", "\t", "> quoted\n\nnot quoted", "> " * 60, "- [x](javascript:1)",
    "[a](//b.example \"c\")", "<https://elsewhere.example/x?y=1&z>", "www.elsewhere.example",
    "'\"><script>alert(1)</script>", "<!--", "]]>", "&amp;#0;", "&lt;b&gt;", "</textarea><h1>",
    "%s {} %(x)s {{ 1 }} {% raw %}", "../../etc", "\u200b", "=cmd|' /C'!A0", "+1", "@x", "-2",
    "e\u0301" * 5, "z\u0301\u0302\u0303" * 40, "\U0001faf6\U0001f3fd" * 6,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U00020bb7\U000e0041\U0010ffff",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627", "\u0e01\u0e33", "İıſß", "ﷺ" * 9, "**" * 50,
    "`" * 30, "#" * 7 + " x", "1. " * 40, "    code", "***bold*", "~~~\n", "|a|b|\n|-|-|", "\\" * 9,
    "[][][", "![](x)", "[graphic detail]", "[method detail?]", "[crisis]", "[encouragement]",
    "[not english]", "[too long]", "[model fails]", "a.person@example.org", "+44 7700 900123", "@a_name",
    "tw", "CW:", "DROP TABLE posts; --", "' OR 1=1 --", "null", "None",
)  # fmt: skip
SIZES = (
    1,
    2,
    11,
    12,
    13,
    39,
    40,
    41,
    60,
    61,
    79,
    80,
    81,
    99,
    100,
    101,
    119,
    120,
    121,
    199,
    200,
    201,
    299,
    300,
    301,
)
LARGE = (499, 500, 501, 999, 1000, 1001, 1999, 2000, 2001, 2500, 5000, 9999, 10_000, 10_001, 12_000, 30_000)
ENORMOUS = 270_000
"""More than the site takes in one form."""


def soon() -> tuple[str, ...]:
    """Days that somebody could plan for."""
    today = clock.now().date()
    return tuple((today + timedelta(days=days)).isoformat() for days in (1, 7, 30))


@dataclass(frozen=True, slots=True)
class Hints:
    """What the site itself has offered: ids that stand in its addresses, and what its fields let one choose."""

    ids: tuple[str, ...] = ("1",)
    choices: tuple[str, ...] = ("yes",)
    names: tuple[str, ...] = ("x",)
    """Names of fields and parameters, for sending one where it does not belong."""


_any_character = st.characters(exclude_categories=())
_planes = st.text(_any_character, max_size=12)
_pieces = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=4).map(" ".join)
_sizes = st.sampled_from((*SIZES, *SIZES, *SIZES, *LARGE))


@st.composite
def _repeated(draw: st.DrawFn) -> str:
    size = draw(_sizes)
    unit = draw(st.sampled_from(("x", "word ", "é", "\U0001faf6", "a\n", "\u0301", "ﷺ", "<", "> a\n")))
    return (unit * (size // len(unit) + 1))[:size]


TEXTS: SearchStrategy[str] = st.one_of(_pieces, _planes, _repeated())
"""Any text at all, without a mark."""

WORDS: SearchStrategy[str] = st.one_of(
    st.just(""),
    st.just(""),
    st.sampled_from(("and a calm day", "it was a long week", "line one\nline two", "é ö ñ 猫 \U0001faf6")),
    TEXTS,
)
"""What may stand after the mark in a field that somebody writes in."""

ODD: SearchStrategy[str] = st.one_of(
    st.sampled_from(NUMBERS),
    st.sampled_from(MOMENTS),
    st.sampled_from(CURSORS),
    st.sampled_from(CODES),
    st.sampled_from(PATHS),
    st.integers(-(2**70), 2**70).map(str),
    TEXTS,
)
"""What may stand in a field, a parameter or an address, and mostly does not belong there."""


def odd(hints: Hints) -> SearchStrategy[str]:
    """`ODD`, and what belongs elsewhere on this site: other people's ids, other fields' choices."""
    return st.one_of(ODD, st.sampled_from(hints.ids), st.sampled_from(hints.choices))

"""Typed text becomes safe text: nothing hostile gets out, nothing typed is eaten."""

from __future__ import annotations

import html
import re

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum import text
from moderation.subject import Span

HOSTILE = [
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](javascript:123)",
    "[x](//evil.example)",
    "[x](https:evil)",
    "[x](data:text/html,hi)",
    '[x](https://a.example/"onmouseover=alert(1))',
    "![x](https://a.example/x.png)",
    "<a href='https://a.example' onclick='x()'>x</a>",
    "<img src=x onerror=alert(1)>",
    "<https://a.example/<script>>",
    "> <b>quoted</b>\n\n</blockquote>",
    "&#60;script&#62;",
    "[x]: https://a.example\n[x]",
]
pieces = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40), st.sampled_from("*_>-\n []()<>&\\`#1.!"))
typed = st.lists(pieces, max_size=12).map("".join)


@given(typed)
def test_what_is_served_is_what_a_second_sanitiser_would_serve(source: str) -> None:
    served = text.render(text.tidy(source)).html
    checked = nh3.clean(
        served,
        tags=set(text.TAGS),
        attributes={"a": {"href", "rel"}, "ol": {"start"}},
        url_schemes={"http", "https"},
        link_rel=None,
    )
    assert html.unescape(checked).replace(" ", " ") == html.unescape(served).replace(" ", " ")


@given(typed)
def test_only_web_links_that_are_marked_untrusted(source: str) -> None:
    served = text.render(text.tidy(source)).html
    for tag in re.findall(r"<a\b[^>]*>", served):
        assert f'rel="{text.LINK_REL}"' in tag
        href = re.search(r'href="([^"]*)"', tag)
        assert href is None or re.match(r"https?://[^/]", html.unescape(href[1]), re.IGNORECASE)


@given(typed)
def test_offsets_of_quotes_are_inside_the_plain_text(source: str) -> None:
    rendered = text.render(text.tidy(source))
    for span in rendered.quoted:
        assert 0 <= span.start <= span.end <= len(rendered.plain)


@pytest.mark.parametrize("word", ["<so>", "a<b>c", "1 < 2 > 0", "<3", "&amp;", "</p>"])
def test_no_word_is_eaten(word: str) -> None:
    rendered = text.render(f"before {word} after")
    assert html.unescape(re.sub(r"</?p>", "", rendered.html)).strip() == f"before {html.unescape(word)} after"
    assert rendered.plain == f"before {html.unescape(word)} after"


def test_detectors_see_where_a_link_goes() -> None:
    assert text.render("[here](https://a.example/x)").plain == "here (https://a.example/x)"


def test_quoted_lines_are_marked() -> None:
    rendered = text.render("mine\n\n> theirs\n\nmine again")
    assert [rendered.plain[span.start : span.end].strip() for span in rendered.quoted] == ["theirs"]


@given(st.text(min_size=1, max_size=80), st.integers(0, 80), st.integers(0, 80))
def test_a_masked_word_leaves_no_trace(words: str, start: int, end: int) -> None:
    secret = "zqsecretqz"
    plain = f"{words[:start]} {secret} {words[start:]}"
    at = plain.index(secret)
    assert secret not in text.masked_html(plain, [Span(at, at + len(secret)), Span(min(start, end), end)])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("a\x00b", "ab"), ("a\r\nb\rc", "a\nb\nc"), ("\ud800x", "x"), ("  hello \n", "hello"), ("e\u0301", "é")],
)
def test_tidying_keeps_the_words(typed: str, kept: str) -> None:
    assert text.tidy(typed) == kept


@pytest.mark.parametrize(
    ("title", "slug"),
    [("A hard week", "a-hard-week"), ("", "thread"), ("日本", "thread"), ("é" * 200, "e" * 60)],
)
def test_slugs(title: str, slug: str) -> None:
    assert text.slug(title) == slug

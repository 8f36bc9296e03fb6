"""What no template may hold, whether or not a test fetches a page made from it."""

from __future__ import annotations

import re

import pytest

from tests.house.sources import texts

FORBIDDEN = {
    "an inline style": re.compile(r"<style|\sstyle\s*=", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "an inline handler": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
    "something loaded from another host": re.compile(
        r"<(?:img|script|link|source|iframe|video|audio)\b[^>]*(?:src|href)\s*=\s*[\"'](?:https?:)?//",
        re.IGNORECASE,
    ),
    "text that is not escaped": re.compile(r"autoescape\s+false|\{%\s*autoescape\s+off"),
}


def templates() -> list[tuple[str, str]]:
    return [
        (name, text) for name, text in texts() if name.startswith("templates/") and name.endswith(".html")
    ]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what: str) -> None:
    found = [
        f"{name}:{text[: match.start()].count(chr(10)) + 1}"
        for name, text in templates()
        for match in FORBIDDEN[what].finditer(text)
    ]

    assert not found


def test_there_are_templates() -> None:
    assert templates(), "the sweep above looked at nothing"


def test_every_form_that_posts_holds_its_token() -> None:
    """The checking client sees it on the pages it fetches; this sees the others."""
    form = re.compile(r"<form\b[^>]*method\s*=\s*[\"']post[\"'][^>]*>(.*?)</form>", re.IGNORECASE | re.DOTALL)
    found = [
        name
        for name, text in templates()
        for match in form.finditer(text)
        if "csrf" not in match.group(1) and "hidden_tag" not in match.group(1)
    ]

    assert not found

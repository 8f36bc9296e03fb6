"""The checking client notices what it promises to notice: one broken page a rule."""

from __future__ import annotations

import pytest
from flask import Flask

from forum.web.headers import install
from tests.support.client import CheckingClient
from tests.support.reading import grade

SOUND = """<!doctype html>
<html lang="en"><head><title>Rooms</title></head><body>
<nav><a href="/help">Help</a> <a href="/leave">Leave</a></nav>
<main><h1>Rooms</h1><h2 id="why">Why</h2><p>We are glad that you are here.</p>
<form method="post" action="/say"><input type="hidden" name="csrf_token" value="t">
<label for="words">Words</label> <textarea id="words" name="words"></textarea><button>Send</button></form>
</main></body></html>"""

HARD = (
    "<p>Notwithstanding organisational considerations, comprehensive participation necessitates "
    "unambiguous authorisation, documentation and verification by institutional representatives.</p>"
)

BROKEN = {
    "no lang": (' lang="en"', ""),
    "one title": ("<title>Rooms</title>", "<title> </title>"),
    "exactly one main": ("<main>", "<main></main><main>"),
    "exactly one h1": ("<h1>Rooms</h1>", "<h2>Rooms</h2>"),
    "jumps from h1 to h3": ('<h2 id="why">Why</h2>', "<h3>Why</h3>"),
    "stands 2 times": ('<label for="words">', '<label for="words" id="why">'),
    "link to #gone": ('href="/help">', 'href="/help"></a><a href="#gone">'),
    "has no label": ('<label for="words">Words</label>', ""),
    "in no fieldset": ("<button>", '<label><input type="radio" name="r"> Yes</label><button>'),
    "says nothing": ("Help</a>", "</a>"),
    "style attribute": ("<p>", '<p style="color: red">'),
    "inline script": ("<p>", "<script>go()</script><p>"),
    "onclick handler": ("<button>", '<button onclick="go()">'),
    "another host": ("<p>", '<img alt="" src="//elsewhere.example/p.png"><p>'),
    "no way to /leave": ('<a href="/leave">Leave</a>', ""),
    "posts without its token": ('<input type="hidden" name="csrf_token" value="t">', ""),
    "has no button": ("<button>Send</button>", ""),
    "reads at grade": ("<p>We are", HARD * 5 + "<p>We are"),
    "expected-one-end-tag": ("</nav>", ""),
}


def a_site(html: str) -> CheckingClient:
    app = Flask("page")
    app.add_url_rule("/page", view_func=lambda: html)
    install(app, https=False)
    return CheckingClient(app)


def test_a_sound_page_passes() -> None:
    page = a_site(SOUND).get("/page")

    assert page.h1 == "Rooms"
    assert page.link("Help").href == "/help"
    assert page.has("Rooms Why We are glad")


@pytest.mark.parametrize("complaint", BROKEN)
def test_each_rule_notices_its_breach(complaint: str) -> None:
    old, new = BROKEN[complaint]
    assert old in SOUND

    with pytest.raises(AssertionError, match=complaint):
        a_site(SOUND.replace(old, new, 1)).get("/page")


def test_a_page_without_protective_headers_is_noticed() -> None:
    app = Flask("page")
    app.add_url_rule("/page", view_func=lambda: SOUND)

    with pytest.raises(AssertionError, match="no Content-Security-Policy"):
        CheckingClient(app).get("/page")


def test_forms_only_take_what_they_offer() -> None:
    page = a_site(SOUND).get("/page")
    form = page.form("Send")

    form.fill(words="Hello")
    assert form.data == {"csrf_token": ["t"], "words": ["Hello"]}
    with pytest.raises(AssertionError, match="no field 'title'"):
        form.fill(title="A title")
    with pytest.raises(AssertionError, match="hidden field"):
        form.fill(csrf_token="forged")


def test_the_reading_grade_tells_plain_words_from_hard_ones() -> None:
    plain = grade(
        "You can stop at any time. We will keep your words for you. A person will read them soon. " * 5
    )
    hard = grade(HARD * 5)

    assert plain is not None and hard is not None
    assert plain < 6 < 12 < hard
    assert grade("Too short to say.") is None

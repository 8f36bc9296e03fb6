""" "Leave this site" as somebody presses it in a hurry, and what Back shows afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from forum.config import Settings
from tests.journeys.conftest import Cast, People
from tests.journeys.member import MemberOfAGroup
from tests.support.live import serving
from tests.support.quick_start import plain_settings
from tests.support.visitor import Look

pytestmark = pytest.mark.browser

WITH_SCRIPTS = pytest.mark.parametrize("look", [Look(True, 390)], ids=str)
WITHOUT_SCRIPTS = pytest.mark.parametrize("look", [Look(False, 390)], ids=str)


@pytest.fixture
def careful() -> bool:
    return False


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Another site, about nothing in particular."""
    site = Flask("elsewhere")
    site.add_url_rule("/", view_func=lambda: "<!doctype html><title>Weather</title><h1>Weather</h1>")
    with serving(site) as address:
        yield f"{address}/"


@pytest.fixture
def settings(database_url: str, run_folder: Path, elsewhere: str) -> Settings:
    return plain_settings(database_url, run_folder).model_copy(update={"leave_url": elsewhere})


@pytest.fixture
def member(cast: Cast, people: People) -> MemberOfAGroup:
    """Somebody at a private page."""
    somebody = cast.member(people.author)
    somebody.goes_to("/groups")
    somebody.follows("Evenings")
    return somebody


def leaves(somebody: MemberOfAGroup) -> None:
    somebody.page.get_by_role("link", name="Leave this site").click()


def away(somebody: MemberOfAGroup) -> bool:
    """Whether they come to the other site, by whatever way."""
    somebody.page.get_by_role("heading", name="Weather").wait_for()
    return not somebody.page.url.startswith(somebody.visitor.site)


@WITH_SCRIPTS
def test_leaving_goes_elsewhere_and_back_never_shows_the_page(member: MemberOfAGroup) -> None:
    leaves(member)
    assert away(member)

    member.page.go_back(wait_until="commit")

    assert away(member), "Back stayed on a private page"


@WITH_SCRIPTS
def test_three_presses_of_shift_leave(member: MemberOfAGroup) -> None:
    for _press in range(3):
        member.page.keyboard.press("Shift")

    assert away(member)


@WITH_SCRIPTS
def test_shift_in_typing_does_not_leave(member: MemberOfAGroup) -> None:
    member.follows("Start a thread")
    member.page.get_by_label("Title").focus()
    member.page.keyboard.type("A QUIET Week")

    assert member.page.get_by_label("Title").input_value() == "A QUIET Week"
    assert member.page.url.endswith("/new")


@WITHOUT_SCRIPTS
def test_without_scripts_it_is_a_plain_link(member: MemberOfAGroup) -> None:
    leaves(member)

    assert away(member)


@WITH_SCRIPTS
def test_coming_back_on_purpose_works(member: MemberOfAGroup) -> None:
    """Leaving signs nobody out: a new visit begins where it can be read."""
    leaves(member)
    assert away(member)

    member.goes_to("/groups")

    member.reads("Evenings")

"""The heart of the story in one look, quickly, for every run: held, decided, told. The whole is beside it."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import GROUP, Cast, People
from tests.support.visitor import Look

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("look", [Look(False, 390)], ids=str)]

FIRST = "Hello, it is late and I wanted to say so somewhere."


@pytest.fixture
def careful() -> bool:
    """Each room's own browser tests show its pages to axe."""
    return False


def test_a_newcomer_is_read_by_a_person_and_welcomed(cast: Cast, people: People) -> None:
    newcomer = cast.stranger()
    newcomer.joins_the_site("quiet heron", "my-own-door")
    newcomer.joins(GROUP)
    newcomer.starts_a_thread(GROUP, "Hello", FIRST)
    newcomer.reads("Only you can read this for now.")
    newcomer.reads("A person reads everyone's first post before it goes up")

    author = cast.member(people.author)
    author.goes_to("/groups")
    author.follows(GROUP)
    author.cannot_read("Hello")

    lead = cast.reviewer(people.lead)
    lead.takes("A newcomer's first post.")
    lead.opens_the_words(FIRST)
    lead.decides("Show it", "welcome")

    author.opens_thread(GROUP, "Hello")
    author.reads(FIRST)
    newcomer.reads_notices()
    newcomer.reads("Welcome, and thank you for writing.")

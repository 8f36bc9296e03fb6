"""The ground rules as data, and the words they owe their readers (R9)."""

from __future__ import annotations

from dataclasses import replace

from forum import passphrases, rules
from tests.support.client import CheckingClient


def test_only_a_change_that_matters_asks_again() -> None:
    first = rules.current()
    mended = replace(first, version=2, material=False)
    changed = replace(first, version=3)

    assert rules.still_agreed(1, (first, mended))
    assert not rules.still_agreed(1, (first, mended, changed))
    assert rules.still_agreed(3, (first, mended, changed))
    assert not rules.still_agreed(None)


def test_versions_are_numbered_without_gaps() -> None:
    assert [one.version for one in rules.all_versions()] == list(range(1, len(rules.all_versions()) + 1))


def test_both_forms_are_open_to_everybody(client: CheckingClient) -> None:
    page = client.get("/rules")
    for words in (
        "not a crisis service",
        "When moderators are here",
        "If we fear for a life",
        "Taking a break",
    ):
        assert page.has(words)
    assert page.follow("Read the short version").has("We cannot send help.")
    client.get("/rules/1")
    client.get("/rules/999", status=404)
    client.get("/rules/99999999999999999999", status=404)


def test_pass_phrases_are_made_of_enough_calm_words() -> None:
    found = passphrases.words()
    assert len(found) == len(set(found)) >= 800
    assert all(word.isascii() and word.islower() and 3 <= len(word) <= 10 for word in found)
    assert passphrases.is_generated(passphrases.generate())
    assert not passphrases.is_generated("six words that are not ours")

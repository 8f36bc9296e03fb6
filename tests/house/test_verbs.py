"""The audit's verbs: each is described where auditors look, with its fields, and each is written somewhere."""

from __future__ import annotations

import pytest

from forum.config import ROOT
from moderation.event_shapes import SHAPES
from moderation.verbs import Verb
from tests.house.sources import texts

DICTIONARY = ROOT / "docs" / "data.md"


@pytest.mark.parametrize("verb", Verb, ids=str)
def test_the_data_dictionary_describes(verb: Verb) -> None:
    text = DICTIONARY.read_text(encoding="utf-8")

    assert f"`{verb.value}`" in text
    missing = [field for field in SHAPES[verb].fields if f"`{field}`" not in text]
    assert not missing


def test_every_verb_is_written_by_some_code() -> None:
    code = "\n".join(
        text
        for name, text in texts()
        if name.endswith(".py")
        and name.startswith(("forum/", "moderation/"))
        and name != "moderation/verbs.py"
    )
    idle = [verb for verb in Verb if f"Verb.{verb.name}" not in code]

    assert not idle

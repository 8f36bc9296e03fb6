"""docs/policy.md says what the policy says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from moderation.policy_parts import SIGNALS
from moderation.taxonomy import Label
from tests.moderation.policy_cases import POLICY

TEXT = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", POLICY.taxonomy.labels)
def test_every_label_is_explained_with_its_edge_cases(code: str) -> None:
    assert re.search(rf"^\| `{re.escape(code)}` \| [^|]+ \| [^|]{{15,}} \|$", TEXT, re.MULTILINE)


@pytest.mark.parametrize("label", POLICY.taxonomy.content_labels, ids=lambda label: label.code)
def test_the_words_readers_see_are_those_of_the_policy(label: Label) -> None:
    assert f"| `{label.code}` | {label.words} |" in TEXT


@pytest.mark.parametrize("name", SIGNALS)
def test_every_signal_has_its_row(name: str) -> None:
    assert re.search(rf"^\| `{name}`", TEXT, re.MULTILINE)


def test_the_files_it_names_are_there() -> None:
    for link in re.findall(r"\]\(\.\./([^)]+)\)", TEXT):
        assert (Path(__file__).parents[2] / link).is_file(), link

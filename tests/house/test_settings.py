"""Every setting is documented, with its default, and nothing is documented that is not a setting."""

from __future__ import annotations

import re

from forum.config import ROOT, Settings
from tests.house.sources import texts

DOCUMENT = ROOT / "docs" / "settings.md"
ROW = re.compile(r"^\| `(HAVEN_[A-Z_]+)` \| ([^|]*) \|", re.MULTILINE)
NAME = re.compile(r"\bHAVEN_[A-Z][A-Z_]*[A-Z]\b")
FOR_TESTS = "HAVEN_TEST_"
EMPTY = "empty"


def default_of(name: str) -> str:
    """A default as the document writes it."""
    value = Settings.model_fields[name].default
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return "`on`" if value else "`off`"
    if name == "instance":
        return "`instance`"
    return f"`{value}`"


def test_the_document_lists_each_setting_with_its_default() -> None:
    documented = dict(ROW.findall(DOCUMENT.read_text(encoding="utf-8")))
    actual = {f"HAVEN_{name.upper()}": default_of(name) for name in Settings.model_fields}

    assert documented == actual


def test_no_file_names_a_setting_that_is_not_there() -> None:
    known = {f"HAVEN_{name.upper()}" for name in Settings.model_fields}
    unknown = {
        f"{name}: {found}"
        for name, text in texts()
        for found in NAME.findall(text)
        if found not in known and not found.startswith(FOR_TESTS)
    }

    assert not unknown

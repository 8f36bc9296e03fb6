"""docs/data.md describes every table, verb and field, and its made part is current."""

from __future__ import annotations

import pytest

import forum.models  # noqa: F401  (makes every table known)
from forum.config import ROOT
from moderation.audit.dictionary import COLUMN_MEANINGS, TRAILER_MEANINGS, renewed
from moderation.db import Base
from moderation.event_shapes import SHAPES
from moderation.proof.canonical import COLUMNS
from moderation.proof.trailer import Trailer
from moderation.verbs import Verb

DOCUMENT = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")


def test_every_verb_has_a_shape_in_words() -> None:
    assert set(SHAPES) == set(Verb)
    for shape in SHAPES.values():
        assert shape.meaning.endswith(".")
        assert all(words.strip() for words in shape.fields.values())


def test_the_document_is_current() -> None:
    """Where this fails: flask audit dictionary --update docs/data.md"""
    assert renewed(DOCUMENT) == DOCUMENT


def test_every_verb_and_field_is_described() -> None:
    for verb, shape in SHAPES.items():
        section = DOCUMENT.partition(f"### `{verb.value}`\n")[2].partition("\n### ")[0]
        assert shape.meaning in section
        assert all(f"| `{name}` | " in section for name in shape.fields)


def test_every_table_is_described() -> None:
    described = {line.split("`")[1] for line in DOCUMENT.splitlines() if line.startswith("| `")}
    assert set(Base.metadata.tables) <= described


def test_every_column_and_every_part_of_the_trailer_is_described() -> None:
    assert set(COLUMN_MEANINGS) == set(COLUMNS)
    assert set(TRAILER_MEANINGS) == {*Trailer.__dataclass_fields__, "signature"}


def test_a_document_without_the_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="needs the marks"):
        renewed("# Data\n")

"""Is this English? A guess from letters and small words, good enough to know when not to trust a score."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

from moderation.classifier.answer import Language

FEWEST_LETTERS = 20
_WORDS = Path(__file__).parent / "languages.toml"
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_FEWEST_WORDS = 8
"""With fewer words than this, having no English word among them proves nothing."""


def guess(text: str) -> Language:
    """`other` only with a reason: another script, or more small words of other languages than of English."""
    letters = [char for char in text if char.isalpha()]
    if len(letters) < FEWEST_LETTERS:
        return "unknown"
    if sum(map(_is_latin, letters)) < len(letters) / 2:
        return "other"
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    english, other = _small_words()
    ours = sum(word in english for word in words)
    theirs = sum(word in other and word not in english for word in words)
    if theirs > ours and theirs >= 2:
        return "other"
    if ours:
        return "en"
    return "other" if len(set(words)) >= _FEWEST_WORDS else "unknown"


@cache
def _small_words() -> tuple[frozenset[str], frozenset[str]]:
    lists = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    return frozenset(lists["english"].split()), frozenset(lists["other"].split())


@cache
def _is_latin(char: str) -> bool:
    return unicodedata.name(unicodedata.normalize("NFKC", char)[0], "").startswith("LATIN")

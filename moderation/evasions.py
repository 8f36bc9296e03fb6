"""The tables behind the normaliser, read once from `data/evasions.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "evasions.toml"


@dataclass(frozen=True, slots=True)
class Hint:
    """A word that stands for another only in certain company."""

    word: re.Pattern[str]
    means: str
    needs: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    unless_before: re.Pattern[str] | None
    """Words that must not stand right before it."""


@dataclass(frozen=True, slots=True)
class Evasions:
    look_alikes: Mapping[str, str]
    plain_leet: Mapping[str, str]
    watched_leet: Mapping[str, str]
    watched: frozenset[str]
    slang: Mapping[str, str]
    slang_pattern: re.Pattern[str]
    hints: tuple[Hint, ...]
    number: re.Pattern[str]


def whole_words(words: list[str] | tuple[str, ...]) -> re.Pattern[str]:
    """One pattern for any of these words or phrases, whole, the longest first; a space matches any gap."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    any_of = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered)
    return re.compile(rf"(?<![\w])(?:{any_of})(?![\w])")


@cache
def evasions() -> Evasions:
    data = tomllib.loads(DATA.read_text(encoding="utf-8"))
    leet = data["leet"]
    return Evasions(
        look_alikes=data["look_alikes"],
        plain_leet=leet["plain"],
        watched_leet=leet["watched_only"],
        watched=frozenset(leet["watched"]),
        slang=data["slang"],
        slang_pattern=whole_words(list(data["slang"])),
        hints=tuple(
            Hint(
                word=whole_words([entry["word"]]),
                means=entry["means"],
                needs=_words_or_none(entry.get("needs_in_sentence")),
                unless=_words_or_none(entry.get("unless_in_sentence")),
                unless_before=_right_before(entry.get("unless_before")),
            )
            for entry in data["slang_in_context"]
        ),
        number=re.compile(rf"\d+(?:{'|'.join(data['numbers']['units'])})"),
    )


def _right_before(words: list[str] | None) -> re.Pattern[str] | None:
    return re.compile(rf"{whole_words(words).pattern}\s*$") if words else None


def _words_or_none(words: list[str] | None) -> re.Pattern[str] | None:
    return whole_words(words) if words else None

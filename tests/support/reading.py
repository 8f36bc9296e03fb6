"""How hard a page is to read: the Flesch–Kincaid grade of its own words (grade 6 is about age 11)."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from tests.support.markup import visible_text

MIN_WORDS = 60
"""On fewer words the formula says nothing."""
WRITTEN_BY_PEOPLE = "data-written"
"""Templates mark members' own words with this attribute; how people write is not ours to grade.
Nor is what stands in a field, the names of countries in a select, or codes (`translate="no"`)."""
FIELDS = frozenset({"option", "textarea"})

_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_SENTENCE_END = re.compile(r"[.!?:;]+(?:\s|$)|\n")
_VOWELS = re.compile(r"[aeiouy]+")


def syllables(word: str) -> int:
    """A count by vowel groups: right for most English words, and wrong in both directions for the rest."""
    plain = re.sub(r"[^a-z]", "", word.lower())
    count = len(_VOWELS.findall(plain))
    if plain.endswith("e") and not plain.endswith(("le", "ee")) and count > 1:
        count -= 1
    if plain.endswith("ed") and not plain.endswith(("ted", "ded")) and count > 1:
        count -= 1
    return max(count, 1)


def grade(text: str) -> float | None:
    """The school grade that a text asks for, or None when it is too short to tell."""
    words = _WORD.findall(text)
    if len(words) < MIN_WORDS:
        return None
    sentences = [part for part in _SENTENCE_END.split(text) if _WORD.search(part)]
    per_sentence = len(words) / len(sentences)
    per_word = sum(syllables(word) for word in words) / len(words)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59


def own_words(main: Element) -> str:
    """The site's own words in `main`, without what people wrote."""
    copy = _without_written(main)
    return visible_text(copy)


def _without_written(element: Element) -> Element:
    copy = Element(element.tag, dict(element.attrib))
    copy.text, copy.tail = element.text, element.tail
    for child in element:
        if WRITTEN_BY_PEOPLE in child.attrib or child.tag in FIELDS or child.get("translate") == "no":
            stand_in = Element("br")
            stand_in.tail = child.tail
            copy.append(stand_in)
        else:
            copy.append(_without_written(child))
    return copy

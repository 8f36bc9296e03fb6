"""A shadow copy of a text in which evaded spellings are undone. Detectors read it; posts stay as typed.

The steps are those of the classifier notes, in their order. Every character of the shadow remembers which
stretch of the original it came from, so that what is found in the shadow is highlighted in the right place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from moderation.evasions import Hint, evasions
from moderation.subject import Span

NORMALISER_VERSION = "1"
"""Stored with every score; thresholds are bound to it."""

_FILLERS = "\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800"
_WORD = re.compile(r"[^\W\d_]+")
_SPACED = re.compile(r"(?<!\w)[a-z@$](?P<gap>[ ._\-*/|~+]{1,3})[a-z0-9@$!](?:(?P=gap)[a-z0-9@$!])+(?!\w)")
# Possessive and anchored throughout: a hostile text of ten thousand letters must not cost seconds.
_UNTOUCHED = r"https?://\S++|www\.\S++|(?<![\w.+\-])[\w.+\-]++@[\w\-]++(?:\.[\w\-]++)+"
_LEET = re.compile(rf"{_UNTOUCHED}|(?<![a-z0-9@$!|+#*])(?P<word>[a-z0-9@$!|+#*]++)")
_LETTERS = re.compile(r"[a-z]{4,}")
_RUN = re.compile(r"([a-z])\1{3,}")
_SENTENCE = re.compile(r"[^.!?\n]+")


@dataclass(frozen=True, slots=True)
class Normalised:
    """The shadow text, and for each of its characters where it starts and ends in the original."""

    text: str
    offsets: tuple[int, ...]
    ends: tuple[int, ...]

    def original(self, span: Span) -> Span:
        """The stretch of the original behind a stretch of the shadow."""
        if span.start >= span.end or span.start >= len(self.text):
            at = self.ends[-1] if self.ends else 0
            return Span(at, at)
        last = min(span.end, len(self.text)) - 1
        return Span(self.offsets[span.start], self.ends[last])


def normalise(text: str) -> Normalised:
    """Undo evasions. Plain text comes back in lower case and otherwise as it was."""
    shadow = folded(text)
    shadow = _replaced(shadow, _WORD, _latin)
    shadow = _replaced(shadow, _SPACED, _joined)
    shadow = _replaced(shadow, _LEET, _unleeted)
    shadow = _replaced(shadow, _LETTERS, _shortened)
    shadow = _replaced(shadow, evasions().slang_pattern, _meant)
    return _hinted(shadow)


def folded(text: str) -> Normalised:
    """NFKC, no format characters, case folded, no accents: letter by letter, so that offsets hold."""
    if text.isascii():
        places = range(len(text) + 1)
        return Normalised(text.lower(), tuple(places[:-1]), tuple(places[1:]))
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        for char in _fold(text[start:end]):
            chars.append(char)
            starts.append(start)
            ends.append(end)
    return Normalised("".join(chars), tuple(starts), tuple(ends))


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """A letter with the marks that stand on it."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not unicodedata.combining(text[at]):
            yield start, at
            start = at


def _fold(cluster: str) -> str:
    composed = unicodedata.normalize("NFKC", cluster)
    kept = "".join(c for c in composed if unicodedata.category(c) != "Cf" and c not in _FILLERS)
    plain = "".join(map(_badge, kept.casefold()))
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if unicodedata.category(c) != "Mn")


def _badge(char: str) -> str:
    """Letters drawn in filled circles, squares or as flags, which NFKC leaves alone."""
    for first in (0x1F150, 0x1F170, 0x1F1E6):
        if first <= ord(char) < first + 26:
            return chr(ord("a") + ord(char) - first)
    return char


def _replaced(
    shadow: Normalised, pattern: re.Pattern[str], change: Callable[[re.Match[str]], str]
) -> Normalised:
    """Change what matches. One of the same length keeps each letter's place; another maps as a whole."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for match in pattern.finditer(shadow.text):
        new = change(match)
        if new == match.group():
            continue
        at, until = match.span()
        pieces += (shadow.text[done:at], new)
        starts += shadow.offsets[done:at]
        ends += shadow.ends[done:at]
        if len(new) == until - at:
            starts += shadow.offsets[at:until]
            ends += shadow.ends[at:until]
        else:
            starts += [shadow.offsets[at]] * len(new)
            ends += [shadow.ends[until - 1]] * len(new)
        done = until
    if not pieces:
        return shadow
    return Normalised(
        "".join(pieces) + shadow.text[done:],
        (*starts, *shadow.offsets[done:]),
        (*ends, *shadow.ends[done:]),
    )


def _latin(match: re.Match[str]) -> str:
    word = match.group()
    if word.isascii():
        return word
    mapped = "".join(evasions().look_alikes.get(char, char) for char in word)
    return mapped if mapped.isascii() else word


def _joined(match: re.Match[str]) -> str:
    """`w o r d` is one word. Three letters only where they make one that matters; numbers never."""
    spaced, gap = match.group(), match["gap"]
    letters = spaced.split(gap)
    word = "".join(letters)
    if 2 * sum(char.isalpha() for char in word) <= len(word):
        return spaced
    if _matters(word):
        return word
    if letters[0] in ("i", "a", "u") and _matters(word[1:]):
        return f"{letters[0]} {word[1:]}"
    return word if len(word) > 3 else spaced


def _matters(word: str) -> bool:
    return len(word) > 2 and (word in evasions().slang or _watched(word) is not None)


def _unleeted(match: re.Match[str]) -> str:
    whole = match["word"]
    if whole is None or whole.isalpha() or not any(map(str.isalpha, whole)):
        return match.group()
    core = whole.strip("!|+#*")
    start = whole.index(core)
    return whole[:start] + _unleeted_word(core) + whole[start + len(core) :]


def _unleeted_word(word: str) -> str:
    tables = evasions()
    if word.isalpha() or tables.number.fullmatch(word):
        return word
    watched = _watched(word)
    if watched is not None:
        return watched
    # Digits at either end are mostly numbers (covid19, mp3, 4ever); a mention starts with @.
    inside = word[0].isalpha() and word[-1].isalpha() and len(word) > 3
    mapped = "".join(tables.plain_leet.get(char, char) for char in word)
    return mapped if inside and mapped.isalpha() else word


def _watched(word: str) -> str | None:
    """The one watched word that this spelling can stand for."""
    tables = evasions()
    if word.isalpha():
        return word if word in tables.watched else None
    reading = "".join(
        f"[{tables.watched_leet[c]}]" if c in tables.watched_leet else re.escape(c) for c in word
    )
    found = [known for known in tables.watched if len(known) == len(word) and re.fullmatch(reading, known)]
    return found[0] if len(found) == 1 else None


def _shortened(match: re.Match[str]) -> str:
    word = match.group()
    single = _RUN.sub(r"\1", word)
    return single if single in evasions().watched else _RUN.sub(r"\1\1", word)


def _meant(match: re.Match[str]) -> str:
    return evasions().slang.get(" ".join(match.group().split()), match.group())


def _hinted(shadow: Normalised) -> Normalised:
    """Words that are slang only in certain company, sentence by sentence."""
    for hint in evasions().hints:
        places = _places(hint, shadow.text)
        if places:
            shadow = _replaced(shadow, hint.word, partial(_meant_at, hint.means, places))
    return shadow


def _places(hint: Hint, text: str) -> set[int]:
    """Where the hint's word means what the hint says."""
    places: set[int] = set()
    for sentence in _SENTENCE.finditer(text) if hint.word.search(text) else ():
        around = hint.word.sub(" ", sentence.group())
        if around == sentence.group() or (hint.unless is not None and hint.unless.search(around)):
            continue
        if hint.needs is not None and not hint.needs.search(around):
            continue
        for match in hint.word.finditer(text, *sentence.span()):
            before = text[max(sentence.start(), match.start() - 20) : match.start()]
            if hint.unless_before is None or not hint.unless_before.search(before):
                places.add(match.start())
    return places


def _meant_at(means: str, places: set[int], match: re.Match[str]) -> str:
    return means if match.start() in places else match.group()

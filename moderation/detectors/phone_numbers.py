"""Telling a person's phone number from dates, times, versions, amounts and helplines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from moderation.signals import Strength

DATA = Path(__file__).parent.parent / "data" / "public_numbers.toml"

_NOT_PHONES = re.compile(
    r"\b\d{1,4}[/.\-]\d{1,2}[/.\-]\d{1,4}\b(?![.\-]?\d)"  # dates
    r"|\b\d{1,2}[:.]\d{2}(?:\s?[ap]m)?\b(?!\d)"  # times
    r"|\b(?:19|20)\d{2}\s?[-–]\s?(?:19|20)\d{2}\b"  # from one year to another
    r"|\bv?\d+(?:\.\d{1,3}){2,}\b"  # versions
)
_RUN = re.compile(r"(?<![\w+.,£$€])(?:\+|00)?\(?\d(?:[ ().\-–]{0,3}\d){6,18}(?![\w]|\.\d)")
_US = re.compile(r"(?:\+?1[ .\-])?\(?\d{3}\)?[ .\-]\d{3}[ .\-]\d{4}")
_ASKED_FOR = re.compile(
    r"(?:call|text|ring|phone|mobile|cell|number|whats ?app|reach)"
    r"(?:\s+(?:me|is|us|at|on|by|my|number|it's))*\W{0,3}$"
)
_DIGIT_WORD = r"(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|double|triple)"
_SPOKEN = re.compile(rf"\b{_DIGIT_WORD}(?:[ ,\-]+{_DIGIT_WORD}){{6,}}\b")


@dataclass(frozen=True, slots=True)
class PublicNumbers:
    numbers: frozenset[str]
    prefixes: tuple[str, ...]
    emails: frozenset[str]


@cache
def public_numbers() -> PublicNumbers:
    data = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return PublicNumbers(
        frozenset(data["numbers"]),
        tuple(data["prefixes"]),
        frozenset(email.lower() for email in data["emails"]),
    )


def phone_numbers(text: str) -> Iterator[tuple[int, int, Strength]]:
    """Numbers by which a person could be rung, in folded (lower-case) text."""
    masked = _NOT_PHONES.sub(lambda match: "x" * len(match.group()), text)
    for match in _RUN.finditer(masked):
        strength = _strength(match.group(), masked[max(0, match.start() - 40) : match.start()])
        if strength is None and _holds_number(match.group()):
            strength = Strength.SURE
        if strength is not None:
            yield match.start(), match.end(), strength
    for match in _SPOKEN.finditer(text):
        yield match.start(), match.end(), Strength.BAND


def _strength(run: str, before: str) -> Strength | None:
    digits = re.sub(r"\D", "", run)
    abroad = run.startswith(("+", "00"))
    if is_public(digits) or len(digits) > 15:
        return None
    if abroad and len(digits) >= 9:
        return Strength.SURE
    if digits.startswith("0") and 10 <= len(digits) <= 11:
        return Strength.SURE
    if _US.fullmatch(run) or _ASKED_FOR.search(before):
        return Strength.SURE
    return Strength.BAND if run.isdigit() and len(digits) in (10, 11) else None


def _holds_number(run: str) -> bool:
    """Whether a number with a leading 0 stands inside a longer row, as after an age or a count."""
    groups = re.findall(r"\d+", run)
    windows = (
        "".join(groups[start:end])
        for start in range(1, len(groups))
        for end in range(start + 1, len(groups) + 1)
    )
    return any(len(w) in (10, 11) and w[0] == "0" and not is_public(w) for w in windows)


def is_public(digits: str) -> bool:
    """Whether it is a helpline's or an organisation's, however it is dialled, or several of them in a row."""
    known = public_numbers()
    dialled = {digits}
    for code in ("0044", "44", "0061", "61", "00353", "353", "0064", "64"):
        if digits.startswith(code):
            dialled |= {digits[len(code) :], "0" + digits[len(code) :]}
    for code in ("001", "1"):
        if digits.startswith(code) and len(digits) == len(code) + 10:
            dialled.add(digits[len(code) :])
    for form in dialled:
        if form in known.numbers or (9 <= len(form) <= 11 and form.startswith(known.prefixes)):
            return True
    return _is_row_of(digits, known.numbers)


def _is_row_of(digits: str, numbers: frozenset[str]) -> bool:
    reachable = [True] + [False] * len(digits)
    for end in range(1, len(digits) + 1):
        reachable[end] = any(
            reachable[end - len(number)] for number in numbers if digits[:end].endswith(number)
        )
    return reachable[-1]

"""Whether a pseudonym gives somebody away. Declined kindly, before an account is made (R22)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path

from moderation.detectors.contact import details
from moderation.normalise import folded
from moderation.signals import Strength

DATA = Path(__file__).parent / "data" / "names.toml"


class PseudonymProblem(StrEnum):
    CONTACT_DETAILS = "contact_details"
    LONG_NUMBER = "long_number"
    BIRTH_YEAR = "birth_year"
    FULL_NAME = "full_name"


SENTENCES: Mapping[PseudonymProblem, str] = {
    PseudonymProblem.CONTACT_DETAILS: (
        "This name could be used to contact you. Please choose one without an e-mail address, "
        "a phone number, a link or an account name."
    ),
    PseudonymProblem.LONG_NUMBER: (
        "This name has a long number in it, which could identify you. Please use four digits at most."
    ),
    PseudonymProblem.BIRTH_YEAR: (
        "The number in this name looks like a year of birth. Please choose another number, or none."
    ),
    PseudonymProblem.FULL_NAME: (
        "This looks like somebody's real name. "
        "Please choose a name that people who know you would not recognise."
    ),
}
"""What to say, in plain words."""

_WORDS = re.compile(r"[A-Z]?[a-z'’]+|[A-Z]+(?![a-z])")
_BIRTH_YEAR = re.compile(r"(?<!\d)(?:19[2-9]\d|20[01]\d)(?!\d)")


def check_pseudonym(pseudonym: str) -> PseudonymProblem | None:
    """The first reason to decline it, or None."""
    plain = folded(pseudonym).text
    if "@" in plain or "://" in plain or "www." in plain:
        return PseudonymProblem.CONTACT_DETAILS
    if any(strength is Strength.SURE for _, strength, _ in details(pseudonym)):
        return PseudonymProblem.CONTACT_DETAILS
    if len(re.sub(r"\D", "", plain)) >= 7:
        return PseudonymProblem.CONTACT_DETAILS
    if re.search(r"\d{5}", plain):
        return PseudonymProblem.LONG_NUMBER
    if _BIRTH_YEAR.search(plain):
        return PseudonymProblem.BIRTH_YEAR
    return PseudonymProblem.FULL_NAME if _is_full_name(pseudonym) else None


def _is_full_name(pseudonym: str) -> bool:
    first, last = _names()
    words = [word.lower() for word in _WORDS.findall(pseudonym.replace("_", " "))]
    spelt_out = any(one in first and other in last for one, other in pairwise(words))
    letters = re.sub(r"[^a-z]", "", folded(pseudonym).text)
    run_together = any(letters[:at] in first and letters[at:] in last for at in range(3, len(letters) - 2))
    return spelt_out or run_together


@cache
def _names() -> tuple[frozenset[str], frozenset[str]]:
    data = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return frozenset(data["first"]), frozenset(data["last"])

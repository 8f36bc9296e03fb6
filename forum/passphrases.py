"""Pass-phrases: made of calm words, or chosen, and kept as argon2id hashes."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

WORDS_FILE = Path(__file__).resolve().parent / "data" / "words" / "en.txt"
WORDS = 6
"""Six of about 800 words: 58 bits, out of reach behind argon2 and the sign-in throttle."""
SHORTEST = 12
LONGEST = 200
COMMON = (
    "password", "passwort", "passphrase", "letmein", "iloveyou", "welcome", "qwerty", "azerty", "asdfgh",
    "zxcvbn", "1q2w3e4r", "abcdef", "123456", "654321", "111111", "changeme", "trustno", "secret", "haven",
)  # fmt: skip
"""What people add a digit to. A chosen phrase needs enough characters beside these."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def words() -> tuple[str, ...]:
    """The word list that ships."""
    return tuple(WORDS_FILE.read_text(encoding="ascii").split())


def generate() -> str:
    """A fresh pass-phrase, words with spaces between."""
    return " ".join(secrets.choice(words()) for _ in range(WORDS))


def is_generated(phrase: str) -> bool:
    """Whether this can have come from `generate`, so that a page may show it again."""
    parts = phrase.split(" ")
    return len(parts) == WORDS and set(parts) <= set(words())


def plain(phrase: str) -> str:
    """One spelling of what was typed: white space and forms of a letter differ between keyboards."""
    return " ".join(unicodedata.normalize("NFKC", phrase).split())


class TooWeak(Exception):
    """The chosen pass-phrase is easy to guess; `why` is `short`, `long`, `common` or `names`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def check(phrase: str, *, names: tuple[str, ...] = ()) -> None:
    """Raise `TooWeak` for what guessers try first. `names` are the account's own: they do not count."""
    phrase = plain(phrase)
    if len(phrase) < SHORTEST:
        raise TooWeak("short")
    if len(phrase) > LONGEST:
        raise TooWeak("long")
    rest = phrase.casefold()
    for name in names:
        if len(name) >= 3 and name.casefold() in rest:
            rest = rest.replace(name.casefold(), "")
            if len(rest) < SHORTEST:
                raise TooWeak("names")
    for known in COMMON:
        rest = rest.replace(known, "")
    if len(rest) < 6 or len(set(rest)) < 5:
        raise TooWeak("common")


def hashed(phrase: str) -> str:
    """What is stored."""
    return _hasher.hash(plain(phrase))


def matches(stored: str | None, phrase: str) -> bool:
    """Whether `phrase` is the one. Takes as long for an account that is not there (`stored` None)."""
    try:
        _hasher.verify(stored or _nobody(), plain(phrase[: 4 * LONGEST]))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(32))
